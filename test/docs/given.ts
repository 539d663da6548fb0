/**
 * What samples take for granted, by name: the code that makes it. A sample gets what it uses and does not declare itself, and what that
 * needs in turn.
 */
const GIVEN: Readonly<Record<string, string>> = {
  // contexts and prices
  krx: "import { krx } from 'chronolight';",
  createContext: "import { createContext } from 'chronolight';",
  csvPrices: "import { csvPrices } from 'chronolight/prices/csv';",
  context: "const context = createContext({ market: krx, prices: csvPrices('data/') });",
  bars: "const bars = await csvPrices('data/').getBars('005930', {});",
  codes: "const codes = ['005930', '000660'];",
  signal: 'const { signal } = new AbortController();',
  offerSearch: 'const offerSearch = () => {};',
  pg: "import pg from 'pg';",
  pool: 'const pool = new pg.Pool();',
  // columns
  columnOf: "const columnOf = (name: 'open' | 'high' | 'low' | 'close' | 'volume') => bars.map((bar) => bar[name]);",
  open: "const open = columnOf('open');",
  high: "const high = columnOf('high');",
  low: "const low = columnOf('low');",
  close: "const close = columnOf('close');",
  closes: "const closes = columnOf('close');",
  volumes: "const volumes = columnOf('volume');",
  vix: 'const vix = closes.map((_, day) => 15 + (day % 7));',
  weekday: 'const weekday = closes.map((_, day) => String(day % 5));',
  nextWeekdays: "const nextWeekdays = ['0', '1', '2', '3', '4'];",
  // features
  buildFeatures: "import { buildFeatures } from 'chronolight/features';",
  defineFeature: "import { defineFeature } from 'chronolight/features';",
  DEFAULT_FEATURES: "import { DEFAULT_FEATURES } from 'chronolight/features';",
  // Chronos
  loadChronos: "import { loadChronos } from 'chronolight/chronos';",
  isChronos2: "import { isChronos2 } from 'chronolight/chronos';",
  model: 'const model = await loadChronos();',
  // LightGBM
  createDataset: "import { createDataset } from 'chronolight/lgbm';",
  train: "import { train } from 'chronolight/lgbm';",
  withLabels: "import { withLabels } from 'chronolight/lgbm';",
  encodeModel: "import { encodeModel } from 'chronolight/lgbm';",
  decodeModel: "import { decodeModel } from 'chronolight/lgbm';",
  text: 'const text = train(data, params).toText();',
  logReturns: 'const logReturns = labels;',
  classes: 'const classes = labels.map((label) => (label > 0 ? 2 : label < -0.5 ? 0 : 1));',
  loadSimdKernel: "import { loadSimdKernel } from 'chronolight/lgbm';",
  loadParallelKernel: "import { loadParallelKernel } from 'chronolight/lgbm';",
  createTrainPool: "import { createTrainPool } from 'chronolight/lgbm';",
  rows: 'const rows = 400;',
  featureNames: "const featureNames = ['a', 'b'];",
  values: 'const values = Float64Array.from({ length: 800 }, (_, i) => Math.sin(i * i));',
  labels: 'const labels = Float64Array.from({ length: 400 }, (_, i) => Math.sin(4 * i * i) + Math.cos(i) / 9);',
  newValues: 'const newValues = Float64Array.of(0.5, -0.25);',
  data: 'const data = createDataset({ values, rows, labels, featureNames });',
  valid: 'const valid = createDataset({ values, rows, labels, featureNames });',
  params: "const params = { objective: 'regression', num_iterations: 5 } as const;",
  tasks: "const tasks = [{ key: 'a', dataset: data, params }];",
  onProgress: 'const onProgress = () => {};',
  // a store of one's own
  newPlace: 'const newPlace = () => ({});',
  placeOf: 'const placeOf = (store: object) => store;',
  spoilRow: 'const spoilRow = async (_store: object, _key: object) => {};',
  removePlace: 'const removePlace = async (_store: object) => {};',
};

/** What one page means by a name that others use otherwise. */
const GIVEN_ON: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'docs/chronos.md': {
    rows: "const rows = bars.map((bar, day) => ({ ...bar, code: '005930', date: new Date(86_400_000 * day).toISOString().slice(0, 10) }));",
  },
};

/** Returns the code that a page's sample needs before it. */
export function givenFor(page: string, sample: string): string {
  const declared = declaredIn(sample);
  const given = { ...GIVEN, ...GIVEN_ON[page] };
  const lines: string[] = [];
  const add = (code: string) => {
    for (const name of Object.keys(given)) {
      if (declared.has(name) || !new RegExp(`(?<!(?<!\\.\\.)\\.|[\\w'])${name}(?!['\\w]|\\s*:)`).test(code)) continue;
      declared.add(name);
      add(given[name]);
      lines.push(given[name]);
    }
  };
  add(withoutComments(sample));
  // imports first, so that a module reads as one
  return [...lines.filter(isImport), ...lines.filter((line) => !isImport(line))].join('\n');
}

const isImport = (line: string) => line.startsWith('import');

function withoutComments(code: string): string {
  return code.replace(/\/\/.*$/gm, '');
}

/** Returns the names that a sample imports, declares or takes as parameters. */
function declaredIn(sample: string): Set<string> {
  const code = withoutComments(sample);
  const names = new Set<string>();
  const add = (text: string) => {
    for (const [name] of text.matchAll(/[A-Za-z_$][\w$]*/g)) names.add(name);
  };
  for (const [, list] of code.matchAll(/import\s+([^'"]+?)\s+from/g)) add(list);
  for (const [, list] of code.matchAll(/(?:const|let|function)\s+(\w+|\{[^}]*\}|\[[^=]*\])/g)) add(list);
  for (const [, list] of code.matchAll(/\(([^()]*)\)\s*=>/g)) add(list);
  return names;
}
