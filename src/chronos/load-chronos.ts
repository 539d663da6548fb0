import { invalid, refuseUnknown } from '../errors.js';
import { checkSizes } from './checkpoint/check-sizes.js';
import {
  type CheckpointFiles,
  type CheckpointPlace,
  type LoadProgress,
  parseConfigText,
} from './checkpoint/checkpoint-files.js';
import { defaultFolder } from './checkpoint/default-checkpoint.js';
import { folderPlace, hasFileSystem, isFolder } from './checkpoint/folder-checkpoint.js';
import { isRepositoryId, openHub } from './checkpoint/hub-checkpoint.js';
import { type OpenBase, openCheckpoint } from './checkpoint/open-checkpoint.js';
import { withOwnHead } from './checkpoint/own-head.js';
import { parseConfig } from './checkpoint/parse-config.js';
import { redact } from './checkpoint/redact.js';
import { joinSafetensors, memorySource, openSafetensors } from './checkpoint/safetensors.js';
import { urlPlace } from './checkpoint/url-checkpoint.js';
import type { ChronosModel } from './chronos-model.js';
import { barBoltModel } from './families/bar-bolt.js';
import { boltModel } from './families/bolt.js';
import { chronos2Model } from './families/chronos2.js';
import { t5Model } from './families/t5.js';
import { boltGraph } from './graph/bolt-graph.js';
import { chronos2Graph, type Grouping } from './graph/chronos2-graph.js';
import { DECODER_BIAS, t5EncoderGraph, t5StepGraph } from './graph/t5-graph.js';
import { type GraphWriter, openSession, type SessionSettings } from './runtime/open-session.js';
import { type LoadedRuntime, type OrtRuntime, type OrtSession, resolveRuntime } from './runtime/runtime.js';

/** A checkpoint's two files in memory. */
export interface CheckpointInMemory {
  /** config.json, parsed or as text. */
  readonly config: object | string;
  /** The bytes of model.safetensors, or of each of the files that its index names; must not be changed before loadChronos has resolved (Chronos-2: before dispose). */
  readonly weights: Uint8Array | readonly Uint8Array[];
}

/** A folder's path or URL (file:, http:, https:), a repository's id on the hub, or the two files in memory. */
export type CheckpointSource = string | URL | CheckpointInMemory;

const OPTIONS = [
  'ort',
  'device',
  'sessionOptions',
  'revision',
  'subfolder',
  'base',
  'precision',
  'threads',
  'onProgress',
  'signal',
] as const satisfies readonly (keyof LoadOptions)[];

/** How a checkpoint is loaded. A key that is none of these is refused. */
export interface LoadOptions {
  /** ONNX Runtime; default: onnxruntime-node, else onnxruntime-web, whichever is installed. */
  ort?: OrtRuntime;
  /**
   * What ONNX Runtime computes on, by the names of its execution providers: 'cpu', 'wasm', 'webgpu', 'webnn', 'cuda', 'coreml',
   * 'dml', ..., or several in the order in which they are tried; default 'cpu'. One that the runtime lacks is refused.
   */
  device?: string | readonly string[];
  /** Handed on to ONNX Runtime's InferenceSession.create, for example `{ enableProfiling: true }`. */
  sessionOptions?: Readonly<Record<string, unknown>>;
  /** Branch, tag or commit of a hub repository; default 'main'. */
  revision?: string;
  /** The checkpoint's folder within the folder, URL or repository; default its root. */
  subfolder?: string;
  /** The base model of a LoRA adapter; default what the adapter names. It is merged while loading. */
  base?: CheckpointSource;
  /** 'int8' quantises the weights of the transformer's layers while loading: smaller, and less exact. Default 'fp32'. */
  precision?: 'fp32' | 'int8';
  /** Threads of one run; default: half the processors, at most 4; in a browser 1. */
  threads?: number;
  /** Told of a download's progress. */
  onProgress?: (progress: LoadProgress) => void;
  signal?: AbortSignal;
}

/**
 * Loads a Chronos checkpoint: config.json and model.safetensors as they are published.
 *
 * @param source default: the checkpoint that ships with this package
 * @throws ForecastError INVALID_CHECKPOINT (a file missing, cut off or corrupt), UNSUPPORTED_CHECKPOINT (another kind of
 *   model), RUNTIME_MISSING, DOWNLOAD_FAILED, INVALID_ARGUMENT
 * @see https://github.com/amazon-science/chronos-forecasting the reference
 * @example
 * const model = await loadChronos();
 * const [forecast] = await model.forecast([closes], { horizon: 5 });
 * await model.dispose();
 */
export async function loadChronos(source?: CheckpointSource, options: LoadOptions = {}): Promise<ChronosModel> {
  refuseUnknown('loadChronos', options, OPTIONS);
  const { signal } = options;
  signal?.throwIfAborted();
  const settings = await checkSettings(options);
  const files = await openFiles(source ?? (await defaultFolder()), options);
  try {
    signal?.throwIfAborted();
    const model = await openModel(files, await resolveRuntime(options.ort), settings);
    // Chronos-2 reads its weights a second time when series are first forecast together.
    if (model.family !== 'chronos-2') files.weights.source.close();
    return model;
  } catch (error) {
    files.weights.source.close();
    throw error;
  }
}

async function openModel(
  files: CheckpointFiles,
  runtime: LoadedRuntime,
  settings: SessionSettings,
): Promise<ChronosModel> {
  const { weights } = files;
  const config = withOwnHead(parseConfig(files.config), weights);
  checkSizes(config, weights);
  const open = (write: GraphWriter) => openSession(runtime, weights, write, settings);
  const { ort } = runtime;
  if (config.family === 'chronos-bolt')
    return boltModel(config, ort, await open((placement) => boltGraph(config, weights, placement)));
  if (config.family === 'bar-bolt')
    return barBoltModel(config, ort, await open((placement) => boltGraph(config, weights, placement)));
  if (config.family === 'chronos-t5') {
    const encoder = await open((placement) => t5EncoderGraph(config, weights, placement));
    const step = await open((placement) => t5StepGraph(config, weights, placement)).catch(async (error: unknown) => {
      await encoder.release();
      throw error;
    });
    return t5Model({ config, ort, encoder, step, decoderBias: weights.floats(DECODER_BIAS) });
  }
  const sessions = new Map<Grouping, Promise<OrtSession>>();
  const session = (grouping: Grouping) => {
    const known = sessions.get(grouping);
    if (known !== undefined) return known;
    const opened = open((placement) => chronos2Graph(config, grouping, weights, placement));
    sessions.set(grouping, opened);
    return opened;
  };
  await session('alone');
  return chronos2Model({ config, ort, session }, async () => {
    weights.source.close();
    for (const opened of sessions.values()) await (await opened).release();
  });
}

async function openFiles(source: CheckpointSource, options: LoadOptions): Promise<CheckpointFiles> {
  if (typeof source === 'object' && !(source instanceof URL)) {
    const config = typeof source.config === 'string' ? parseConfigText(source.config, 'config') : source.config;
    const { weights } = source;
    if (weights instanceof Uint8Array) return { config, weights: openSafetensors(memorySource('weights', weights)) };
    const shards = weights.map((bytes, i) => openSafetensors(memorySource(`weights[${i}]`, bytes)));
    return { config, weights: joinSafetensors('weights', shards) };
  }
  const text = String(source);
  const { subfolder = '' } = options;
  const base = baseOf(options, /^file:/i.test(text) || (await isFolder(text)));
  const open = (place: CheckpointPlace) => openCheckpoint(place, base);
  const folder = async (path: string) => {
    if (subfolder === '') return open(await folderPlace(path));
    const { join } = await import('node:path');
    return open(await folderPlace(join(path, subfolder)));
  };
  if (/^https?:/i.test(text)) return open(urlPlace(text, options));
  if (/^file:/i.test(text)) return folder((await import('node:url')).fileURLToPath(text));
  if (await isFolder(text)) return folder(text);
  if (isRepositoryId(text)) return openHub(text, options, open);
  throw invalid(
    'INVALID_CHECKPOINT',
    'loadChronos',
    'source',
    'a folder, a URL or the id of a repository on the hub',
    redact(text),
  );
}

/**
 * Returns what opens an adapter's base model: the one handed in, else the one that the adapter names; a folder only where the
 * adapter lies in a folder itself, since one from elsewhere has no business with this machine's files.
 */
function baseOf({ base, subfolder: _, revision: __, ...options }: LoadOptions, local: boolean): OpenBase {
  return async (name, revision) => {
    if (base !== undefined) return openFiles(base, options);
    if (name !== undefined && ((local && (await isFolder(name))) || isRepositoryId(name)))
      return openFiles(name, { ...options, revision });
    throw invalid('INVALID_ARGUMENT', 'loadChronos', 'base', "the adapter's base model, which it does not name", name);
  };
}

async function checkSettings(options: LoadOptions): Promise<SessionSettings> {
  const { precision = 'fp32', threads, subfolder, device, sessionOptions } = options;
  const wrong = (field: string, expected: string, actual: unknown) =>
    invalid('INVALID_ARGUMENT', 'loadChronos', field, expected, actual);
  if (precision !== 'fp32' && precision !== 'int8') throw wrong('precision', "'fp32' or 'int8'", precision);
  if (threads !== undefined && (!Number.isSafeInteger(threads) || threads < 1))
    throw wrong('threads', 'a whole number >= 1', threads);
  if (subfolder !== undefined && !/^\w[\w.-]*(\/\w[\w.-]*)*$/.test(subfolder))
    throw wrong('subfolder', "names parted by '/', as in 'models/small'", subfolder);
  const devices = typeof device === 'string' ? [device] : device;
  if (devices !== undefined && !(devices.length > 0 && devices.every((one) => typeof one === 'string' && one !== '')))
    throw wrong('device', 'the name of an execution provider, or several', device);
  for (const field of ['executionProviders', 'externalData', 'intraOpNumThreads'])
    if (sessionOptions !== undefined && field in sessionOptions)
      throw wrong(`sessionOptions.${field}`, `left to ${OWN[field]}`, sessionOptions[field]);
  return { precision, threads: threads ?? (await defaultThreads()), devices, sessionOptions };
}

/** Session options that have another place. */
const OWN: Record<string, string> = {
  executionProviders: 'the option device',
  externalData: 'the library',
  intraOpNumThreads: 'the option threads',
};

/** Modest, since a host has other work, and one in a browser, where threads need special headers and gain little. */
async function defaultThreads(): Promise<number> {
  if (!hasFileSystem()) return 1;
  const { availableParallelism } = await import('node:os');
  return Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)));
}
