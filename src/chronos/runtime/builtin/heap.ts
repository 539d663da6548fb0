import { ForecastError } from '../../../errors.js';
import { instantiateWasm } from '../../../host/wasm.js';
import type { Kernels } from './kernels.js';
import { NETWORK_KERNEL } from './wasm/network-kernel-binary.js';

const PAGE = 65536;
/** Kernels work in whole vectors and may so touch this many bytes beyond the last value. */
const SLACK = 64;

/** What computes: WebAssembly SIMD, or plain TypeScript, which gives the same bits slowly. */
export type KernelKind = 'simd' | 'plain';

/**
 * A network's memory with the kernels that work on it: weights below, what one run needs above.
 *
 * Views are valid until the next `alloc`: memory that grows moves.
 */
export class Heap {
  readonly kernels: Kernels;
  readonly #buffer: () => ArrayBufferLike;
  readonly #grow: (bytes: number) => void;
  #top = SLACK;

  constructor(kernels: Kernels, buffer: () => ArrayBufferLike, grow: (bytes: number) => void) {
    this.kernels = kernels;
    this.#buffer = buffer;
    this.#grow = grow;
  }

  /** Returns the address, a multiple of 64, of `bytes` fresh bytes; throws OUT_OF_MEMORY. What is in them is not set. */
  alloc(bytes: number): number {
    const at = this.#top;
    const end = at + Math.ceil(bytes / 64) * 64;
    const missing = end + SLACK - this.#buffer().byteLength;
    if (missing > 0)
      try {
        this.#grow(missing);
      } catch (cause) {
        throw new ForecastError(
          'OUT_OF_MEMORY',
          `chronos: ${Math.ceil((end + SLACK) / 2 ** 20)} MiB of memory were refused`,
          { cause },
        );
      }
    this.#top = end;
    return at;
  }

  /** Returns a place that `freeTo` goes back to. */
  get top(): number {
    return this.#top;
  }

  /** Frees what has been allocated since `top` was `mark`. */
  freeTo(mark: number): void {
    this.#top = mark;
  }

  floats(at: number, length: number): Float32Array {
    return new Float32Array(this.#buffer(), at, length);
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#buffer(), at, length);
  }

  /** Copies `bytes` bytes inside the memory. */
  copy(from: number, to: number, bytes: number): void {
    new Uint8Array(this.#buffer()).copyWithin(to, from, from + bytes);
  }
}

/**
 * Opens an empty heap, by default with the SIMD kernels, or where this engine (or a page's policy) refuses them, the plain ones.
 *
 * @throws ForecastError RUNTIME_MISSING when the SIMD kernels are asked for and there are none
 */
export async function openHeap(kind?: KernelKind): Promise<Heap> {
  if (kind === 'plain') return plainHeap();
  try {
    return await simdHeap();
  } catch (cause) {
    if (kind === undefined) return plainHeap();
    throw new ForecastError('RUNTIME_MISSING', 'chronos: WebAssembly with SIMD is not available', { cause });
  }
}

async function simdHeap(): Promise<Heap> {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
  const kernels = await instantiateWasm(NETWORK_KERNEL, { env: { memory } });
  const grow = (missing: number) => void memory.grow(Math.ceil(missing / PAGE));
  return new Heap(kernels as Kernels, () => memory.buffer, grow);
}

async function plainHeap(): Promise<Heap> {
  // Seldom needed: a page that needs it fetches it.
  const { plainKernels } = await import('./plain-kernels.js');
  let buffer = new ArrayBuffer(PAGE);
  const grow = (missing: number) => {
    // By at least half, so that many small steps do not copy everything each time.
    const grown = new ArrayBuffer(
      Math.ceil((buffer.byteLength + Math.max(missing, buffer.byteLength / 2)) / PAGE) * PAGE,
    );
    new Uint8Array(grown).set(new Uint8Array(buffer));
    buffer = grown;
  };
  return new Heap(
    plainKernels(() => buffer),
    () => buffer,
    grow,
  );
}
