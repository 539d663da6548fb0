import { invalid } from '../errors.js';
import { type Weights, YARDSTICK } from './forecast.js';

/** What of a member weights depend on. */
export interface Weighed {
  readonly name: string;
  /** Its share before anything is learned, >= 0, relative to the other members'. */
  readonly prior: number;
}

/**
 * Returns the weights before anything was learned: the priors, scaled to sum 1. Where no member has any, all but the yardstick share
 * equally.
 */
export function priorWeights(members: readonly Weighed[]): Weights {
  const total = members.reduce((sum, { prior }) => sum + prior, 0);
  if (total <= 0) return equalShares(members.map(({ name }) => name));
  // a sum that is 1 already stays as it is, to the last bit
  const scale = Math.abs(total - 1) < 1e-12 ? 1 : total;
  const weights: Weights = {};
  for (const { name, prior } of members) weights[name] = prior / scale;
  return weights;
}

/**
 * Returns the weights of today's members from stored ones: a member that the row does not know starts at its prior share of the
 * whole, and one that is gone leaves its share to the others.
 *
 * @param stored shares that sum to 1
 * @throws ForecastError `INVALID_ARGUMENT` for stored weights that are no shares
 */
export function weightsFor(members: readonly Weighed[], stored: Weights | undefined): Weights {
  const priors = priorWeights(members);
  if (stored === undefined) return priors;
  checkWeights(stored);
  const known = members.filter(({ name }) => stored[name] !== undefined);
  const kept = known.reduce((sum, { name }) => sum + stored[name], 0);
  if (kept <= 0) return priors;
  const fresh = members
    .filter(({ name }) => stored[name] === undefined)
    .reduce((sum, { name }) => sum + priors[name], 0);
  const asStored = fresh === 0 && Math.abs(kept - 1) < 1e-12;
  const weights: Weights = {};
  for (const { name } of members) {
    if (asStored) weights[name] = stored[name] ?? 0;
    else weights[name] = stored[name] === undefined ? priors[name] : (stored[name] / kept) * (1 - fresh);
  }
  return weights;
}

/**
 * Returns the weights with those of missing members shared out among the present ones in proportion. If the present ones have no
 * weight at all, all but the yardstick share equally.
 *
 * @param present the members that have a forecast, by name; at least one
 * @throws ForecastError `INVALID_ARGUMENT` for weights that are no shares
 */
export function effectiveWeights(weights: Weights, present: readonly string[]): Weights {
  checkWeights(weights);
  const effective: Weights = {};
  let isMissing = false;
  for (const name of Object.keys(weights)) {
    effective[name] = 0;
    if (weights[name] > 0 && !present.includes(name)) isMissing = true;
  }
  let total = 0;
  for (const name of present) total += weights[name] ?? 0;
  if (total <= 0) return { ...effective, ...equalShares(present) };
  for (const name of present) effective[name] = (weights[name] ?? 0) / (isMissing ? total : 1);
  return effective;
}

function equalShares(names: readonly string[]): Weights {
  const others = names.filter((name) => name !== YARDSTICK);
  const sharing = others.length > 0 ? others : names;
  return Object.fromEntries(names.map((name) => [name, sharing.includes(name) ? 1 / sharing.length : 0]));
}

function checkWeights(weights: Weights): void {
  let all = 0;
  for (const name of Object.keys(weights)) {
    const weight = weights[name];
    if (!(weight >= 0 && weight <= 1))
      throw invalid('INVALID_ARGUMENT', 'combine', `weights.${name}`, 'in [0, 1]', weight);
    all += weight;
  }
  if (!(Math.abs(all - 1) <= 1e-9))
    throw invalid('INVALID_ARGUMENT', 'combine', 'weights', 'shares that sum to 1', all);
}
