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
  return Object.fromEntries(members.map(({ name, prior }) => [name, prior / scale]));
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
  if (fresh === 0 && Math.abs(kept - 1) < 1e-12)
    return Object.fromEntries(members.map(({ name }) => [name, stored[name] ?? 0]));
  return Object.fromEntries(
    members.map(({ name }) => [name, stored[name] === undefined ? priors[name] : (stored[name] / kept) * (1 - fresh)]),
  );
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
  const weightOf = (name: string) => weights[name] ?? 0;
  const missing = Object.keys(weights).filter((name) => !present.includes(name) && weights[name] > 0);
  const total = present.reduce((sum, name) => sum + weightOf(name), 0);
  const shares = total > 0 ? Object.fromEntries(present.map((name) => [name, weightOf(name)])) : equalShares(present);
  if (total > 0 && missing.length > 0) for (const name of present) shares[name] /= total;
  return { ...Object.fromEntries(Object.keys(weights).map((name) => [name, 0])), ...shares };
}

function equalShares(names: readonly string[]): Weights {
  const others = names.filter((name) => name !== YARDSTICK);
  const sharing = others.length > 0 ? others : names;
  return Object.fromEntries(names.map((name) => [name, sharing.includes(name) ? 1 / sharing.length : 0]));
}

function checkWeights(weights: Weights): void {
  let all = 0;
  for (const [name, weight] of Object.entries(weights)) {
    if (!(weight >= 0 && weight <= 1))
      throw invalid('INVALID_ARGUMENT', 'combine', `weights.${name}`, 'in [0, 1]', weight);
    all += weight;
  }
  if (!(Math.abs(all - 1) <= 1e-9))
    throw invalid('INVALID_ARGUMENT', 'combine', 'weights', 'shares that sum to 1', all);
}
