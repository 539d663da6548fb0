import type { ForecastErrorCode } from '../../errors.js';
import type { Dataset } from '../data/dataset.js';
import type { TrainParams } from '../parameters/params.js';
import type { TrainingCourse } from '../predict/booster.js';
import type { Model } from '../text/model.js';

/** One model for a worker to train. */
export interface TrainRequest {
  readonly kind: 'train';
  readonly id: number;
  readonly dataset: Dataset;
  readonly params: TrainParams;
  readonly valid: readonly Dataset[];
}

/** Asks a worker whether it has started: it answers that it is ready. */
export interface StartRequest {
  readonly kind: 'start';
  readonly id: number;
}

/** What a worker says of a request: that it goes on, or how it ended. */
export type TrainReply =
  | { readonly id: number; readonly iteration: number; readonly numIterations: number }
  | { readonly id: number; readonly model: Model; readonly course: TrainingCourse; readonly seconds: number }
  | { readonly id: number; readonly error: TrainFailure }
  | { readonly id: number; readonly ready: true };

/** An error as it crosses threads, where classes are lost. */
export interface TrainFailure {
  readonly message: string;
  readonly code?: ForecastErrorCode;
  readonly field?: string;
  readonly expected?: string;
  readonly actual?: string;
}
