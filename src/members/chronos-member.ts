import { type ChronosForecast, type ChronosModel, type ChronosSeries, loadChronos } from '../chronos/index.js';
import type { Member, MemberAnswer, MemberInput, StepAnswer } from '../ensemble/index.js';
import { sharesOfSamples } from '../ensemble/inside.js';
import { invalid, refuseUnknown } from '../errors.js';
import { type PriceSeries, wickLeak } from '../series/index.js';
import { pathSeed } from './path-seed.js';

export interface ChronosMemberOptions {
  /** Default 'chronos'. */
  name?: string | undefined;
  /** Its share before anything is learned, relative to the other members'; default 0.6. */
  prior?: number | undefined;
  /**
   * Paths drawn whose counts are its direction shares, as the system first asked for has it (30); default none: the shares are read off its
   * quantiles.
   */
  votes?: number | undefined;
}

/**
 * Returns the member that asks a Chronos checkpoint, all instruments in one batch.
 *
 * A checkpoint that sees bars is handed bars, or closes alone where the bars' wicks foretell the next return (`wickLeak`): no traded bar's do.
 * A batch that fails is tried again one by one, so that one bad series cannot take the others along.
 *
 * @param model a loaded checkpoint; default the one in the package, loaded when the first forecast is asked for
 * @throws ForecastError `INVALID_ARGUMENT` for a model without forecast(), or options that are none
 * @example
 * createContext({ market: krx, prices, members: [chronosMember(await loadChronos('amazon/chronos-bolt-small'))] });
 */
export function chronosMember(model?: ChronosModel, options: ChronosMemberOptions = {}): Member {
  refuseUnknown('chronosMember', options, ['name', 'prior', 'votes']);
  const { name = 'chronos', prior = 0.6, votes } = options;
  if (model !== undefined && typeof model?.forecast !== 'function') {
    throw invalid('INVALID_ARGUMENT', 'chronosMember', 'model', 'what loadChronos() returns', model);
  }
  if (votes !== undefined && !(Number.isInteger(votes) && votes >= 1)) {
    throw invalid('INVALID_ARGUMENT', 'chronosMember', 'votes', 'a whole number of paths >= 1', votes);
  }
  let loading: Promise<ChronosModel> | undefined;
  const load = () => {
    loading ??= loadChronos().catch((error) => {
      // the next forecast tries again
      loading = undefined;
      throw error;
    });
    return loading;
  };
  return {
    name,
    prior,
    async forecast(batch, { horizons, market, signal }) {
      const chronos = model ?? (await load());
      const run = (part: readonly MemberInput[]) =>
        chronos.forecast(
          part.map(({ series }) => contextOf(series, chronos)),
          {
            horizon: Math.max(...horizons),
            seed: part.map(({ code, series }) => pathSeed(code, series.dates[series.length - 1])),
            numSamples: votes ?? 1,
            signal,
          },
        );
      const answer = ({ series }: MemberInput, forecast: ChronosForecast): MemberAnswer => {
        const base = { baseClose: series.close[series.length - 1], flatBand: market.flatBand };
        return new Map(
          horizons.map((horizon) => [horizon, stepOf(forecast, horizon, votes === undefined ? undefined : base)]),
        );
      };
      try {
        const forecasts = await run(batch);
        return batch.map((input, i) => answer(input, forecasts[i]));
      } catch (error) {
        signal.throwIfAborted();
        if (batch.length === 1) return [{ error }];
      }
      const answers: MemberAnswer[] = [];
      for (const input of batch) {
        try {
          const [forecast] = await run([input]);
          answers.push(answer(input, forecast));
        } catch (error) {
          signal.throwIfAborted();
          answers.push({ error });
        }
      }
      return answers;
    },
  };
}

/** Returns what the checkpoint reads of a series: bars where it sees them, unless their wicks foretell the next return (a fault of the source). */
export function contextOf(series: PriceSeries, { input }: ChronosModel): ChronosSeries {
  if (input !== 'bars' || wickLeak(series).leaks) return series.close;
  const { open, high, low, close } = series;
  return { open, high, low, close };
}

/** Returns what the checkpoint says of one step; its shares are counted over the paths where `votedOn` says on what. */
function stepOf(
  { median, levels, quantiles, samples }: ChronosForecast,
  horizon: number,
  votedOn: { baseClose: number; flatBand: number } | undefined,
): StepAnswer {
  const step = horizon - 1;
  const statement = {
    levels,
    quantiles: quantiles.subarray(step * levels.length, horizon * levels.length),
    pointClose: median[step],
  };
  if (votedOn === undefined) return statement;
  const length = median.length;
  const closes = Float64Array.from({ length: samples.length / length }, (_, path) => samples[path * length + step]);
  return { ...statement, shares: sharesOfSamples(closes, votedOn) };
}
