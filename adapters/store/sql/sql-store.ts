import type { Store } from '../../../src/store/store.js';
import type { FullModelStore } from '../memory-models.js';
import type { SqlDriver } from './driver.js';
import { historyMethods } from './history.js';
import { jobRunMethods } from './job-runs.js';
import { sqlModels } from './models.js';
import { predictionMethods } from './predictions.js';
import { pruneMethod } from './prune.js';

/** A store in an SQL database. */
export interface SqlStore extends Store {
  readonly models: FullModelStore;
  /** The database behind it, for what lives in the same one: see `sqlPrices`. */
  readonly driver: SqlDriver;
}

/** Returns the store over a driver whose database has this code's schema. */
export function sqlStore(driver: SqlDriver): SqlStore {
  return {
    driver,
    models: sqlModels(driver),
    ...predictionMethods(driver),
    ...historyMethods(driver),
    ...jobRunMethods(driver),
    ...pruneMethod(driver),
    close: () => driver.close(),
  };
}
