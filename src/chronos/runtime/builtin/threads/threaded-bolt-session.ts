import type { BoltConfig } from '../../../checkpoint/checkpoint-config.js';
import type { WeightFile } from '../../../checkpoint/tensor-shape.js';
import type { BoltEnds } from '../../../graph/bolt-ends.js';
import type { OrtSession } from '../../runtime.js';
import { openBoltSession } from '../bolt-session.js';
import { PlainTensor, type SessionRun } from '../builtin-session.js';
import type { LayerPrecision } from '../heap-layers.js';
import { NetworkThread, type NodeWorker, spawnInNode } from './network-thread.js';

/** Fewer series a thread than this are not worth a message. */
const LEAST_SHARE = 4;
const CHUNK_BYTES = 2 ** 20;

/**
 * Opens a network of Bolt's body on several threads, this one among them. Each has its own memory, and they share out the series of a
 * run: to a series that makes no difference, to the last bit. Several runs may be under way at once.
 *
 * @param ownShare what this thread takes, which has other work as well, where each of the others takes 1; default 1
 * @throws ForecastError RUNTIME_MISSING where threads cannot be started; as openBoltSession
 */
export async function openThreadedBoltSession(
  config: Omit<BoltConfig, 'family' | 'transform'>,
  weights: WeightFile,
  {
    threads,
    ownShare = 1,
    ends = { patchWidth: 2 * config.patchSize, outputRows: config.levels.length },
    precision = 'fp32',
    spawn = spawnInNode,
  }: {
    threads: number;
    ownShare?: number;
    ends?: BoltEnds;
    precision?: LayerPrecision;
    spawn?: () => NodeWorker | Promise<NodeWorker>;
  },
): Promise<OrtSession> {
  const own = await openBoltSession(config, weights, { ends, precision });
  const others: NetworkThread[] = [];
  try {
    const request = { config, ends, precision, tensors: weights.tensors, bytes: sharedBytes(weights) };
    for (let i = 1; i < threads; i++) others.push(new NetworkThread(await spawn()));
    await Promise.all(others.map((thread) => thread.open(request)));
  } catch (error) {
    for (const thread of others) thread.end();
    throw error;
  }
  const run: SessionRun = async (feeds, fetches) => {
    const { patches, patch_mask: mask } = feeds;
    const [batch, count] = patches.dims;
    const used = Math.min(threads, Math.floor(batch / LEAST_SHARE));
    // Embeddings are not shared out: they are asked for seldom, and are much larger than forecasts.
    if (fetches?.includes('encoded')) return own.run(feeds, fetches);
    if (used < 2) return own.run(feeds);
    const share = batch / (used - 1 + ownShare);
    const width = count * ends.patchWidth;
    const part = (index: number) => {
      const [from, to] = [index, index + 1].map((end) => (end === 0 ? 0 : Math.round(batch - (used - end) * share)));
      return {
        patches: (patches.data as Float32Array).slice(from * width, to * width),
        mask: (mask.data as Float32Array).slice(from * count, to * count),
        batch: to - from,
        count,
      };
    };
    const theirs = others.slice(0, used - 1).map((thread, i) => thread.run(part(i + 1)));
    const mine = part(0);
    const first = own.run({
      patches: new PlainTensor('float32', mine.patches, [mine.batch, count]),
      patch_mask: new PlainTensor('float32', mine.mask, [mine.batch, count]),
    });
    const [{ quantiles }, ...parts] = await Promise.all([first, ...theirs]);
    const all = new Float32Array(batch * ends.outputRows * config.predictionLength);
    let at = 0;
    for (const values of [quantiles.data as Float32Array, ...parts]) {
      all.set(values, at);
      at += values.length;
    }
    return { quantiles: new PlainTensor('float32', all, [batch, ends.outputRows, config.predictionLength]) };
  };
  return {
    run,
    async release() {
      for (const thread of others) thread.end();
      await own.release();
    },
  };
}

/** The file's bytes where every thread reads them without a copy of its own. */
function sharedBytes({ source }: WeightFile): Uint8Array {
  const bytes = new Uint8Array(new SharedArrayBuffer(source.size));
  for (let done = 0; done < source.size; done += CHUNK_BYTES)
    bytes.set(source.read(done, Math.min(CHUNK_BYTES, source.size - done)), done);
  return bytes;
}
