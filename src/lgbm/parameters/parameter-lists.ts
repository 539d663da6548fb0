import { invalid } from '../../errors.js';

/** The parameters that are lists of numbers. */
export interface ParameterLists {
  readonly monotone: readonly number[];
  readonly isBounded: boolean;
  readonly contributions: readonly number[];
  readonly interactionGroups: readonly (readonly number[])[];
}

/**
 * Returns the list parameters, read from the text that LightGBM takes.
 *
 * @throws ForecastError INVALID_PARAMETER for what is no such list.
 */
export function parameterLists(all: Readonly<Record<string, number | boolean | string>>): ParameterLists {
  const monotone = numbersOf('monotone_constraints', all.monotone_constraints, (value) => Math.abs(value) <= 1);
  return {
    monotone,
    isBounded: monotone.length > 0,
    contributions: numbersOf('feature_contri', all.feature_contri, (value) => value >= 0),
    interactionGroups: groupsOf('interaction_constraints', String(all.interaction_constraints)),
  };
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
  for (const [name, list] of Object.entries({ monotone_constraints: monotone, feature_contri: contributions })) {
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

function numbersOf(name: string, value: number | boolean | string, isAllowed: (value: number) => boolean): number[] {
  const words = String(value).replace(/[()]/g, '').split(',');
  if (words.length === 1 && words[0].trim() === '') return [];
  return words.map((word) => {
    const number = word.trim() === '' ? Number.NaN : Number(word);
    const isFit =
      Number.isFinite(number) && isAllowed(number) && (name === 'feature_contri' || Number.isInteger(number));
    if (isFit) return number;
    const kind = name === 'feature_contri' ? 'numbers >= 0' : '-1, 0 or 1';
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
