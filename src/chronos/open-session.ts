import { ForecastError } from '../errors.js';
import type { LoadedRuntime, OrtSession } from './runtime.js';
import type { Safetensors } from './safetensors.js';
import type { WeightPlacement } from './transformer-layers.js';

/** How sessions are opened. */
export interface SessionSettings {
  readonly precision: 'fp32' | 'int8';
  readonly threads: number;
}

/** Writes a graph whose weights lie where the placement says. */
export type GraphWriter = (placement: WeightPlacement) => Uint8Array;

/**
 * Opens a session of a graph.
 *
 * @throws ForecastError INVALID_CHECKPOINT when the runtime refuses the graph
 */
export async function openSession(
  { ort }: LoadedRuntime,
  _weights: Safetensors,
  write: GraphWriter,
  { precision, threads }: SessionSettings,
): Promise<OrtSession> {
  const graph = write({ precision });
  try {
    return await ort.InferenceSession.create(graph, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
  } catch (cause) {
    throw new ForecastError('INVALID_CHECKPOINT', 'loadChronos: ONNX Runtime refused the graph of this checkpoint', {
      cause,
    });
  }
}
