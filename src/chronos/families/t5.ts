import { createRandom, quantileSorted, type SeededRandom } from '../../stats/index.js';
import type { T5Config } from '../checkpoint/checkpoint-config.js';
import type { ChronosEmbedding, ChronosForecast, LoadedChronos } from '../chronos-model.js';
import { relativeBucket } from '../graph/relative-bias.js';
import { ModelQueue } from '../runtime/model-queue.js';
import type { OrtRuntime, OrtSession, OrtTensor } from '../runtime/runtime.js';
import { readContexts } from './bar-context.js';
import { checkEmbedRequest, embeddingOf } from './embedding.js';
import { checkRequest, type ForecastRequest } from './forecast-request.js';
import { noForecast } from './model-call.js';
import { drawToken } from './t5-sampling.js';
import { meanScaleUniformBins, type Tokenizer, type Tokens } from './t5-tokenizer.js';

/** The levels that the reference reads from samples by default. */
const LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** The network of a Chronos-T5 checkpoint and what runs it. */
export interface T5Network {
  readonly config: T5Config;
  readonly ort: OrtRuntime;
  readonly encoder: OrtSession;
  readonly step: OrtSession;
  /** The decoder's table of relative position biases, `[buckets, heads]`. */
  readonly decoderBias: Float32Array;
}

/** Returns a Chronos-T5 model over the sessions of its two graphs. */
export function t5Model(network: T5Network): LoadedChronos {
  const { config, encoder, step } = network;
  const queue = new ModelQueue();
  const tokenizer = meanScaleUniformBins(config);
  return {
    family: config.family,
    input: 'closes',
    levels: LEVELS,
    contextLength: config.contextLength,
    predictionLength: config.predictionLength,
    async forecast(contexts, options): Promise<ChronosForecast[]> {
      const offer = { levels: LEVELS, contextLength: config.contextLength, draws: true };
      const request = checkRequest(options, offer, contexts);
      const { contextLength, sampling } = request;
      const series = readContexts(contexts, request, 'raw');
      const asked = { ...network, config: { ...config, contextLength, ...sampling } };
      return queue.run(async () => {
        const forecasts: ChronosForecast[] = [];
        // One series at a time: its samples fill a batch already, and its draws so can't depend on its neighbours' rounding.
        for (const [i, one] of series.entries()) {
          const random = createRandom(request.seeds[i]);
          forecasts.push(sampleForecast(await samplePaths(asked, tokenizer, one, random, request), request));
        }
        return forecasts;
      }, request);
    },
    async embed(contexts, options = {}): Promise<ChronosEmbedding[]> {
      const request = checkEmbedRequest(contexts, options, config.contextLength);
      const series = readContexts(contexts, request, 'raw');
      return queue.run(async () => {
        const embeddings: ChronosEmbedding[] = [];
        for (const one of series) {
          request.signal?.throwIfAborted();
          const { ids, mask, scale } = tokenizer.encode(one);
          const { encoded } = await encoder.run(tokenFeeds(network, { ids, mask }), ['encoded']);
          embeddings.push(embeddingOf(encoded.data as Float32Array, config.dModel, { loc: 0, scale }, request.call));
        }
        return embeddings;
      }, request);
    },
    dispose: () =>
      queue.dispose(async () => {
        await encoder.release();
        await step.release();
      }),
  };
}

/**
 * Returns paths `[numSamples × horizon]`, row-major. Beyond the native length the medians of the paths (of an even number
 * the lower middle one, as torch.median takes) are appended to the context, which is read anew.
 */
async function samplePaths(
  network: T5Network,
  tokenizer: Tokenizer,
  series: Float64Array,
  random: SeededRandom,
  { horizon, numSamples, signal }: ForecastRequest,
): Promise<Float64Array> {
  const { contextLength, predictionLength } = network.config;
  const samples = new Float64Array(numSamples * horizon);
  let context = series;
  for (let done = 0; done < horizon; done += predictionLength) {
    const steps = Math.min(predictionLength, horizon - done);
    const tokens = tokenizer.encode(context);
    const drawn = await generate(network, tokens, numSamples, steps, draws(network.config, random), signal);
    const medians = new Float64Array(steps);
    for (let step = 0; step < steps; step++) {
      const column = new Float64Array(numSamples);
      for (let path = 0; path < numSamples; path++) {
        const value = tokenizer.decode(drawn[path * steps + step], tokens.scale);
        if (!Number.isFinite(value)) throw noForecast('forecast');
        samples[path * horizon + done + step] = value;
        column[path] = value;
      }
      medians[step] = column.sort()[(numSamples - 1) >> 1];
    }
    context = Float64Array.of(...context, ...medians).slice(-contextLength);
  }
  return samples;
}

/** Chooses the next token of each path from the logits `[paths × vocabulary]` of a step. */
type TokenChooser = (logits: Float32Array, step: number) => Int32Array;

function draws(config: T5Config, random: SeededRandom): TokenChooser {
  const rule = { ...config, forbidden: config.eosToken };
  return (logits) => {
    const paths = logits.length / config.vocabSize;
    return Int32Array.from({ length: paths }, (_, path) =>
      drawToken(logits.subarray(path * config.vocabSize, (path + 1) * config.vocabSize), rule, random.uniform()),
    );
  };
}

/**
 * Returns tokens `[paths × steps]`, row-major, of one series: the encoder runs once, then the decoder step by step with the
 * keys and values of the steps before.
 */
export async function generate(
  network: T5Network,
  { ids, mask }: Pick<Tokens, 'ids' | 'mask'>,
  paths: number,
  steps: number,
  choose: TokenChooser,
  signal?: AbortSignal,
): Promise<Int32Array> {
  const { config, ort, encoder, step: decoder } = network;
  const { numDecoderLayers, numHeads, dKv } = config;
  signal?.throwIfAborted();
  const feeds = tokenFeeds(network, { ids, mask });
  const { encoded: _, ...cross } = await encoder.run(feeds);
  let past: Record<string, OrtTensor> = {};
  for (let block = 0; block < numDecoderLayers; block++)
    for (const which of ['key', 'value'])
      past[`past_${which}_${block}`] = new ort.Tensor('float32', new Float32Array(0), [paths, numHeads, 0, dKv]);
  let newest = new Int32Array(paths).fill(config.decoderStartToken);
  const out = new Int32Array(paths * steps);
  for (let step = 0; step < steps; step++) {
    signal?.throwIfAborted();
    const results = await decoder.run({
      ...cross,
      ...past,
      ids: new ort.Tensor('int32', newest, [1, paths]),
      mask: feeds.mask,
      self_bias: new ort.Tensor('float32', selfBias(network, step), [1, numHeads, 1, step + 1]),
    });
    newest = choose(results['logits'].data as Float32Array, step) as Int32Array<ArrayBuffer>;
    newest.forEach((id, path) => {
      out[path * steps + step] = id;
    });
    past = Object.fromEntries(
      Object.entries(results)
        .filter(([name]) => name !== 'logits')
        .map(([name, tensor]) => [`past_${name}`, tensor]),
    );
  }
  return out;
}

/** The encoder's inputs for the tokens of one series. */
function tokenFeeds({ ort }: T5Network, { ids, mask }: Pick<Tokens, 'ids' | 'mask'>) {
  return {
    ids: new ort.Tensor('int32', ids, [1, ids.length]),
    mask: new ort.Tensor('float32', mask, [1, mask.length]),
  };
}

/** The bias of the newest step's query over all steps so far, `[heads × steps]`. */
function selfBias({ config, decoderBias }: T5Network, step: number): Float32Array {
  const { numHeads, relativeBuckets: buckets, relativeMaxDistance: maxDistance } = config;
  const bias = new Float32Array(numHeads * (step + 1));
  for (let key = 0; key <= step; key++) {
    const bucket = relativeBucket(key - step, { buckets, maxDistance, bidirectional: false });
    for (let head = 0; head < numHeads; head++) bias[head * (step + 1) + key] = decoderBias[bucket * numHeads + head];
  }
  return bias;
}

/** Reads the levels from the paths by R-7, as torch.quantile does: samples tell nothing beyond their extremes. */
function sampleForecast(samples: Float64Array, { horizon, levels, numSamples }: ForecastRequest): ChronosForecast {
  const columns = Array.from({ length: horizon }, (_, step) =>
    Float64Array.from({ length: numSamples }, (_, path) => samples[path * horizon + step]).sort(),
  );
  const read = (...wanted: readonly number[]) =>
    Float64Array.from(columns.flatMap((column) => wanted.map((level) => quantileSorted(column, level))));
  return {
    median: read(0.5),
    q10: read(0.1),
    q90: read(0.9),
    levels: [...levels],
    quantiles: read(...levels),
    samples,
  };
}
