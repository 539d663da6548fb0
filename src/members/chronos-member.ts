import {
  type ChronosForecast,
  type ChronosModel,
  type ChronosSeries,
  isChronos2,
  loadChronos,
} from '../chronos/index.js';
import type { ForecastRequest, Member, MemberAnswer, MemberInput, StepAnswer } from '../ensemble/index.js';
import { sharesOfSamples } from '../ensemble/inside.js';
import { invalid, refuseUnknown } from '../errors.js';
import type { PriceSeries } from '../series/index.js';
import { leakOf } from '../series/inside.js';
import { type ChronosCovariates, covariateSettings, covariatesOf } from './chronos-covariates.js';
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
  /** What a Chronos-2 checkpoint reads beside the closes: bars, and what other markets did since. Default closes alone; other families take none. */
  covariates?: ChronosCovariates | undefined;
}

/**
 * Returns the member that asks a Chronos checkpoint, all instruments in one batch.
 *
 * A checkpoint that sees bars is handed bars, or closes alone where the bars' wicks foretell the next return (`wickLeak`): no traded bar's do.
 * A batch that fails is tried again one by one, so that one bad series cannot take the others along.
 *
 * @param model a loaded checkpoint; default the one in the package, loaded when the first forecast is asked for
 * @throws ForecastError `INVALID_ARGUMENT` for a model without forecast(), options that are none, or covariates for a checkpoint that is not Chronos-2
 * @example
 * createContext({ market: krx, prices, members: [chronosMember(await loadChronos('amazon/chronos-bolt-small'))] });
 */
export function chronosMember(model?: ChronosModel, options: ChronosMemberOptions = {}): Member {
  refuseUnknown('chronosMember', options, ['name', 'prior', 'votes', 'covariates']);
  const { name = 'chronos', prior = 0.6, votes, covariates } = options;
  if (model !== undefined && typeof model?.forecast !== 'function') {
    throw invalid('INVALID_ARGUMENT', 'chronosMember', 'model', 'what loadChronos() returns', model);
  }
  if (votes !== undefined && !(Number.isInteger(votes) && votes >= 1)) {
    throw invalid('INVALID_ARGUMENT', 'chronosMember', 'votes', 'a whole number of paths >= 1', votes);
  }
  if (covariates !== undefined && (model === undefined || !isChronos2(model))) {
    const family = model?.family ?? 'the default checkpoint';
    throw invalid('INVALID_ARGUMENT', 'chronosMember', 'covariates', 'absent for all but Chronos-2', family);
  }
  const reads = covariates === undefined ? undefined : covariateSettings(covariates);
  let loading: Promise<ChronosModel> | undefined;
  const load = () => {
    loading ??= loadChronos().catch((error) => {
      // the next forecast tries again
      loading = undefined;
      throw error;
    });
    return loading;
  };
  /** Returns each instrument's forecast with what is to be told of it. */
  const ask = async (
    chronos: ChronosModel,
    part: readonly MemberInput[],
    request: ForecastRequest,
  ): Promise<Told[]> => {
    const { horizons, signal } = request;
    const options = {
      horizon: Math.max(...horizons),
      seed: part.map(({ code, series }) => pathSeed(code, series.dates[series.length - 1])),
      numSamples: votes ?? 1,
      signal,
    };
    if (reads === undefined || !isChronos2(chronos)) {
      const contexts = part.map(({ series }) => contextOf(series, chronos));
      return (await chronos.forecast(contexts, options)).map((forecast) => ({ forecast, notes: [] }));
    }
    const beside = await covariatesOf(part, request, reads);
    const tasks = part.map(({ series }, i) => ({ targets: [series.close], pastCovariates: beside[i].past }));
    const forecasts = await chronos.forecastTasks(tasks, options);
    return forecasts.map(([forecast], i) => ({ forecast, notes: beside[i].notes }));
  };
  return {
    name,
    prior,
    ...(reads?.drivers.length && { drivers: reads.drivers.map(({ code, market }) => ({ code, market })) }),
    async forecast(batch, request) {
      const { horizons, market, signal } = request;
      const chronos = model ?? (await load());
      const run = (part: readonly MemberInput[]) => ask(chronos, part, request);
      const answer = ({ series }: MemberInput, { forecast, notes }: Told): MemberAnswer => {
        const base = { baseClose: series.close[series.length - 1], flatBand: market.flatBand };
        return new Map(
          horizons.map((horizon) => {
            const step = stepOf(forecast, horizon, votes === undefined ? undefined : base);
            return [horizon, notes.length === 0 ? step : { ...step, notes }];
          }),
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

/** A forecast, and what a reader should know of it. */
interface Told {
  readonly forecast: ChronosForecast;
  readonly notes: readonly string[];
}

/** Returns what the checkpoint reads of a series: bars where it sees them, unless their wicks foretell the next return (a fault of the source). */
export function contextOf(series: PriceSeries, { input }: ChronosModel): ChronosSeries {
  if (input !== 'bars' || leakOf(series).leaks) return series.close;
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
