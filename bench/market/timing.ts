/** What a piece of work took: wall-clock seconds, and this process's processor seconds, ONNX Runtime's threads included. */
export interface Time {
  wall: number;
  cpu: number;
}

/** Returns how long the work took, and what came of it. */
export async function timed<Result>(work: () => Promise<Result> | Result): Promise<Time & { result: Result }> {
  globalThis.gc?.();
  const start = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6, result };
}

/** Returns the least wall time and the least processor time of the rounds. */
export function least(rounds: readonly Time[]): Time {
  return { wall: Math.min(...rounds.map(({ wall }) => wall)), cpu: Math.min(...rounds.map(({ cpu }) => cpu)) };
}
