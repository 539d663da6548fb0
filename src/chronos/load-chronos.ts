import { invalid, isForecastError, refuseUnknown } from '../errors.js';
import { hasFileSystem, nodeModule } from '../host/node.js';
import { checkSizes } from './checkpoint/check-sizes.js';
import {
  type CheckpointFiles,
  type CheckpointPlace,
  type LoadProgress,
  parseConfigText,
} from './checkpoint/checkpoint-files.js';
import { defaultCheckpoint } from './checkpoint/default-checkpoint.js';
import { folderPlace, isFolder } from './checkpoint/folder-checkpoint.js';
import { type OpenBase, openCheckpoint } from './checkpoint/open-checkpoint.js';
import { parseConfig } from './checkpoint/parse-config.js';
import { redact } from './checkpoint/redact.js';
import { isRepositoryId } from './checkpoint/repository-id.js';
import { joinSafetensors, memorySource, openSafetensors } from './checkpoint/safetensors.js';
import { urlPlace } from './checkpoint/url-checkpoint.js';
import type { LoadedChronos } from './chronos-model.js';
import { noticeBuiltin } from './runtime/builtin-notice.js';
import type { SessionSettings } from './runtime/open-session.js';
import { type LoadedRuntime, type OrtRuntime, resolveRuntime } from './runtime/runtime.js';

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
  'runtime',
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
  ort?: OrtRuntime | undefined;
  /**
   * What ONNX Runtime computes on, by the names of its execution providers: 'cpu', 'wasm', 'webgpu', 'webnn', 'cuda', 'coreml',
   * 'dml', ..., or several in the order in which they are tried; default 'cpu'. One that the runtime lacks is refused.
   */
  device?: string | readonly string[] | undefined;
  /** Handed on to ONNX Runtime's InferenceSession.create, for example `{ enableProfiling: true }`. */
  sessionOptions?: Readonly<Record<string, unknown>> | undefined;
  /**
   * 'builtin': the runtime that comes with this package, without anything to install; 'onnx': ONNX Runtime, or an error where
   * there is none. Default: ONNX Runtime if it is handed in or installed, else the built-in one, which says so once.
   */
  runtime?: 'builtin' | 'onnx' | undefined;
  /** Branch, tag or commit of a hub repository; default 'main'. */
  revision?: string | undefined;
  /** The checkpoint's folder within the folder, URL or repository; default its root. */
  subfolder?: string | undefined;
  /** The base model of a LoRA adapter; default what the adapter names. It is merged while loading. */
  base?: CheckpointSource | undefined;
  /**
   * What the layers compute in; default 'fp32'. 'int16' (the built-in runtime): whole numbers of 12 bits, half the memory, up to twice as fast,
   * forecasts within 0.2 % of an interval's width. 'int8' (ONNX Runtime): smaller, and much less exact.
   */
  precision?: 'fp32' | 'int8' | 'int16' | undefined;
  /**
   * Threads of one run; default: half the processors, at most 4; in a browser 1. On the built-in runtime 1 by default; more, for
   * Chronos-Bolt in Node alone, share out the series of a batch.
   */
  threads?: number | undefined;
  /** Told of a download's progress. */
  onProgress?: ((progress: LoadProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
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
export async function loadChronos(source?: CheckpointSource, options: LoadOptions = {}): Promise<LoadedChronos> {
  refuseUnknown('loadChronos', options, OPTIONS);
  const { signal } = options;
  signal?.throwIfAborted();
  const settings = await checkSettings(options);
  const files = await openFiles(source ?? (await defaultCheckpoint()), options);
  try {
    signal?.throwIfAborted();
    const runtime = await chooseRuntime(options);
    const model = await openModel(files, runtime, settings, options);
    // Through ONNX Runtime Chronos-2 reads its weights a second time when series are first forecast together.
    if (model.family !== 'chronos-2' || runtime === undefined) files.weights.source.close();
    return model;
  } catch (error) {
    files.weights.source.close();
    throw error;
  }
}

async function openModel(
  files: CheckpointFiles,
  runtime: LoadedRuntime | undefined,
  settings: SessionSettings,
  { threads, precision }: LoadOptions,
): Promise<LoadedChronos> {
  const { weights } = files;
  let config = parseConfig(files.config);
  if (config.family === 'chronos-t5') {
    const { withOwnHead } = await import('./checkpoint/own-head.js');
    config = withOwnHead(config, weights);
  }
  checkSizes(config, weights);
  if (runtime !== undefined) {
    const { openOnnxModel } = await import('./open-onnx-model.js');
    return openOnnxModel(config, weights, runtime, settings);
  }
  const { openBuiltinModel } = await import('./open-builtin-model.js');
  return openBuiltinModel(config, weights, { threads, precision: precision === 'int16' ? precision : 'fp32' });
}

/** Returns the ONNX Runtime to use; undefined: the built-in runtime. */
async function chooseRuntime({
  runtime,
  ort,
  precision,
  device,
  sessionOptions,
}: LoadOptions): Promise<LoadedRuntime | undefined> {
  if (runtime === 'builtin' || precision === 'int16') return undefined;
  const wantsOnnx = ort !== undefined || device !== undefined || sessionOptions !== undefined || precision === 'int8';
  if (runtime === 'onnx' || wantsOnnx) return resolveRuntime(ort);
  try {
    return await resolveRuntime();
  } catch (error) {
    if (!isForecastError(error, 'RUNTIME_MISSING')) throw error;
    noticeBuiltin(error);
    return undefined;
  }
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
    const { join } = nodeModule('node:path');
    return open(await folderPlace(join(path, subfolder)));
  };
  if (/^https?:/i.test(text)) return open(urlPlace(text, options));
  if (/^file:/i.test(text)) return folder(nodeModule('node:url').fileURLToPath(text));
  if (await isFolder(text)) return folder(text);
  if (isRepositoryId(text)) {
    const { openHub } = await import('./checkpoint/hub-checkpoint.js');
    return openHub(text, options, open);
  }
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
  const { precision = 'fp32', threads, subfolder, device, sessionOptions, runtime, ort } = options;
  const wrong = (field: string, expected: string, actual: unknown) =>
    invalid('INVALID_ARGUMENT', 'loadChronos', field, expected, actual);
  if (runtime !== undefined && runtime !== 'builtin' && runtime !== 'onnx')
    throw wrong('runtime', "'builtin' or 'onnx'", runtime);
  if (runtime === 'builtin') {
    for (const [field, value] of Object.entries({ ort, device, sessionOptions }))
      if (value !== undefined) throw wrong(field, "absent with runtime: 'builtin'", value);
    if (precision === 'int8') throw wrong('precision', "'fp32' or 'int16' with runtime: 'builtin'", precision);
  }
  if (precision === 'int16')
    for (const [field, value] of Object.entries({
      runtime: runtime === 'onnx' ? runtime : undefined,
      ort,
      device,
      sessionOptions,
    }))
      if (value !== undefined)
        throw wrong(field, "absent with precision: 'int16', which the built-in runtime alone computes", value);
  if (precision !== 'fp32' && precision !== 'int8' && precision !== 'int16')
    throw wrong('precision', "'fp32', 'int8' or 'int16'", precision);
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
  const onnxPrecision = precision === 'int8' ? precision : 'fp32';
  return { precision: onnxPrecision, threads: threads ?? (await defaultThreads()), devices, sessionOptions };
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
  const { availableParallelism } = nodeModule('node:os');
  return Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)));
}
