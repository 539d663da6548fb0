/** How long runs may keep a thread from its other work, in ms. */
const PATIENCE_MS = 12;

/** Lets the thread's other work in if it has waited for long: returns undefined, at once, if it has not. */
export type Pause = () => Promise<void> | undefined;

/** Returns a pause for the runs of one network. */
export function createPause(): Pause {
  let since = performance.now();
  return () => {
    if (performance.now() - since < PATIENCE_MS) return undefined;
    return letOthersIn().then(() => {
      since = performance.now();
    });
  };
}

/**
 * Does work on `rows` rows in parts of at most `most`, and pauses between them, so that one layer of a long series does not keep other work
 * waiting either; returns undefined if one part does.
 */
export function inParts(
  rows: number,
  most: number,
  pause: Pause,
  work: (from: number, count: number) => void,
): Promise<void> | undefined {
  if (rows > most) return inSeveralParts(rows, most, pause, work);
  work(0, rows);
  return undefined;
}

async function inSeveralParts(
  rows: number,
  most: number,
  pause: Pause,
  work: (from: number, count: number) => void,
): Promise<void> {
  for (let from = 0; from < rows; from += most) {
    work(from, Math.min(most, rows - from));
    const others = pause();
    if (others !== undefined) await others;
  }
}

/** Ends the task at hand. Timers of pages wait 4 ms when they follow one another; messages do not. */
function letOthersIn(): Promise<void> {
  if (typeof setImmediate === 'function') return new Promise((resume) => setImmediate(resume));
  // an edge network's workers may have neither
  if (typeof MessageChannel !== 'function') return new Promise((resume) => setTimeout(resume, 0));
  return new Promise((resume) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resume();
    };
    port2.postMessage(undefined);
  });
}
