import { ForecastError, invalid } from '../../errors.js';
import { nodeModule } from '../../host/node.js';
import { type Safetensors, widen } from '../checkpoint/safetensors.js';
import type { WeightPlacement } from '../graph/transformer-layers.js';
import type { LoadedRuntime, OrtExternalData, OrtSession, OrtSessionOptions } from './runtime.js';

/** How sessions are opened. */
export interface SessionSettings {
  readonly precision: 'fp32' | 'int8';
  readonly threads: number;
  /** Execution providers in the order in which they are tried; undefined: the processor. */
  readonly devices?: readonly string[];
  /** Further options of the host for the runtime. */
  readonly sessionOptions?: Readonly<Record<string, unknown>>;
  /** Weights of at most this many bytes are written into the graph; default 16 MiB. */
  readonly inlineLimit?: number;
}

/** Writes a graph whose weights lie where the placement says. */
export type GraphWriter = (placement: WeightPlacement) => Uint8Array;

/** The name by which a graph calls weights in memory. */
const IN_MEMORY = 'weights';

/**
 * Opens a session of a graph without a copy of large weights where that is possible.
 *
 * - Small or quantised weights are written into the graph.
 * - Large float32 weights in a file, with a runtime that opens files: the graph refers into model.safetensors, which the
 *   runtime maps. It must then lie in the same real folder (the runtime follows no link out of it), so it is written there for
 *   as long as the session is being opened; behind the links of a hub cache that is the folder of the blobs.
 * - Otherwise the graph refers into a buffer of the weights, which the runtime reads and lets go.
 *
 * @throws ForecastError INVALID_CHECKPOINT when the runtime refuses the graph; INVALID_ARGUMENT when it does so with a device or
 *   options of the host's
 */
export async function openSession(
  { ort, opensFiles }: LoadedRuntime,
  weights: Safetensors,
  write: GraphWriter,
  { precision, threads, devices, sessionOptions, inlineLimit = 2 ** 24 }: SessionSettings,
): Promise<OrtSession> {
  const options: OrtSessionOptions = {
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    ...sessionOptions,
    executionProviders: devices ?? ['cpu'],
    intraOpNumThreads: threads,
  };
  const create = async (graph: Uint8Array | string, externalData?: OrtExternalData[]) => {
    try {
      return await ort.InferenceSession.create(graph, externalData ? { ...options, externalData } : options);
    } catch (cause) {
      if (devices !== undefined || sessionOptions !== undefined)
        throw invalid(
          'INVALID_ARGUMENT',
          'loadChronos',
          devices === undefined ? 'sessionOptions' : 'device',
          'what this ONNX Runtime can do here (its own words are in the cause)',
          devices?.join(', ') ?? sessionOptions,
          cause,
        );
      throw new ForecastError('INVALID_CHECKPOINT', 'loadChronos: ONNX Runtime refused the graph of this checkpoint', {
        cause,
      });
    }
  };
  if (precision === 'int8' || floatBytes(weights) <= inlineLimit) return create(write({ precision }));
  const { path } = weights.source;
  if (opensFiles && path !== undefined && isFloat32(weights)) {
    const opened = await openBeside(path, (location) => write({ precision, ...inFile(weights, location) }), create);
    if (opened !== undefined) return opened;
  }
  const { placement, data } = inMemory(weights);
  return create(write({ precision, ...placement }), [{ path: IN_MEMORY, data }]);
}

function floatBytes({ tensors }: Safetensors): number {
  let bytes = 0;
  for (const { dtype, byteLength } of tensors.values()) bytes += dtype === 'F32' ? byteLength : 2 * byteLength;
  return bytes;
}

function isFloat32({ tensors }: Safetensors): boolean {
  return [...tensors.values()].every(({ dtype }) => dtype === 'F32');
}

function inFile({ tensors }: Safetensors, location: string): Pick<WeightPlacement, 'location' | 'place'> {
  return {
    location,
    place: (name) => {
      const { offset, byteLength } = tensors.get(name)!;
      return { offset, length: byteLength };
    },
  };
}

/** The weights as one buffer: the file as it is, or all tensors widened one after the other. */
function inMemory(weights: Safetensors): { placement: Pick<WeightPlacement, 'location' | 'place'>; data: Uint8Array } {
  const { source, tensors } = weights;
  if (isFloat32(weights)) return { placement: inFile(weights, IN_MEMORY), data: source.read(0, source.size) };
  const values = new Float32Array(floatBytes(weights) / 4);
  const places = new Map<string, { offset: number; length: number }>();
  let start = 0;
  for (const [name, { dtype, offset, byteLength }] of tensors) {
    const length = dtype === 'F32' ? byteLength / 4 : byteLength / 2;
    widen(source.read(offset, byteLength), dtype, values.subarray(start, start + length));
    places.set(name, { offset: 4 * start, length: 4 * length });
    start += length;
  }
  const place = (name: string) => places.get(name)!;
  return { placement: { location: IN_MEMORY, place }, data: new Uint8Array(values.buffer) };
}

/** Opens a graph from a file beside the weights; undefined where no file can be written there. */
async function openBeside(
  weightsPath: string,
  write: (location: string) => Uint8Array,
  create: (path: string) => Promise<OrtSession>,
): Promise<OrtSession | undefined> {
  const { rm, writeFile } = nodeModule('node:fs/promises');
  const { basename, dirname, join } = nodeModule('node:path');
  const graph = join(dirname(weightsPath), `.chronolight-${process.pid}-${Math.random().toString(36).slice(2)}.onnx`);
  const bytes = write(basename(weightsPath));
  try {
    await writeFile(graph, bytes, { flag: 'wx' });
  } catch {
    // A folder that may not be written to is no failure: the weights are then read into memory.
    await rm(graph, { force: true }).catch(() => {});
    return undefined;
  }
  try {
    return await create(graph);
  } finally {
    await rm(graph, { force: true });
  }
}
