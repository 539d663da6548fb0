import { Session } from 'node:inspector/promises';

/** The functions under whose name time is counted: the first of them met on the way up from where the time was spent. */
const PARTS: Record<string, string> = {
  getBars: 'prices: read',
  parseSeries: 'prices: check',
  newestFeatures: 'features',
  readModel: 'lgbm: parse',
  decodeOwned: 'lgbm: load compact forms',
  createBooster: 'lgbm: parse',
  addRawScores: 'lgbm: predict',
  lgbmForecast: 'lgbm: predict',
  forecast: 'chronos: feeds, quantiles and paths',
  quantileForecast: 'chronos: feeds, quantiles and paths',
  runBlock: 'chronos: feeds, quantiles and paths',
  stepsOf: 'chronos: feeds, quantiles and paths',
  randomWalkSteps: 'random walk',
  leakOf: 'prices: wicks',
  completeStatement: 'combine',
  composeForecast: 'combine',
  transact: 'store: SQLite, models read included',
  getManyWeights: 'store: checks',
  upsertPredictions: 'store: checks',
};

/** Time under none of them. */
const REST = 'the rest';

/**
 * Runs the work under V8's sampling profiler; returns the seconds that the JavaScript thread spent under each part's functions,
 * garbage collection and idle time (waiting for ONNX Runtime's threads) on their own.
 */
export async function attribute(work: () => Promise<unknown>): Promise<Map<string, number>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  const parent = new Map<number, number>();
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame.functionName]));
  for (const { id, children = [] } of profile.nodes) for (const child of children) parent.set(child, id);
  const partOf = new Map<number, string>();
  for (const { id } of profile.nodes) {
    let part: string | undefined;
    for (let at: number | undefined = id; at !== undefined && part === undefined; at = parent.get(at)) {
      const name = names.get(at)!;
      if (name === '(idle)' || name === '(garbage collector)' || name === '(program)') part = name.slice(1, -1);
      else part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    }
    partOf.set(id, part ?? REST);
  }
  const seconds = new Map<string, number>();
  profile.samples!.forEach((id, i) => {
    const part = partOf.get(id)!;
    seconds.set(part, (seconds.get(part) ?? 0) + profile.timeDeltas![i] / 1e6);
  });
  return new Map([...seconds].sort((a, b) => b[1] - a[1]));
}
