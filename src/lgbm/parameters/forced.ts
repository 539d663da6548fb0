import { invalid } from '../../errors.js';

/** A split that every tree begins with. */
export interface ForcedNode {
  readonly feature: number;
  /** Values at or below go left; of a categorical feature, this category alone. */
  readonly threshold: number;
  /** Index of the split of the left child among all forced splits, -1 for none. */
  left: number;
  right: number;
}

/** Bounds that a feature's bins are to have, by feature. */
export type ForcedBins = ReadonlyMap<number, readonly number[]>;

const SPLITS = 'forcedsplits_filename';
const BINS = 'forcedbins_filename';

/**
 * Returns the splits that `forcedsplits_filename` holds, level by level, the root's first; none for empty text.
 *
 * @param text The file's contents: `{"feature": 0, "threshold": 1.5, "left": {...}, "right": {...}}`.
 * @throws ForecastError INVALID_PARAMETER naming the node.
 */
export function forcedSplits(text: string): ForcedNode[] {
  if (text === '') return [];
  const nodes: ForcedNode[] = [];
  const open: { given: unknown; path: string; hang: (index: number) => void }[] = [
    { given: parsed(SPLITS, text), path: SPLITS, hang: () => {} },
  ];
  for (let i = 0; i < open.length; i++) {
    const { given, path, hang } = open[i];
    const { feature, threshold, left, right } = objectOf(path, given, ['feature', 'threshold', 'left', 'right']);
    const node = { feature: featureOf(`${path}.feature`, feature), threshold: Number.NaN, left: -1, right: -1 };
    if (typeof threshold !== 'number') throw fault(`${path}.threshold`, 'a number', threshold);
    hang(nodes.length);
    nodes.push({ ...node, threshold });
    const self = nodes[nodes.length - 1];
    const child = (name: 'left' | 'right', below: unknown) => {
      if (below === undefined) return;
      const hangThere = (index: number) => {
        self[name] = index;
      };
      open.push({ given: below, path: `${path}.${name}`, hang: hangThere });
    };
    child('left', left);
    child('right', right);
  }
  return nodes;
}

/**
 * Returns the bounds that `forcedbins_filename` holds, in the order given; neighbours that are equal count once.
 *
 * @param text The file's contents: `[{"feature": 0, "bin_upper_bound": [0.5, 1.5]}]`.
 * @throws ForecastError INVALID_PARAMETER naming the entry.
 */
export function forcedBins(text: string): ForcedBins {
  const bins = new Map<number, number[]>();
  if (text === '') return bins;
  const entries = parsed(BINS, text);
  if (!Array.isArray(entries)) throw fault(BINS, 'an array as JSON', entries);
  entries.forEach((entry, i) => {
    const path = `${BINS}[${i}]`;
    const { feature, bin_upper_bound: bounds } = objectOf(path, entry, ['feature', 'bin_upper_bound']);
    const number = featureOf(`${path}.feature`, feature);
    if (!Array.isArray(bounds)) throw fault(`${path}.bin_upper_bound`, 'an array of numbers', bounds);
    const known = bins.get(number) ?? [];
    bounds.forEach((bound, k) => {
      if (typeof bound !== 'number') throw fault(`${path}.bin_upper_bound[${k}]`, 'a number', bound);
      if (bound !== known[known.length - 1]) known.push(bound);
    });
    bins.set(number, known);
  });
  return bins;
}

/** What of the parameters is forced. */
interface Forced {
  readonly forcedSplits: readonly ForcedNode[];
  readonly forcedBins: ForcedBins;
  readonly monotone: readonly number[];
  readonly num_leaves: number;
}

/**
 * Refuses what cannot be forced on a dataset.
 *
 * @param used Features that can split at all; undefined as long as that is not known.
 * @throws ForecastError INVALID_PARAMETER
 */
export function checkForced(
  { forcedSplits: nodes, forcedBins: bins, monotone, num_leaves }: Forced,
  {
    features,
    categoricalFeatures = [],
  }: { readonly features: number; readonly categoricalFeatures?: readonly number[] },
  used?: readonly number[],
): void {
  if (nodes.length >= num_leaves) throw fault(SPLITS, `fewer splits than ${num_leaves} leaves`, nodes.length);
  for (const [i, { feature }] of nodes.entries()) {
    const path = `${SPLITS} split ${i}`;
    if (feature >= features) throw fault(path, `on a feature below ${features}`, feature);
    if ((monotone[feature] ?? 0) !== 0) throw fault(path, 'on a feature that is not bound to be monotone', feature);
    if (used && !used.includes(feature)) throw fault(path, 'on a feature whose values differ enough to split', feature);
  }
  for (const feature of bins.keys()) {
    if (feature >= features) throw fault(BINS, `of features below ${features}`, feature);
    // native drops these with a warning
    if (categoricalFeatures.includes(feature)) throw fault(BINS, 'of features that are not categorical', feature);
  }
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw fault(name, "the file's contents as JSON, not its name", text);
  }
}

function objectOf(path: string, given: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw fault(path, 'an object', given);
  const odd = Object.keys(given).find((key) => !known.includes(key));
  if (odd !== undefined) throw fault(`${path}.${odd}`, `one of ${known.join(', ')}`, 'an unknown key');
  return given as Record<string, unknown>;
}

function featureOf(path: string, feature: unknown): number {
  if (typeof feature === 'number' && Number.isInteger(feature) && feature >= 0) return feature;
  throw fault(path, "a feature's index", feature);
}

function fault(field: string, expected: string, actual: unknown): Error {
  return invalid('INVALID_PARAMETER', 'train', field, expected, actual);
}
