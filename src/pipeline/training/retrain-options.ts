import type { TrainPool } from '../../lgbm/index.js';
import type { ModelStore } from '../../store/model-store.js';
import type { ForecastContext, Progress } from '../context.js';
import type { TrainingOptions } from './train-models.js';
import type { Trainer } from './trainer.js';

export type RetrainOptions = ForecastContext &
  TrainingOptions & {
    models: ModelStore;
    codes: readonly string[];
    /** Default 1, 3, 5. */
    horizons?: readonly number[];
    /** Newest bars to train on; default 1250, some five years. */
    trainingBars?: number;
    /** A new model is published unless its validation loss exceeds the constant forecast's by more than this share; default 0.1. */
    gateTolerance?: number;
    /** Calendar days over which performance is measured; default 30. */
    performanceDays?: number;
    /**
     * Threads to train on, from `createTrainPool`; the host closes them. Without it this thread trains, and nothing else in the process
     * runs while it grows a model (a second or so).
     */
    trainPool?: TrainPool;
    /** Goes on with a run that was cut off: models published at this moment or later are left alone. */
    resumeFrom?: Date;
    onProgress?: (progress: Progress) => void;
  };

/** What became of one (code, horizon). */
export interface RetrainItem {
  code: string;
  horizon: number;
  /** 'kept': the gate turned the new models down. 'resumed': trained by the run that was cut off. */
  status: 'published' | 'kept' | 'resumed' | 'failed';
  /** Validation loss / constant forecast's loss; below 1 the model has learned something. */
  lossRatios?: { reg: number; cls: number };
  /** Pooled recipe: the same for the pinball loss, the same number for all codes of a horizon. */
  pinballRatio?: number;
  error?: unknown;
}

export interface RetrainReport {
  startedAt: Date;
  items: RetrainItem[];
  /** Instruments whose performance could not be measured; their models are trained all the same. */
  performanceFailures: { code: string; error: unknown }[];
}

/** What the recipes have to do. */
export interface RetrainJob {
  horizons: readonly number[];
  models: ModelStore;
  resumeFrom: Date | undefined;
  gateTolerance: number;
  trainer: Trainer;
  /** How many of a code's horizons are trained at a time. */
  sideBySide: number;
}
