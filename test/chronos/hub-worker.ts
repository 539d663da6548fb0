import { loadChronos } from '../../src/chronos/index.js';

/** Loads the fake hub's repository in a process of its own, and reports to the process that started it. */
const model = await loadChronos('owner/model', {
  onProgress: ({ file }) => {
    if (file === 'model.safetensors') process.send?.({ downloading: true });
  },
});
const [forecast] = await model.forecast([Array.from({ length: 50 }, (_, i) => 100 + (i % 7))], { horizon: 2 });
process.send?.({ median: [...forecast.median] });
await model.dispose();
process.disconnect?.();
