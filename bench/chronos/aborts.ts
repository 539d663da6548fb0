/**
 * How long a batch on the built-in runtime keeps its thread, and how soon an abort is answered in the middle of one.
 *
 *     npx esbuild bench/chronos/aborts.ts --bundle --packages=external --platform=node --format=esm --outfile=node_modules/.cache/bench-aborts.mjs
 *     node node_modules/.cache/bench-aborts.mjs [default,tiny,small] [times]
 *
 * From the root of the repository. A batch of 2,000 series is aborted at many moments of its first 200 ms. "Read" is the CPU time until the
 * call returns, in which the contexts are checked and copied. "Answered" is from the moment at which the timer that aborts was due to the
 * rejection, in ms by the clock: on a machine with other work it measures that too. "Kept" is the CPU time between two turns of the event
 * loop, of this process only. The first run of a process, before the engine has optimised its code, is not counted.
 */
import { loadChronos } from '../../src/chronos/index.js';
import { BOLT_SIZES, randomBolt } from '../../test/chronos/random-bolt.js';

const BATCH = 2000;
const SPREAD_MS = 200;
const [names = 'default,tiny,small', timesText = '30'] = process.argv.slice(2);
const times = Number(timesText);

for (const name of names.split(',')) {
  const sizes = BOLT_SIZES[name];
  if (sizes === undefined && name !== 'default') throw new TypeError(`aborts: no size ${name}`);
  const model = await loadChronos(sizes === undefined ? undefined : randomBolt(sizes, 1), { runtime: 'builtin' });
  const length = sizes === undefined ? 256 : 512;
  const series = Array.from({ length: BATCH }, (_, k) =>
    Float64Array.from({ length }, (_, i) => 100 + 20 * Math.sin(i / 7 + k) + 0.1 * i),
  );
  await model.forecast(series.slice(0, 100), { horizon: 5, numSamples: 1 });
  const read: number[] = [];
  const answered: number[] = [];
  const kept: number[] = [];
  for (let time = 0; time < times; time++) {
    const controller = new AbortController();
    const { signal } = controller;
    let before = process.cpuUsage();
    const turn = () => {
      const { user, system } = process.cpuUsage(before);
      before = process.cpuUsage();
      return (user + system) / 1000;
    };
    const run = model.forecast(series, { horizon: 5, numSamples: 1, signal });
    read.push(turn());
    const wait = 1 + Math.floor((SPREAD_MS * time) / times);
    const due = performance.now() + wait;
    setTimeout(() => controller.abort(new Error('enough')), wait);
    let running = true;
    const watch = () => {
      kept.push(turn());
      if (running) setImmediate(watch);
    };
    setImmediate(watch);
    const message = await run.then(
      () => 'done',
      (error: Error) => error.message,
    );
    running = false;
    if (message !== 'enough') throw new Error(`aborts: ${name} ${message} after ${wait} ms`);
    answered.push(performance.now() - due);
    // Let the part under way end.
    await model.forecast([series[0]!], { horizon: 1, numSamples: 1 });
  }
  console.log(
    `${name}: read ${spread(read)}, kept ${spread(kept)} ms of CPU time; answered after ${spread(answered)} ms`,
  );
  await model.dispose();
}

function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(1);
  return `${at(0.5)} (median), ${at(0.95)} (19 of 20), ${at(1)} (greatest)`;
}
