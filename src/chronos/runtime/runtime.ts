import { ForecastError, invalid } from '../../errors.js';

/** A tensor of ONNX Runtime, as far as it is used here. */
export interface OrtTensor {
  readonly data: unknown;
  readonly dims: readonly number[];
}

/** An inference session of ONNX Runtime, as far as it is used here. */
export interface OrtSession {
  run(feeds: Readonly<Record<string, OrtTensor>>): Promise<Readonly<Record<string, OrtTensor>>>;
  /** The same for the outputs `fetches` alone. */
  run(
    feeds: Readonly<Record<string, OrtTensor>>,
    fetches: readonly string[],
  ): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

/** Weights in memory that a graph refers to by the name of a file. */
export interface OrtExternalData {
  readonly path: string;
  readonly data: Uint8Array;
}

/** The session options that are used here. */
export interface OrtSessionOptions {
  readonly executionProviders?: readonly string[];
  readonly intraOpNumThreads?: number;
  readonly interOpNumThreads?: number;
  readonly logSeverityLevel?: 0 | 1 | 2 | 3 | 4;
  readonly externalData?: readonly OrtExternalData[];
}

/**
 * ONNX Runtime, as far as it is used here: the modules `onnxruntime-node` and `onnxruntime-web` fit it as they are.
 *
 * @example
 * import * as ort from 'onnxruntime-web';
 * const model = await loadChronos(checkpoint, { ort });
 */
export interface OrtRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array | string, options?: OrtSessionOptions): Promise<OrtSession>;
  };
  readonly Tensor: {
    new (type: 'float32', data: Float32Array, dims: readonly number[]): OrtTensor;
    new (type: 'int32', data: Int32Array, dims: readonly number[]): OrtTensor;
  };
  readonly env?: { readonly wasm?: { numThreads?: number } };
}

/** A runtime and what it can do. */
export interface LoadedRuntime {
  readonly ort: OrtRuntime;
  /** Whether it can open a graph by its path, and so map weights from a file: the native one. */
  readonly opensFiles: boolean;
}

/**
 * Returns the runtime handed in, else onnxruntime-node, else onnxruntime-web.
 *
 * Where onnxruntime-node is found and not handed in, its telemetry is declined first.
 *
 * @throws ForecastError RUNTIME_MISSING when none is installed, INVALID_ARGUMENT when `given` is no ONNX Runtime
 */
export async function resolveRuntime(given?: OrtRuntime): Promise<LoadedRuntime> {
  if (given !== undefined) {
    const ort = asRuntime(given);
    if (ort === undefined)
      throw invalid(
        'INVALID_ARGUMENT',
        'loadChronos',
        'ort',
        'a module of ONNX Runtime (InferenceSession, Tensor)',
        given,
      );
    return { ort, opensFiles: isNative(given) };
  }
  const failures: unknown[] = [];
  for (const name of ['onnxruntime-node', 'onnxruntime-web']) {
    try {
      if (name === 'onnxruntime-node') declineTelemetry();
      const ort = asRuntime(await importOptional(name));
      if (ort === undefined) continue;
      // Its threads are workers, that would keep a process alive and gain nothing at these sizes.
      if (ort.env?.wasm && name === 'onnxruntime-web') ort.env.wasm.numThreads ??= 1;
      return { ort, opensFiles: name === 'onnxruntime-node' };
    } catch (error) {
      failures.push(error);
    }
  }
  throw new ForecastError(
    'RUNTIME_MISSING',
    'loadChronos: ONNX Runtime is needed: install onnxruntime-node (or onnxruntime-web), or hand one in as option ort',
    { field: 'ort', cause: new AggregateError(failures) },
  );
}

/**
 * From 1.29 on, ONNX Runtime on Linux reports sessions, hashes of graphs and weights among it, to its maker and keeps a device number on the
 * disk, unless this variable is set when it is loaded. What the host has set stays.
 */
function declineTelemetry(): void {
  if (typeof process !== 'undefined') process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
}

/** Imports an optional peer; by a variable, so that a bundler does not fail where the peer is absent. */
function importOptional(name: string): Promise<unknown> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ name);
}

/** CommonJS modules come with their exports under `default` as well, and sometimes only there. */
function asRuntime(module: unknown): OrtRuntime | undefined {
  const candidates = [module, (module as { default?: unknown } | null | undefined)?.default];
  return candidates.find((candidate): candidate is OrtRuntime => {
    const { InferenceSession, Tensor } = (candidate ?? {}) as Partial<OrtRuntime>;
    return typeof InferenceSession?.create === 'function' && typeof Tensor === 'function';
  });
}

/** onnxruntime-node lists its execution providers; onnxruntime-web has no such function. */
function isNative(module: object): boolean {
  return (
    'listSupportedBackends' in module || 'listSupportedBackends' in ((module as { default?: object }).default ?? {})
  );
}
