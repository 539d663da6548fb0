import { type Booster, createDataset, parseModel, type SplitKernel, train } from '../../../src/lgbm/index.js';
import { type RandomCase, type RandomRows, randomCase } from './random-cases.js';

export { loadSimdKernel } from '../../../src/lgbm/index.js';
export { plainKernel } from '../../../src/lgbm/kernel/plain-split-search.js';

/** What native answers to a case; see native.py. */
interface NativeAnswer {
  error?: string;
  text: string;
  bestIteration: number;
  metrics: [string, number][];
  raw: number[];
  value: number[];
  leaf: number[];
  contrib: number[];
  split: number[];
  gain: number[];
}

/** Result of one comparison. */
export interface Comparison {
  differences: string[];
  aborted: boolean;
  /** Largest relative differences. */
  contrib?: number;
  value?: number;
}

type Ask = (request: object) => Promise<NativeAnswer>;

/** Trains one random case here, on the given kernel, and natively and returns every difference. */
export async function compareCase(seed: number, ask: Ask, kernel?: SplitKernel): Promise<Comparison> {
  const drawn = randomCase(seed);
  const native = await ask({
    params: drawn.params,
    train: encoded(drawn.train),
    ...(drawn.valid && { valid: encoded(drawn.valid) }),
  });
  const valid = drawn.valid && createDataset(drawn.valid);
  const booster = train(createDataset(drawn.train), drawn.params, { valid, kernel });
  for (const key of ['raw', 'value', 'contrib', 'gain'] as const) native[key] = native[key]?.map(Number);
  native.metrics = native.metrics?.map(([name, value]) => [name, Number(value)]);
  if (native.error?.includes('> (0)')) return { differences: [], aborted: true };
  if (native.error) return { differences: [`native: ${native.error}`], aborted: false };
  return { ...(await compared(drawn, booster, native, ask)), aborted: false };
}

async function compared(
  drawn: RandomCase,
  booster: Booster,
  native: NativeAnswer,
  ask: Ask,
): Promise<Omit<Comparison, 'aborted'>> {
  const differences: string[] = [];
  const stops = Number(drawn.params.early_stopping_round ?? 0) > 0;
  const range = { numIteration: stops ? booster.bestIteration : 0 };
  const text = booster.toText(range);
  if (core(text) !== core(native.text)) differences.push(`text: ${firstDifference(core(text), core(native.text))}`);
  if (native.bestIteration > 0 && native.bestIteration !== booster.bestIteration) {
    differences.push(`best iteration ${booster.bestIteration}, native ${native.bestIteration}`);
  }
  // as many as take the way of batches, where the case has them
  const rows = Math.min(700, drawn.train.rows);
  const values = drawn.train.values.slice(0, rows * drawn.train.features);
  const same = (name: string, ours: Float64Array, theirs: number[]) => {
    const at = theirs.findIndex((value, i) => !Object.is(value, ours[i]) && value !== ours[i]);
    if (ours.length !== theirs.length || at >= 0) differences.push(`${name}[${at}]: ${ours[at]}, native ${theirs[at]}`);
  };
  same('raw', booster.predict(values, { rows, kind: 'raw', ...range }), native.raw);
  same('leaf', booster.predict(values, { rows, kind: 'leaf', ...range }), native.leaf);
  same('split importance', booster.featureImportance('split', range), native.split);
  same('gain importance', booster.featureImportance('gain', range), native.gain);
  const value = largestRelative(booster.predict(values, { rows, ...range }), native.value);
  if (!(value <= 1e-14)) differences.push(`converted output differs by ${value}`);
  const few = Math.min(20, rows);
  const contributions = booster.predict(values.slice(0, few * drawn.train.features), {
    rows: few,
    kind: 'contrib',
    ...range,
  });
  const contrib = largestRelative(contributions, native.contrib);
  if (!(contrib <= 1e-12)) differences.push(`contributions differ by ${contrib}`);
  compareMetrics(drawn, booster, native, differences);

  const loadedHere = parseModel(native.text);
  same('raw of native text', loadedHere.predict(values, { rows, kind: 'raw' }), native.raw);
  if (core(loadedHere.toText()) !== core(native.text)) differences.push('native text is not written back unchanged');
  const loadedThere = await ask({ text, values: base64(values), rows });
  loadedThere.raw = loadedThere.raw?.map(Number);
  if (loadedThere.error) differences.push(`native cannot load: ${loadedThere.error}`);
  else same('raw of our text in native', booster.predict(values, { rows, kind: 'raw', ...range }), loadedThere.raw);
  return { differences, contrib, value };
}

/** With a stop, or for several metrics, native reports in another order: metric by metric. */
function compareMetrics(drawn: RandomCase, booster: Booster, native: NativeAnswer, differences: string[]): void {
  if (!drawn.valid) return;
  const byName = (entries: readonly (readonly [string, number])[]) => {
    const grouped = new Map<string, number[]>();
    for (const [name, value] of entries) grouped.set(name, [...(grouped.get(name) ?? []), value]);
    return grouped;
  };
  // a model that diverges scores NaN; where those land in native's sort for the AUC is undefined
  const { values, rows } = drawn.valid;
  const diverged = booster.predict(values, { rows, kind: 'raw', numIteration: 0 }).some(Number.isNaN);
  const ours = byName(booster.evaluations.map(({ metric, value }) => [metric, value]));
  for (const [name, values] of byName(native.metrics)) {
    if (diverged && name === 'auc') continue;
    const mine = ours.get(name) ?? [];
    // Python's package goes on asking after the last tree; then only what both have can be compared
    // the last bit of exp, which differs from glibc's, is all that is left of a log loss near 0
    const worst = largestRelative(Float64Array.from(mine), values.slice(0, mine.length), 1);
    if (!(worst <= 1e-12)) differences.push(`metric ${name} differs by ${worst}`);
  }
}

function encoded(part: RandomRows): object {
  const { values, labels, weights, initScore, rows, features } = part;
  return {
    rows,
    features,
    values: base64(values),
    labels: base64(labels),
    ...(weights && { weights: base64(weights) }),
    ...(initScore && { initScore: base64(initScore) }),
  };
}

function base64(array: Float64Array): string {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64');
}

function core(text: string): string {
  return text.slice(0, text.indexOf('\nparameters:'));
}

function firstDifference(ours: string, theirs: string): string {
  const a = ours.split('\n');
  const b = theirs.split('\n');
  const at = a.findIndex((line, i) => line !== b[i] && !line.startsWith('tree_sizes'));
  return `line ${at}: ${a[at]?.slice(0, 120)} | native ${b[at]?.slice(0, 120)}`;
}

function largestRelative(ours: Float64Array, theirs: number[], least = 1e-300): number {
  if (ours.length !== theirs.length) return Infinity;
  const scale = theirs.filter(Number.isFinite).reduce((most, value) => Math.max(most, Math.abs(value)), least);
  return theirs.reduce(
    (worst, value, i) =>
      Math.max(worst, Object.is(value, ours[i]) || value === ours[i] ? 0 : Math.abs(value - ours[i]) / scale),
    0,
  );
}
