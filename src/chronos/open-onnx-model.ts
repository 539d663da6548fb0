import type { CheckpointConfig } from './checkpoint/checkpoint-config.js';
import type { Safetensors } from './checkpoint/safetensors.js';
import type { LoadedChronos } from './chronos-model.js';
import type { Chronos2Output, Grouping } from './graph/chronos2-graph.js';
import { type GraphWriter, openSession, type SessionSettings } from './runtime/open-session.js';
import type { LoadedRuntime, OrtSession } from './runtime/runtime.js';

/**
 * Returns the model of a checkpoint whose graphs ONNX Runtime runs. Chronos-2 reads its weights a second time when series are
 * first forecast together or embedded, and closes them when it is disposed of.
 *
 * @throws ForecastError INVALID_CHECKPOINT
 */
export async function openOnnxModel(
  config: CheckpointConfig,
  weights: Safetensors,
  runtime: LoadedRuntime,
  settings: SessionSettings,
): Promise<LoadedChronos> {
  const open = (write: GraphWriter) => openSession(runtime, weights, write, settings);
  const { ort } = runtime;
  if (config.family === 'chronos-bolt') {
    const { boltGraph } = await import('./graph/bolt-graph.js');
    const { boltModel } = await import('./families/bolt.js');
    return boltModel(config, ort, await open((placement) => boltGraph(config, weights, placement)));
  }
  if (config.family === 'bar-bolt') {
    const { boltGraph } = await import('./graph/bolt-graph.js');
    const { barBoltModel } = await import('./families/bar-bolt.js');
    return barBoltModel(config, ort, await open((placement) => boltGraph(config, weights, placement)));
  }
  if (config.family === 'chronos-t5') {
    const { DECODER_BIAS, t5EncoderGraph, t5StepGraph } = await import('./graph/t5-graph.js');
    const { t5Model } = await import('./families/t5.js');
    const encoder = await open((placement) => t5EncoderGraph(config, weights, placement));
    const step = await open((placement) => t5StepGraph(config, weights, placement)).catch(async (error: unknown) => {
      await encoder.release();
      throw error;
    });
    return t5Model({ config, ort, encoder, step, decoderBias: weights.floats(DECODER_BIAS) });
  }
  const { chronos2Graph } = await import('./graph/chronos2-graph.js');
  const { chronos2Model } = await import('./families/chronos2.js');
  const sessions = new Map<string, Promise<OrtSession>>();
  const session = (grouping: Grouping, output: Chronos2Output) => {
    const key = `${grouping} ${output}`;
    const known = sessions.get(key);
    if (known !== undefined) return known;
    const opened = open((placement) => chronos2Graph(config, { grouping, output }, weights, placement));
    sessions.set(key, opened);
    return opened;
  };
  await session('alone', 'quantiles');
  return chronos2Model({ config, ort, session }, async () => {
    weights.source.close();
    for (const opened of sessions.values()) await (await opened).release();
  });
}
