import { invalid, isForecastError } from '../errors.js';
import { type CheckpointFiles, type LoadProgress, parseConfigText } from './checkpoint/checkpoint-files.js';
import { defaultFolder } from './checkpoint/default-checkpoint.js';
import { hasFileSystem, isFolder, openFolder } from './checkpoint/folder-checkpoint.js';
import { isRepositoryId, openHub } from './checkpoint/hub-checkpoint.js';
import { parseConfig } from './checkpoint/parse-config.js';
import { memorySource, openSafetensors } from './checkpoint/safetensors.js';
import { openUrl } from './checkpoint/url-checkpoint.js';
import type { ChronosModel } from './chronos-model.js';
import { noticeBuiltin } from './runtime/builtin-notice.js';
import type { SessionSettings } from './runtime/open-session.js';
import { type LoadedRuntime, type OrtRuntime, resolveRuntime } from './runtime/runtime.js';

/** A checkpoint's two files in memory. */
export interface CheckpointInMemory {
  /** config.json, parsed or as text. */
  readonly config: object | string;
  /** The bytes of model.safetensors; must not be changed before loadChronos has resolved (Chronos-2: before dispose). */
  readonly weights: Uint8Array;
}

/** A folder's path or URL (file:, http:, https:), a repository's id on the hub, or the two files in memory. */
export type CheckpointSource = string | URL | CheckpointInMemory;

/** How a checkpoint is loaded. */
export interface LoadOptions {
  /** ONNX Runtime; default: onnxruntime-node, else onnxruntime-web, whichever is installed. */
  ort?: OrtRuntime;
  /**
   * 'builtin': the runtime that comes with this package, without anything to install; 'onnx': ONNX Runtime, or an error where
   * there is none. Default: ONNX Runtime if it is handed in or installed, else the built-in one, which says so once.
   */
  runtime?: 'builtin' | 'onnx';
  /** Branch, tag or commit of a hub repository; default 'main'. */
  revision?: string;
  /** 'int8' quantises the weights of the transformer's layers while loading: smaller, and less exact. Default 'fp32'. */
  precision?: 'fp32' | 'int8';
  /**
   * Threads of one run; default: half the processors, at most 4; in a browser 1. On the built-in runtime 1 by default; more, for
   * Chronos-Bolt in Node alone, share out the series of a batch.
   */
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
  const { signal } = options;
  signal?.throwIfAborted();
  const settings = await checkSettings(options);
  const files = await openFiles(source ?? (await defaultFolder()), options);
  try {
    signal?.throwIfAborted();
    const runtime = await chooseRuntime(options);
    const model = await openModel(files, runtime, { ...settings, builtinThreads: options.threads });
    // Through ONNX Runtime Chronos-2 reads its weights a second time when series are first forecast together.
    if (model.family !== 'chronos-2' || runtime === undefined) files.weights.close();
    return model;
  } catch (error) {
    files.weights.close();
    throw error;
  }
}

async function openModel(
  files: CheckpointFiles,
  runtime: LoadedRuntime | undefined,
  { builtinThreads, ...settings }: SessionSettings & { builtinThreads: number | undefined },
): Promise<ChronosModel> {
  const config = parseConfig(files.config);
  const weights = openSafetensors(files.weights);
  if (runtime !== undefined) {
    const { openOnnxModel } = await import('./open-onnx-model.js');
    return openOnnxModel(config, weights, runtime, settings);
  }
  const { openBuiltinModel } = await import('./open-builtin-model.js');
  return openBuiltinModel(config, weights, { threads: builtinThreads });
}

/** Returns the ONNX Runtime to use; undefined: the built-in runtime. */
async function chooseRuntime({ runtime, ort, precision }: LoadOptions): Promise<LoadedRuntime | undefined> {
  if (runtime === 'builtin') return undefined;
  if (runtime === 'onnx' || ort !== undefined || precision === 'int8') return resolveRuntime(ort);
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
    return { config, weights: memorySource('weights', source.weights) };
  }
  const text = String(source);
  if (/^https?:/.test(text)) return openUrl(text, options);
  if (text.startsWith('file:')) return openFolder((await import('node:url')).fileURLToPath(text));
  if (await isFolder(text)) return openFolder(text);
  if (isRepositoryId(text)) return openHub(text, options);
  throw invalid(
    'INVALID_CHECKPOINT',
    'loadChronos',
    'source',
    'a folder, a URL or the id of a repository on the hub',
    text,
  );
}

async function checkSettings({ precision = 'fp32', threads, runtime, ort }: LoadOptions): Promise<SessionSettings> {
  if (runtime !== undefined && runtime !== 'builtin' && runtime !== 'onnx')
    throw invalid('INVALID_ARGUMENT', 'loadChronos', 'runtime', "'builtin' or 'onnx'", runtime);
  if (runtime === 'builtin' && ort !== undefined)
    throw invalid('INVALID_ARGUMENT', 'loadChronos', 'ort', "absent with runtime: 'builtin'", ort);
  if (runtime === 'builtin' && precision === 'int8')
    throw invalid('INVALID_ARGUMENT', 'loadChronos', 'precision', "'fp32' with runtime: 'builtin'", precision);
  if (precision !== 'fp32' && precision !== 'int8')
    throw invalid('INVALID_ARGUMENT', 'loadChronos', 'precision', "'fp32' or 'int8'", precision);
  if (threads !== undefined && (!Number.isSafeInteger(threads) || threads < 1))
    throw invalid('INVALID_ARGUMENT', 'loadChronos', 'threads', 'a whole number >= 1', threads);
  return { precision, threads: threads ?? (await defaultThreads()) };
}

/** Modest, since a host has other work, and one in a browser, where threads need special headers and gain little. */
async function defaultThreads(): Promise<number> {
  if (!hasFileSystem()) return 1;
  const { availableParallelism } = await import('node:os');
  return Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)));
}
