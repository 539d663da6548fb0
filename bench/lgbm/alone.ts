// A process of its own that trains models of the pool whenever its parent asks: what the machine gives where nothing is shared.
import { draw, loadSimdKernel, poolTasks, train } from './engine.js';

const tasks = poolTasks(draw(1250)).slice(0, Number(process.argv[2]));
const kernel = await loadSimdKernel();
const trainAll = (some: typeof tasks) => some.map(({ dataset, params }) => train(dataset, params, { kernel }));

trainAll(tasks.slice(0, 2));
process.on('message', () => {
  trainAll(tasks);
  process.send?.('done');
});
process.send?.('ready');
