import { ForecastError } from '../../errors.js';
import { instantiate, type KernelMemory } from '../kernel/wasm/instantiate.js';
import { SHARED_MEMORY } from '../kernel/wasm/split-search-binary.js';

// A helper and its master talk through a control block in the memory they share: three counters and the arguments of a call.
const CALL = 0;
const DONE = 1;
const COMMAND = 2;
const ARGUMENTS_OFFSET = 64;
const MOST_ARGUMENTS = 16;
const BLOCK_BYTES = ARGUMENTS_OFFSET + 8 * MOST_ARGUMENTS;
/** The compiler keeps the first bytes for itself. */
const FIRST_BLOCK = 1024;

const CONFIGURE = 1;
const SEARCH = 2;

/** Rounds that a thread looks for another's word before it sleeps: searches follow each other within microseconds. */
const SPINS = 20_000;

/** A thread that has died cannot say so to one that waits for it. */
const LONGEST_SEARCH_MS = 120_000;
const LONGEST_SLEEP_MS = 1000;

/** Asks a thread to help searching; it does nothing else from then on, until it is terminated. */
export interface SearchHelp {
  readonly kind: 'help';
  readonly id: number;
  readonly memory: KernelMemory;
  readonly helper: number;
}

/** A helping thread, as its master sees it. */
export interface SearchHelper {
  configure(settings: readonly number[]): void;
  /** Starts its share of a search; other work can go on until `wait`. */
  search(share: readonly number[]): void;
  /** Returns when the last call is done. Spins a while first: a share ends about when the master's own does. */
  wait(): void;
}

/** Returns the first byte of a kernel's memory that no control block lies in. */
export function firstFreeByte(helpers: number): number {
  return FIRST_BLOCK + Math.ceil((helpers * BLOCK_BYTES) / 64) * 64;
}

/** Returns the master's side of helper number `helper`. */
export function searchHelper(memory: KernelMemory, helper: number): SearchHelper {
  const { counters, values } = controlBlock(memory, helper);
  const call = (command: number, given: readonly number[]) => {
    values.set(given);
    counters[COMMAND] = command;
    Atomics.add(counters, CALL, 1);
    Atomics.notify(counters, CALL);
  };
  const mayBlock = canBlock();
  const wait = () => {
    const called = Atomics.load(counters, CALL);
    for (let i = 0; i < SPINS; i++) if (Atomics.load(counters, DONE) === called) return;
    // where threads are more than processors, spinning would keep the helper from its work
    const deadline = performance.now() + LONGEST_SEARCH_MS;
    for (let done = Atomics.load(counters, DONE); done !== called; done = Atomics.load(counters, DONE)) {
      if (mayBlock) Atomics.wait(counters, DONE, done, LONGEST_SLEEP_MS);
      if (performance.now() > deadline) {
        throw new ForecastError('RUNTIME_MISSING', 'split search: a helping thread does not answer any more');
      }
    }
  };
  return {
    configure(settings) {
      call(CONFIGURE, settings);
      wait();
    },
    search: (given) => call(SEARCH, given),
    wait,
  };
}

/** Does a helper's work, forever; `ready` is called once it listens. */
export async function helpSearching({ memory, helper }: SearchHelp, ready: () => void): Promise<never> {
  const exports = await instantiate(SHARED_MEMORY, memory);
  const { counters, values } = controlBlock(memory, helper);
  let seen = Atomics.load(counters, CALL);
  ready();
  for (;;) {
    for (let i = 0; i < SPINS && Atomics.load(counters, CALL) === seen; i++);
    // the notification of a call can come after that call is done, and wakes a helper that has nothing to do
    while (Atomics.load(counters, CALL) === seen) Atomics.wait(counters, CALL, seen);
    seen = Atomics.load(counters, CALL);
    const given = Array.from(values);
    if (counters[COMMAND] === CONFIGURE) exports.configure(given[0]);
    else {
      const [groupBegin, groupEnd, rows, gradients, hessians, small, large] = given;
      exports.search(groupBegin, groupEnd, rows, gradients, hessians, small, large);
    }
    Atomics.store(counters, DONE, seen);
    Atomics.notify(counters, DONE);
  }
}

/** A browser's page may not sleep, its workers may. */
function canBlock(): boolean {
  try {
    return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1) === 'not-equal';
  } catch {
    return false;
  }
}

function controlBlock(memory: KernelMemory, helper: number): { counters: Int32Array; values: Float64Array } {
  const at = FIRST_BLOCK + helper * BLOCK_BYTES;
  return {
    counters: new Int32Array(memory.buffer, at, ARGUMENTS_OFFSET / 4),
    values: new Float64Array(memory.buffer, at + ARGUMENTS_OFFSET, MOST_ARGUMENTS),
  };
}
