import type { ChronosForecast, ChronosModel } from '../../src/chronos/index.js';
import { newestFeatures } from '../../src/features/inside.js';
import { decodeModel } from '../../src/lgbm/index.js';
import { contextOf } from '../../src/members/chronos-member.js';
import { pathSeed } from '../../src/members/path-seed.js';
import type { PriceSeries } from '../../src/series/index.js';
import type { PredictionRecord } from '../../src/store/records.js';
import type { Store } from '../../src/store/store.js';
import { HORIZONS, keyOf } from './market.js';
import { type Time, timed } from './timing.js';

/** What the engines are called on: everything is in memory already, and checked. */
export interface EngineWork {
  series: readonly PriceSeries[];
  codes: readonly string[];
  chronos: ChronosModel;
  formOf: (key: string) => Uint8Array;
  /** An empty store, and what is put into it. */
  store: Store;
  records: readonly PredictionRecord[];
}

/** What the engines said, by code and horizon, beside how long each took. */
export interface EngineRun {
  times: { features: Time; lgbm: Time; chronos: Time; upsert: Time };
  returns: Map<string, number>;
  forecasts: ChronosForecast[];
}

/**
 * Calls each engine directly, one after the other over the whole market: the newest features, loading every model from its compact form and
 * asking it, Chronos in one call, all rows in one upsert.
 */
export async function runEngines({ series, codes, chronos, formOf, store, records }: EngineWork): Promise<EngineRun> {
  const features = await timed(() => series.map((one) => newestFeatures(one).values));
  const returns = new Map<string, number>();
  const lgbm = await timed(() => {
    codes.forEach((code, index) => {
      const row = features.result[index];
      for (const horizon of HORIZONS) {
        const key = keyOf(code, horizon, 'reg');
        returns.set(key, decodeModel(formOf(key)).predict(row, { rows: 1 })[0]);
        decodeModel(formOf(keyOf(code, horizon, 'cls'))).predict(row, { rows: 1 });
      }
    });
  });
  const forecasts = await timed(() =>
    chronos.forecast(
      // as new series: what the house keeps of those it knows would be missing from the time
      series.map((one) => contextOf({ ...one }, chronos)),
      {
        numSamples: 1,
        horizon: Math.max(...HORIZONS),
        seed: series.map(({ dates }, index) => pathSeed(codes[index], dates[dates.length - 1])),
      },
    ),
  );
  const upsert = await timed(() => store.upsertPredictions(records));
  const plain = ({ wall, cpu }: Time): Time => ({ wall, cpu });
  return {
    times: { features: plain(features), lgbm: plain(lgbm), chronos: plain(forecasts), upsert: plain(upsert) },
    returns,
    forecasts: forecasts.result,
  };
}
