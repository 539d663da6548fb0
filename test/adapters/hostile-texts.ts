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

/**
 * Yields texts made to cost a parser more than their length: a short random word repeated up to `length` characters, put where a
 * number, a date, a heading, a row, an attribute or an item stands.
 *
 * @param options.length of the hostile stretch, in characters
 */
export function* hostileTexts(
  kind: 'csv' | 'chart',
  { count, length, seed }: { count: number; length: number; seed: number },
) {
  const random = createRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random.uniform() * items.length)];
  const places = kind === 'csv' ? CSV_PLACES : CHART_PLACES;
  for (let made = 0; made < count; made++) {
    const word = Array.from({ length: 1 + Math.floor(random.uniform() * 3) }, () =>
      pick(random.uniform() < 0.7 ? PIECES : LONGER),
    ).join('');
    const stretch = word.repeat(Math.ceil(length / word.length)).slice(0, length);
    const end = pick(['', 'x', '"', '\n', '>', '/>']);
    yield { word, text: places[made % places.length](stretch + end) };
  }
}
