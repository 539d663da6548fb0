import type { Distribution, MemberInput } from '../../ensemble/index.js';
import { type LossSkill, meanPinball, type Verdict } from '../../scoring/index.js';
import { type PriceSeries, sliceSeries } from '../../series/index.js';
import type { Context } from '../context.js';
import { askMembers } from '../forecast/ask-members.js';
import { DECILES, decilesOf } from '../outcomes/deciles.js';

/** Instruments to be forecast once more as on a past day. */
export interface PastDay {
  readonly baseDate: string;
  readonly codes: Iterable<string>;
  /** Ascending. */
  readonly horizons: readonly number[];
}

/** Whom to ask, and with which models. */
type Asked = Parameters<typeof askMembers>[2] & Pick<Context, 'historyBars' | 'logger'>;

/**
 * Returns what the members say of a past day from the bars known then: by member, deciles in log returns from the base close by `rowKey`.
 * An instrument without a bar of that day, or whose prices fail, has none.
 *
 * @param wholeOf returns an instrument's bars, those after the day too
 */
export async function forecastOn(
  asked: Asked,
  { baseDate, codes, horizons }: PastDay,
  {
    where,
    wholeOf,
    signal,
  }: { where: string; wholeOf: (code: string) => Promise<PriceSeries>; signal: AbortSignal | undefined },
): Promise<Map<string, Map<string, number[]>>> {
  const history = async (code: string) => asOf(await wholeOf(code), baseDate, asked.historyBars);
  const batch: MemberInput[] = [];
  for (const code of codes) {
    try {
      const series = await history(code);
      if (series.dates[series.length - 1] === baseDate) batch.push({ code, series });
    } catch (error) {
      signal?.throwIfAborted();
      asked.logger?.warn(`${where}: ${code} has no bars up to ${baseDate}`, { error });
    }
  }
  const answers = await askMembers(batch, { horizons, history, signal }, asked);
  const found = new Map(asked.members.map(({ name }) => [name, new Map<string, number[]>()]));
  for (const [i, { code, series }] of batch.entries()) {
    const baseClose = series.close[series.length - 1];
    for (const [horizon, said] of answers[i].steps)
      for (const [name, forecast] of Object.entries(said))
        found.get(name)!.set(rowKey(horizon, code), inLogs(forecast, baseClose));
  }
  return found;
}

export function rowKey(horizon: number, code: string): string {
  return `${horizon} ${code}`;
}

/** Returns a forecast's deciles in log returns from the base close. */
export function inLogs(forecast: Distribution, baseClose: number): number[] {
  return decilesOf(forecast).map((price) => Math.log(price / baseClose));
}

/** Returns the mean pinball loss of deciles at what came, both in log returns. */
export function lossOf(deciles: readonly number[], actual: number): number {
  return meanPinball({ actuals: [actual], levels: DECILES, quantiles: deciles });
}

/** 'worse': at some horizon, and better at none. 'better' likewise. */
export function overall(horizons: readonly { readonly skill?: LossSkill | undefined }[]): Verdict {
  const has = (verdict: Verdict) => horizons.some(({ skill }) => skill?.verdict === verdict);
  if (has('worse') && !has('better')) return 'worse';
  return has('better') && !has('worse') ? 'better' : 'not distinguishable';
}

/** Returns the bars that a forecast on a day would have read. @throws ForecastError `EMPTY_SERIES` without any */
function asOf(series: PriceSeries, date: string, most: number): PriceSeries {
  const later = series.dates.findIndex((one) => one > date);
  const end = later === -1 ? series.length : later;
  return sliceSeries(series, Math.max(0, end - most), end);
}
