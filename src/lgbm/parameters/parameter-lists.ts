import { invalid } from '../../errors.js';
import { ZERO_THRESHOLD } from '../numbers/floats.js';

/** The parameters that are lists of numbers. */
export interface ParameterLists {
  readonly monotone: readonly number[];
  readonly isBounded: boolean;
  readonly contributions: readonly number[];
  readonly interactionGroups: readonly (readonly number[])[];
  readonly labelGains: readonly number[];
  readonly evalAt: readonly number[];
  readonly aucMuWeights: readonly Float64Array[];
  readonly maxBins: readonly number[];
  readonly lazyCosts: readonly number[];
  readonly coupledCosts: readonly number[];
}

/**
 * Returns the list parameters, read from the text that LightGBM takes.
 *
 * @throws ForecastError INVALID_PARAMETER for what is no such list.
 */
export function parameterLists(all: Readonly<Record<string, number | boolean | string>>): ParameterLists {
  const monotone = numbersOf('monotone_constraints', all.monotone_constraints, '-1, 0 or 1', isDirection);
  const isPosition = (value: number) => Number.isInteger(value) && value > 0 && value < 2 ** 31;
  const isBinCount = (value: number) => Number.isInteger(value) && value > 1 && value <= 65535;
  const costsOf = (name: string) => numbersOf(name, all[name], 'numbers >= 0', (value) => value >= 0);
  return {
    monotone,
    isBounded: monotone.length > 0,
    contributions: numbersOf('feature_contri', all.feature_contri, 'numbers >= 0', (value) => value >= 0),
    interactionGroups: groupsOf('interaction_constraints', String(all.interaction_constraints)),
    labelGains: numbersOf('label_gain', all.label_gain, 'numbers', () => true),
    evalAt: numbersOf('eval_at', all.eval_at, 'whole numbers above 0', isPosition).sort((a, b) => a - b),
    aucMuWeights: classWeights(all),
    maxBins: numbersOf('max_bin_by_feature', all.max_bin_by_feature, 'whole numbers above 1', isBinCount),
    lazyCosts: costsOf('cegb_penalty_feature_lazy'),
    coupledCosts: costsOf('cegb_penalty_feature_coupled'),
  };
}

function isDirection(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= 1;
}

function classWeights(all: Readonly<Record<string, number | boolean | string>>): Float64Array[] {
  const classes = Number(all.num_class);
  const given = numbersOf('auc_mu_weights', all.auc_mu_weights, 'numbers', () => true);
  if (given.length > 0 && given.length !== classes * classes) {
    const expected = `${classes * classes} numbers, for ${classes} classes`;
    throw invalid('INVALID_PARAMETER', 'train', 'auc_mu_weights', expected, given.length);
  }
  if (given.length === 0 && !String(all.metric).split(',').includes('auc_mu')) return [];
  return Array.from({ length: classes }, (_, i) =>
    Float64Array.from({ length: classes }, (_, j) => {
      const weight = given[i * classes + j] ?? 1;
      if (i === j) return 0;
      if (Math.abs(weight) >= ZERO_THRESHOLD) return weight;
      const field = `auc_mu_weights[${i * classes + j}]`;
      throw invalid('INVALID_PARAMETER', 'train', field, 'other than 0 off the diagonal', weight);
    }),
  );
}

/**
 * Refuses lists that do not fit the features of a dataset.
 *
 * @throws ForecastError INVALID_PARAMETER
 */
export function checkLists(
  lists: ParameterLists,
  { features, categoricalFeatures }: { readonly features: number; readonly categoricalFeatures?: readonly number[] },
): void {
  const { monotone, contributions, interactionGroups } = lists;
  const byFeature = {
    monotone_constraints: monotone,
    feature_contri: contributions,
    max_bin_by_feature: lists.maxBins,
    cegb_penalty_feature_lazy: lists.lazyCosts,
    cegb_penalty_feature_coupled: lists.coupledCosts,
  };
  for (const [name, list] of Object.entries(byFeature)) {
    if (list.length === 0 || list.length === features) continue;
    throw invalid('INVALID_PARAMETER', 'train', name, `${features} numbers, one for each feature`, list.length);
  }
  const categorical = categoricalFeatures?.find((feature) => monotone.length > 0 && monotone[feature] !== 0);
  if (categorical !== undefined) {
    const expected = `0 for the categorical feature ${categorical}`;
    throw invalid('INVALID_PARAMETER', 'train', 'monotone_constraints', expected, monotone[categorical]);
  }
  const beyond = interactionGroups.flat().find((feature) => feature >= features);
  if (beyond !== undefined) {
    throw invalid('INVALID_PARAMETER', 'train', 'interaction_constraints', `features below ${features}`, beyond);
  }
}

function numbersOf(
  name: string,
  value: number | boolean | string,
  kind: string,
  isAllowed: (value: number) => boolean,
): number[] {
  const words = String(value).replace(/[()]/g, '').split(',');
  if (words.length === 1 && words[0].trim() === '') return [];
  return words.map((word) => {
    const number = word.trim() === '' ? Number.NaN : Number(word);
    if (Number.isFinite(number) && isAllowed(number)) return number;
    throw invalid('INVALID_PARAMETER', 'train', name, `${kind}, separated by commas`, word);
  });
}

function groupsOf(name: string, text: string): number[][] {
  const compact = text.replaceAll(' ', '');
  if (compact === '') return [];
  if (!/^\[\d{1,9}(,\d{1,9})*\](,\[\d{1,9}(,\d{1,9})*\])*$/.test(compact)) {
    throw invalid('INVALID_PARAMETER', 'train', name, 'groups of features as [0,1],[2,3]', text);
  }
  return compact
    .slice(1, -1)
    .split('],[')
    .map((group) => group.split(',').map(Number));
}
