import { createRandom } from '../../src/stats/index.js';

const PIECES = [
  '1',
  '0',
  ',',
  '"',
  '""',
  ' ',
  '.',
  'e',
  '-',
  '+',
  '\r',
  '\n',
  '\r\n',
  '1,234',
  '$',
  'K',
  'x',
  '\t',
  ';',
  '|',
  ':',
  '/',
];
const LONGER = [
  '2024-01-02',
  '년',
  '=',
  '<item data="',
  '" />',
  '<protocol>',
  '<chartdata',
  ' a="b"',
  '</',
  '\u00a0',
  'Jan ',
  'null',
  '[',
  '{"a":',
  '\ud800',
];

/** Where a hostile stretch stands in an otherwise good text. */
const CSV_PLACES: readonly ((stretch: string) => string)[] = [
  (stretch) => stretch,
  (stretch) => `date,open,high,low,close,volume\n2024-01-02,${stretch},1,1,1,1`,
  (stretch) => `date,open,high,low,close,volume\n2024-01-02,"${stretch.replaceAll('"', '')}x",1,1,1,1`,
  (stretch) => `date,open,high,low,close,volume\n"${stretch.replaceAll('"', '')}",1,1,1,1,1`,
  (stretch) => `date;open;high;low;close;volume\n2024-01-02;1;1;1;1;${stretch}`,
  (stretch) => `${stretch}\ndate,open,high,low,close,volume\n2024-01-02,1,1,1,1,1`,
  (stretch) => `date,open,high,low,close,volume,${stretch}\n2024-01-02,1,1,1,1,1`,
  (stretch) => `date,open,high,low,close,volume\n2024-01-02,1,1,1,1,1\n${stretch}`,
];
const CHART_PLACES: readonly ((stretch: string) => string)[] = [
  (stretch) => stretch,
  (stretch) => `<?xml ${stretch}?><protocol><chartdata timeframe="day"></chartdata></protocol>`,
  (stretch) => `<protocol>${stretch}</protocol>`,
  (stretch) => `<protocol><chartdata ${stretch}></chartdata></protocol>`,
  (stretch) => `<protocol><chartdata name="${stretch.replaceAll('"', '')}" timeframe="day"></chartdata></protocol>`,
  (stretch) => `<protocol><chartdata timeframe="day">${stretch}</chartdata></protocol>`,
  (stretch) =>
    `<protocol><chartdata timeframe="day"><item data="${stretch.replaceAll('"', '')}" /></chartdata></protocol>`,
];

/** Quotes and backslashes would end a JSON text before its parser is tried. */
const quoted = (stretch: string) => JSON.stringify(stretch).slice(1, -1);
const numberLike = (stretch: string) => stretch.replaceAll(/[^0-9.,eE+[\]{}:"-]/g, '0');
const JSON_STRETCHES: readonly ((stretch: string) => string)[] = [
  (stretch) => stretch,
  (stretch) => `"${quoted(stretch)}"`,
  (stretch) => `[${numberLike(stretch)}]`,
  (stretch) => `${'['.repeat(stretch.length / 2)}${']'.repeat(stretch.length / 2)}`,
  (stretch) => '1'.repeat(stretch.length),
  (stretch) => `[${'1,'.repeat(stretch.length / 2)}1]`,
  (stretch) => `{"${quoted(stretch)}":1}`,
];
/** Where a hostile value stands in an otherwise good JSON text. */
const jsonPlaces = (places: readonly ((value: string) => string)[]) =>
  places.flatMap((place) => JSON_STRETCHES.map((stretched) => (stretch: string) => place(stretched(stretch))));
const YAHOO_PLACES = jsonPlaces([
  (value) => value,
  (value) => `{"chart":{"result":${value},"error":null}}`,
  (value) => `{"chart":{"result":[{"meta":${value},"timestamp":[1]}],"error":null}}`,
  (value) =>
    `{"chart":{"result":[{"meta":{"exchangeTimezoneName":"UTC","dataGranularity":"1d"},"timestamp":${value},"indicators":{"quote":[{"open":${value},"high":${value},"low":${value},"close":${value},"volume":${value}}]}}],"error":null}}`,
  (value) => `{"chart":{"result":null,"error":${value}}}`,
]);
const SAFETENSORS_PLACES = jsonPlaces([
  (value) => value,
  (value) => `{"a":${value}}`,
  (value) => `{"__metadata__":${value},"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}`,
  (value) => `{"a":{"dtype":"F32","shape":${value},"data_offsets":[0,16]}}`,
  (value) => `{"a":{"dtype":${value},"shape":[4],"data_offsets":${value}}}`,
]);
const CONFIG_PLACES = jsonPlaces([
  (value) => value,
  (value) => `{"architectures":${value},"chronos_config":${value}}`,
  (value) =>
    `{"architectures":["T5ForConditionalGeneration"],"d_model":${value},"chronos_config":{"tokenizer_kwargs":${value}}}`,
  (value) => `{"architectures":["ChronosBoltModelForForecasting"],"d_model":8,"chronos_config":{"quantiles":${value}}}`,
]);

const MODEL_HEAD =
  'tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=0\nobjective=regression\nfeature_names=a\nfeature_infos=[-5:5]\n';
const MODEL_TREE =
  '\nTree=0\nnum_leaves=2\nnum_cat=0\nsplit_feature=0\nsplit_gain=1\nthreshold=0.5\ndecision_type=2\nleft_child=-1\nright_child=-2\nleaf_value=-1 1\nleaf_count=1 1\ninternal_value=0\ninternal_count=2\nshrinkage=1\n\n\nend of trees\n';
const MODEL_PLACES: readonly ((stretch: string) => string)[] = [
  (stretch) => stretch,
  (stretch) => `${stretch}\n${MODEL_HEAD}${MODEL_TREE}`,
  (stretch) => MODEL_HEAD + MODEL_TREE + stretch,
  ...['feature_names', 'feature_infos', 'objective', 'version', 'max_feature_idx'].map(
    (key) => (stretch: string) =>
      MODEL_HEAD.replace(new RegExp(`(${key}=).*`), (_, kept) => kept + stretch) + MODEL_TREE,
  ),
  ...['threshold', 'leaf_value', 'leaf_count', 'split_feature', 'left_child', 'num_leaves', 'Tree'].map(
    (key) => (stretch: string) =>
      MODEL_HEAD + MODEL_TREE.replace(new RegExp(`(${key}=).*`), (_, kept) => kept + stretch),
  ),
  (stretch) => `${MODEL_HEAD}tree_sizes=${stretch}\n${MODEL_TREE}`,
  (stretch) => `${MODEL_HEAD}${MODEL_TREE}\nparameters:\n[a: ${stretch}]\nend of parameters\n`,
  (stretch) => `${MODEL_HEAD}${MODEL_TREE}\npandas_categorical:${stretch}\n`,
];

const PLACES = {
  csv: CSV_PLACES,
  chart: CHART_PLACES,
  yahoo: YAHOO_PLACES,
  model: MODEL_PLACES,
  safetensors: SAFETENSORS_PLACES,
  config: CONFIG_PLACES,
} as const;

/** Whose texts they are. */
export type HostileKind = keyof typeof PLACES;

/**
 * Yields texts made to cost a parser more than their length: a short random word repeated up to `length` characters, put where a
 * number, a date, a heading, a row, an attribute, an item, a key or a value stands.
 *
 * @param options.length of the hostile stretch, in characters
 */
export function* hostileTexts(
  kind: HostileKind,
  { count, length, seed }: { count: number; length: number; seed: number },
) {
  const random = createRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random.uniform() * items.length)];
  const places = PLACES[kind];
  for (let made = 0; made < count; made++) {
    const word = Array.from({ length: 1 + Math.floor(random.uniform() * 3) }, () =>
      pick(random.uniform() < 0.7 ? PIECES : LONGER),
    ).join('');
    const stretch = word.repeat(Math.ceil(length / word.length)).slice(0, length);
    const end = pick(['', 'x', '"', '\n', '>', '/>']);
    yield { word, text: places[made % places.length](stretch + end) };
  }
}

/** Yields the text with one to three changes each: a few characters replaced by a piece, or by a stretch of the text itself. */
export function* changedTexts(sound: string, { count, seed }: { count: number; seed: number }) {
  const random = createRandom(seed);
  const whole = (below: number) => Math.floor(random.uniform() * below);
  for (let made = 0; made < count; made++) {
    let text = sound;
    for (let change = whole(3); change >= 0; change--) {
      const at = whole(text.length);
      const removed = whole(4) === 0 ? whole(60) : whole(3);
      const own = text.slice(whole(text.length)).slice(0, whole(40));
      const piece = whole(3) === 0 ? own : whole(2) === 0 ? PIECES[whole(PIECES.length)] : '999999999';
      text = text.slice(0, at) + piece + text.slice(at + removed);
    }
    yield { text };
  }
}
