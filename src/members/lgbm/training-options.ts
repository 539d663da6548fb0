import { invalid, refuseUnknown } from '../../errors.js';
import type { Feature } from '../../features/index.js';
import type { TrainParams, TrainPool } from '../../lgbm/index.js';

/** What every member that trains LightGBM models can be told. */
export interface LgbmMemberOptions {
  /** Default 'lgbm'. */
  name?: string | undefined;
  /** Its share before anything is learned, relative to the other members'; default 0.4. */
  prior?: number | undefined;
  /** Columns of the feature matrix; default all built-in ones. */
  features?: readonly Feature[] | undefined;
  /** LightGBM parameters beside the objective, in LightGBM's names; added to (and overriding) the member's own. */
  params?: TrainParams | undefined;
  /** Newest bars to train on; default 1250, some five years. */
  trainingBars?: number | undefined;
  /** Share of the labelled rows, the newest, on which early stopping and the gate look, in (0, 1); default 0.2. */
  validationShare?: number | undefined;
  /** Rounds without improvement after which training stops; 0 never stops; default 30. */
  earlyStoppingRounds?: number | undefined;
  /** A new model is published unless its validation loss exceeds that of the gate's forecast by more than this share; default 0.1. */
  gateTolerance?: number | undefined;
  /** Threads to train on, from `createTrainPool`, shared by many trainings; the host closes them. Default: see `threads`. */
  trainPool?: TrainPool | undefined;
  /**
   * Threads that each retraining starts and ends, where there is no `trainPool`; default one a processor. 0: the calling thread trains, as it does where
   * threads cannot be started, and nothing else in the process runs while it grows a model (a second or so). The models are the same to the last byte.
   */
  threads?: number | undefined;
}

/** The options with their defaults. */
export type LgbmSettings = Required<Omit<LgbmMemberOptions, 'features' | 'trainPool' | 'threads'>> &
  Pick<LgbmMemberOptions, 'features' | 'trainPool' | 'threads'>;

const KEYS = [
  'name',
  'prior',
  'features',
  'params',
  'trainingBars',
  'validationShare',
  'earlyStoppingRounds',
  'gateTolerance',
  'trainPool',
  'threads',
];

/**
 * Returns the options, checked and completed.
 *
 * @param more keys that the member knows beside the shared ones
 * @throws ForecastError `INVALID_ARGUMENT` naming the option at fault
 */
export function lgbmSettings(where: string, options: LgbmMemberOptions, more: readonly string[] = []): LgbmSettings {
  refuseUnknown(where, options, [...KEYS, ...more]);
  const settings = {
    name: 'lgbm',
    prior: 0.4,
    params: {},
    trainingBars: 1250,
    validationShare: 0.2,
    earlyStoppingRounds: 30,
    gateTolerance: 0.1,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  } as LgbmSettings;
  const { trainingBars, validationShare, earlyStoppingRounds, gateTolerance } = settings;
  const refuse = (field: string, expected: string, actual: unknown) =>
    invalid('INVALID_ARGUMENT', where, field, expected, actual);
  if (!(Number.isInteger(trainingBars) && trainingBars >= 1)) {
    throw refuse('trainingBars', 'a whole number of bars >= 1', trainingBars);
  }
  if (!(validationShare > 0 && validationShare < 1)) throw refuse('validationShare', 'in (0, 1)', validationShare);
  if (!(Number.isInteger(earlyStoppingRounds) && earlyStoppingRounds >= 0)) {
    throw refuse('earlyStoppingRounds', 'a whole number of rounds >= 0', earlyStoppingRounds);
  }
  const { threads = 0 } = settings;
  if (!(Number.isInteger(threads) && threads >= 0)) throw refuse('threads', 'a whole number >= 0', threads);
  if (!(gateTolerance >= 0)) throw refuse('gateTolerance', '>= 0', gateTolerance);
  return Object.freeze(settings);
}
