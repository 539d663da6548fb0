import { describe, ForecastError, invalid } from '../../errors.js';

/** Bytes that can be read at any place: a file, or a file's content in memory. */
export interface ByteSource {
  /** What it is called in errors. */
  readonly name: string;
  readonly size: number;
  /** The file's real path, where it is one on this machine: the runtime can then map the weights without a copy. */
  readonly path?: string;
  /** Returns `length` bytes from `offset`; the view stays valid, and must not be written to. */
  read(offset: number, length: number): Uint8Array;
  /** Where the source can: fills `target` from `offset` on, without a copy in between. */
  readInto?(offset: number, target: Uint8Array): void;
  close(): void;
}

/** One tensor of the file. */
export interface TensorEntry {
  readonly dtype: 'F32' | 'F16' | 'BF16';
  readonly shape: readonly number[];
  /** Of the first byte, from the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
}

/** An opened safetensors file: its header has been read and checked, its tensors are read when asked for. */
export interface Safetensors {
  readonly source: ByteSource;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Returns the named tensor widened to float32, row-major; F16 and BF16 are widened exactly. */
  floats(name: string): Float32Array;
}

const BYTES = { F32: 4, F16: 2, BF16: 2 };
/** The format's own limit; a larger number means that these are no safetensors. */
const MAX_HEADER = 100_000_000;

/**
 * Reads and checks the header of a safetensors file.
 *
 * Tensors of other types than F32, F16 and BF16 are left out: a checkpoint that needs one fails as having no such tensor.
 *
 * @throws ForecastError INVALID_CHECKPOINT when the file is cut off, is no safetensors, or its header does not fit it
 * @see https://github.com/huggingface/safetensors#format
 */
export function openSafetensors(source: ByteSource): Safetensors {
  if (source.size < 8) throw corrupt(source, 'at least 8 bytes', `${source.size} bytes`);
  const prefix = source.read(0, 8);
  const headerLength = Number(new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true));
  if (headerLength > MAX_HEADER || 8 + headerLength > source.size)
    throw corrupt(source, `a header inside its ${source.size} bytes`, `a header of ${headerLength} bytes`);
  const base = 8 + headerLength;
  const tensors = new Map<string, TensorEntry>();
  const places: TensorBytes[] = [];
  for (const [name, entry] of Object.entries(parseHeader(source, headerLength))) {
    if (name === '__metadata__') continue;
    const { place, tensor } = checkEntry(source, name, entry, base);
    places.push(place);
    if (tensor !== undefined) tensors.set(name, tensor);
  }
  checkApart(source, places);
  return { source, tensors, floats: (name) => readFloats(source, name, tensors.get(name)) };
}

/** Where a tensor of any type lies in the file. */
interface TensorBytes {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
}

/** Two tensors of a sound file never share a byte: bytes that count twice hide another file than the one that was checked. */
function checkApart(source: ByteSource, places: TensorBytes[]): void {
  const filled = places.filter(({ begin, end }) => end > begin).sort((a, b) => a.begin - b.begin);
  for (let i = 1; i < filled.length; i++)
    if (filled[i].begin < filled[i - 1].end)
      throw corrupt(
        source,
        `tensor ${filled[i].name} to begin behind tensor ${filled[i - 1].name}, at byte ${filled[i - 1].end} or later`,
        `byte ${filled[i].begin}`,
      );
}

function parseHeader(source: ByteSource, length: number): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(source.read(8, length)));
  } catch (cause) {
    throw new ForecastError('INVALID_CHECKPOINT', `safetensors: the header of ${source.name} is no JSON`, {
      field: source.name,
      cause,
    });
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw corrupt(source, 'a header that is a JSON object', 'another JSON value');
  return header as Record<string, unknown>;
}

function checkEntry(
  source: ByteSource,
  name: string,
  entry: unknown,
  base: number,
): { place: TensorBytes; tensor: TensorEntry | undefined } {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2)
    throw corrupt(source, `dtype, shape and data_offsets for tensor ${name}`, describe(entry));
  const [begin, end] = offsets as [number, number];
  if (end < begin || base + end > source.size)
    throw corrupt(
      source,
      `tensor ${name} to lie inside its ${source.size} bytes`,
      `bytes ${base + begin} to ${base + end}`,
    );
  const place = { name, begin: base + begin, end: base + end };
  if (dtype !== 'F32' && dtype !== 'F16' && dtype !== 'BF16') return { place, tensor: undefined };
  const expected = shape.reduce((product, dim) => product * dim, BYTES[dtype]);
  if (end - begin !== expected)
    throw corrupt(source, `${expected} bytes for tensor ${name} (${dtype} [${shape}])`, `${end - begin} bytes`);
  return { place, tensor: { dtype, shape, offset: base + begin, byteLength: end - begin } };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function readFloats(source: ByteSource, name: string, entry: TensorEntry | undefined): Float32Array {
  if (entry === undefined) throw corrupt(source, `tensor ${name} (F32, F16 or BF16)`, 'none of that name');
  const bytes = source.read(entry.offset, entry.byteLength);
  const out = new Float32Array(entry.byteLength / BYTES[entry.dtype]);
  widen(bytes, entry.dtype, out);
  return out;
}

/** Writes `bytes` of a tensor, little-endian, into `out` as float32; exact for every type. */
export function widen(bytes: Uint8Array, dtype: TensorEntry['dtype'], out: Float32Array): void {
  if (dtype === 'F32') {
    // By bytes: the file may put a tensor at an offset that no Float32Array can start at.
    new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(bytes);
    return;
  }
  const words = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < out.length; i++) {
    const half = bytes[2 * i] | (bytes[2 * i + 1] << 8);
    words[i] = dtype === 'BF16' ? half << 16 : widenHalf(half);
  }
}

/** Returns the bits of the float32 that equals the IEEE 754 binary16 of bits `half`. */
function widenHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 31;
  let mantissa = half & 0x3ff;
  if (exponent === 31) return sign | 0x7f800000 | (mantissa << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (mantissa << 13);
  if (mantissa === 0) return sign;
  // A subnormal half is a normal float: shift its leading bit out.
  let shift = 0;
  while ((mantissa & 0x400) === 0) {
    mantissa <<= 1;
    shift++;
  }
  return sign | ((113 - shift) << 23) | ((mantissa & 0x3ff) << 13);
}

function corrupt(source: ByteSource, expected: string, actual: string): ForecastError {
  return new ForecastError('INVALID_CHECKPOINT', `safetensors: ${source.name} must have ${expected}, got ${actual}`, {
    field: source.name,
    expected,
    actual,
  });
}

/**
 * Returns several files as one, laid end to end: a checkpoint cut into shards, or one whose tensors a later file replaces.
 *
 * Of tensors of one name the last file's counts.
 */
export function joinSafetensors(name: string, files: readonly Safetensors[]): Safetensors {
  const starts: number[] = [];
  let size = 0;
  const tensors = new Map<string, TensorEntry>();
  for (const file of files) {
    starts.push(size);
    for (const [key, entry] of file.tensors) tensors.set(key, { ...entry, offset: entry.offset + size });
    size += file.source.size;
  }
  const read = (offset: number, length: number): Uint8Array => {
    const first = starts.findLastIndex((start) => start <= offset);
    const within = offset - starts[first];
    if (within + length <= files[first].source.size) return files[first].source.read(within, length);
    const bytes = new Uint8Array(length);
    for (let done = 0, file = first; done < length; file++) {
      const place = offset + done - starts[file];
      const piece = Math.min(length - done, files[file].source.size - place);
      bytes.set(files[file].source.read(place, piece), done);
      done += piece;
    }
    return bytes;
  };
  const close = () => {
    for (const file of files) file.source.close();
  };
  const source = { name, size, read, close };
  return { source, tensors, floats: (key) => readFloats(source, key, tensors.get(key)) };
}

/** Returns a byte source over bytes in memory. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    read: (offset, length) => {
      if (offset + length > bytes.length)
        throw invalid(
          'INVALID_CHECKPOINT',
          'safetensors',
          name,
          `at least ${offset + length} bytes`,
          `${bytes.length} bytes`,
        );
      return bytes.subarray(offset, offset + length);
    },
    close: () => {},
  };
}
