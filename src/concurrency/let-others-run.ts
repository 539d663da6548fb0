declare const setImmediate: ((run: () => void) => void) | undefined;

/**
 * Resolves after timers, input and output had their turn.
 *
 * Prices in memory and a store like SQLite answer without ever waiting. A long job over them would hold up everything else in the
 * process, the abort of its own signal and the renewal of its claim among it.
 */
export function letOthersRun(): Promise<void> {
  return new Promise((resolve) => {
    // Browsers have no setImmediate, and Node's timers wait for a millisecond.
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
