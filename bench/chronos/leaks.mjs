// Loads the default checkpoint on the built-in runtime, forecasts and disposes of it, over and over, and prints the process's resident memory:
//
//   npm run build && node bench/chronos/leaks.mjs [times]
//
// From the root of the repository; 10,000 times by default.
import { loadChronos } from '../../dist/chronos.js';

const times = Number(process.argv[2] ?? 10_000);
const context = Float64Array.from({ length: 256 }, (_, i) => 100 + Math.sin(i));
for (let done = 1; done <= times; done++) {
  const model = await loadChronos('models/default', { runtime: 'builtin', precision: done % 2 ? 'fp32' : 'int16' });
  await model.forecast([context], { horizon: 5 });
  await model.embed([context]);
  await model.dispose();
  if (done % Math.ceil(times / 10) === 0)
    console.log(`${done} times: ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`);
}
