import type { Distribution } from '../../ensemble/index.js';
import { ForecastError, type ForecastErrorCode, invalid, refuseUnknown } from '../../errors.js';
import { checkCode } from '../check-request.js';
import { CALL_OPTIONS, type CallOptions, type Context, requireContext } from '../context.js';
import { checkPredict, gather } from './predict.js';

export interface PredictMemberOptions extends CallOptions {
  /** The member's name. */
  member: string;
  /** Trading days ahead. */
  horizon: number;
}

/**
 * Returns what one member alone says of the instrument's newest bar, or undefined while it has nothing to say (nothing trained yet: a cold
 * start).
 *
 * @throws ForecastError the member's failure under its own code (`NO_FORECAST` where it had none); `UNKNOWN_CODE` and the other codes of
 *   fetching prices; `INVALID_ARGUMENT` for a member that the context does not have
 * @example
 * const lgbm = await predictMember('005930', context, { member: 'lgbm', horizon: 3 });
 */
export async function predictMember(
  code: string,
  context: Context,
  options: PredictMemberOptions,
): Promise<Distribution | undefined> {
  const where = 'predictMember';
  const checked = requireContext(where, context, options);
  refuseUnknown(where, options, [...CALL_OPTIONS, 'member', 'horizon']);
  checkCode(where, code);
  const { member, horizon, signal } = options;
  const asked = checked.members.filter(({ name }) => name === member);
  if (asked.length === 0) {
    const expected = checked.members.map(({ name }) => name).join(' or ');
    throw invalid('INVALID_ARGUMENT', where, 'member', expected, member);
  }
  const alone = Object.freeze({ ...checked, members: asked });
  const [gathered] = await gather([code], checkPredict([code], alone, { horizons: [horizon], signal }));
  if ('error' in gathered) throw gathered.error;
  const [failure] = gathered.answers.failures;
  if (failure !== undefined) {
    const failed = failure.code === 'UNEXPECTED' ? 'NO_FORECAST' : (failure.code as ForecastErrorCode);
    throw new ForecastError(failed, failure.message, { field: 'members' });
  }
  return gathered.answers.steps.get(horizon)?.[member];
}
