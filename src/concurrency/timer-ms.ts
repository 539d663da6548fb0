/** The longest delay that a timer takes; a longer one fires at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Returns a delay that a timer keeps: at most 24.8 days, also for Infinity. */
export function timerMs(ms: number): number {
  return Math.min(ms, LONGEST_MS);
}
