/** What a piece of work took: wall-clock seconds, and this process's processor seconds, ONNX Runtime's threads included. */
export interface Time {
  wall: number;
  cpu: number;
}

/** Begins to measure; the function says what has gone by. */
export function startClock(): () => Time {
  const start = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
  };
}

/** Returns how long the work took, and what came of it. */
export async function timed<Result>(work: () => Promise<Result> | Result): Promise<Time & { result: Result }> {
  globalThis.gc?.();
  const took = startClock();
  const result = await work();
  return { ...took(), result };
}

/** Returns the least wall time and the least processor time of the rounds. */
export function least(rounds: readonly Time[]): Time {
  return { wall: Math.min(...rounds.map(({ wall }) => wall)), cpu: Math.min(...rounds.map(({ cpu }) => cpu)) };
}
