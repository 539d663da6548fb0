import { withinTime } from '../../concurrency/index.js';
import type { ExplainedNumber, Member } from '../../ensemble/index.js';
import { ForecastError, invalid, refuseUnknown } from '../../errors.js';
import { checkCode } from '../check-request.js';
import { CALL_OPTIONS, type CallOptions, type Context, requireContext } from '../context.js';
import { checkPredict, gather, historyOf } from './predict.js';

export interface ExplainOptions extends CallOptions {
  /** Trading days ahead. */
  horizon: number;
  /** The member's name; need not be given where only one explains itself. */
  member?: string | undefined;
}

/** Why a member's forecast of the newest bar is what it is. Plain data. */
export interface Explanation {
  code: string;
  member: string;
  horizon: number;
  /** Date of the newest finished bar, 'YYYY-MM-DD'. */
  baseDate: string;
  baseClose: number;
  /** What the model says, each number taken apart by features. */
  numbers: readonly ExplainedNumber[];
}

/**
 * Explains what a member's model says of the newest bar: what each feature adds to its scale, its return or its shares, largest first.
 *
 * The pooled LightGBM member explains its volatility, the one of one instrument its return and the weights of its directions, as far as it states them.
 * Contributions are TreeSHAP's, of a linear regression coefficient × (input - mean): with what the model says on average they add up to what it says now.
 * What validation took for no better than the random walk has none. They tell what the model does, not what moves prices.
 *
 * @throws ForecastError `NO_MODEL` when nothing was trained for the horizon; `INVALID_ARGUMENT` for a member that does not explain itself, or when
 *   several do and none is named, or without a store of models; `INVALID_HORIZON`; `UNKNOWN_CODE` and the other codes of fetching prices;
 *   `INVALID_MODEL`, `MODEL_INCOMPLETE`, `UNSUPPORTED_MODEL` for the stored model; `TIMEOUT`
 * @example
 * const { numbers } = await explain('005930', context, { horizon: 3 });
 * for (const { text, contributions } of numbers) console.log(text, contributions.slice(0, 5));
 */
export async function explain(code: string, context: Context, options: ExplainOptions): Promise<Explanation> {
  const where = 'explain';
  const checked = requireContext(where, context, options);
  refuseUnknown(where, options, [...CALL_OPTIONS, 'horizon', 'member']);
  checkCode(where, code);
  const { models, market, logger, memberTimeoutMs: timeoutMs } = checked;
  if (models === undefined) throw invalid('INVALID_ARGUMENT', where, 'context.models', 'a store of models', undefined);
  const member = explaining(checked, options?.member);
  const alone = Object.freeze({ ...checked, members: [] });
  const request = checkPredict([code], alone, { horizons: [options?.horizon], signal: options.signal });
  const history = historyOf(request);
  const [gathered] = await gather([code], request, history);
  if ('error' in gathered) throw gathered.error;
  const { series } = gathered;
  const [horizon] = request.horizons;
  const warn = (message: string, detail?: object) => logger?.warn(message, detail);
  const limit = { where: member.name, field: 'members', timeoutMs, signal: options.signal };
  const numbers = await withinTime(limit, (signal) =>
    member.explain({ code, series }, { horizon, market, models, history, signal, warn }),
  );
  if (numbers === undefined) {
    throw new ForecastError('NO_MODEL', `explain(${code}): ${member.name} has no model for ${horizon} trading days`, {
      field: 'horizon',
      expected: 'a horizon that was trained: retrain first',
      actual: String(horizon),
    });
  }
  const last = series.length - 1;
  return {
    code,
    member: member.name,
    horizon,
    baseDate: series.dates[last],
    baseClose: series.close[last],
    numbers,
  };
}

type ExplainingMember = Member & Required<Pick<Member, 'explain'>>;

function explaining({ members }: Context, wanted: string | undefined): ExplainingMember {
  const able = members.filter((member): member is ExplainingMember => member.explain !== undefined);
  const named = wanted === undefined ? able : able.filter(({ name }) => name === wanted);
  if (named.length === 1) return named[0];
  const names = able.map(({ name }) => name).join(' or ');
  const expected =
    able.length === 0 ? 'there: none of the members explains itself' : `a member that explains itself: ${names}`;
  throw invalid('INVALID_ARGUMENT', 'explain', 'member', expected, wanted);
}
