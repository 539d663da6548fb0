import type { ChronosModel } from '../chronos/index.js';
import { combineByVotes } from '../ensemble/index.js';
import { invalid } from '../errors.js';
import { chronosMember, type InstrumentLgbmOptions, instrumentLgbm } from '../members/index.js';
import type { Context } from '../pipeline/index.js';
import { type ContextOptions, createContext } from './create-context.js';

export interface ReferenceOptions extends Omit<ContextOptions, 'members' | 'combine'> {
  /** The Chronos checkpoint; undefined leaves LightGBM alone. */
  chronos?: ChronosModel | undefined;
  /** How its LightGBM models are trained. */
  lgbm?: Omit<InstrumentLgbmOptions, 'name' | 'prior' | 'halfWidth'> | undefined;
}

/**
 * Returns the context of the system first asked for, to the letter: Chronos 0.6 with the direction voted by 30 paths, a pair of LightGBM
 * models per instrument 0.4 with an interval of ±3 %, and one vote on the direction for each of the two. What passes its gate is published: `judgeModels` is false
 * unless given.
 *
 * It is kept as the reference that others can be held to; the default of `createContext` forecasts better (docs/evaluation.md).
 *
 * @throws ForecastError `INVALID_ARGUMENT` as `createContext`
 */
export function referenceSetup(options: ReferenceOptions): Context {
  if (typeof options !== 'object' || options === null) {
    throw invalid('INVALID_ARGUMENT', 'referenceSetup', 'options', 'an object', options);
  }
  const { chronos, lgbm, ...parts } = options;
  const members = [
    ...(chronos === undefined ? [] : [chronosMember(chronos, { prior: 0.6, votes: 30 })]),
    instrumentLgbm({ ...lgbm, prior: 0.4, halfWidth: 0.03 }),
  ];
  return createContext({ judgeModels: false, ...parts, members, combine: combineByVotes });
}
