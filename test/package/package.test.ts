import { execFile } from 'node:child_process';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { bareFolder } from '../bare-folder.js';

const run = promisify(execFile);
// The workers' entries are for threads alone; see the pool below, and test/chronos/builtin-threads.test.ts.
const apart = ['./package.json', './lgbm/worker', './chronos/worker'];
const entries = Object.keys(manifest.exports).filter((entry) => !apart.includes(entry));

describe('the packed package, in an empty folder', () => {
  let folder: string;
  const node = async (code: string) => {
    await writeFile(join(folder, 'script.js'), code);
    return run(process.execPath, ['script.js'], { cwd: folder });
  };

  beforeAll(async () => {
    // no optional peer but the one that the default checkpoint runs on
    folder = await bareFolder(['onnxruntime-node', 'onnxruntime-common']);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(entries)('imports %s without an optional peer', async (entry) => {
    const name = entry.replace(/^\./, 'chronolight');
    const { stdout } = await node(`console.log(Object.keys(await import('${name}')).length)`);
    expect(Number(stdout)).toBeGreaterThan(0);
  });

  it('has one ForecastError, whichever entry it is thrown from', async () => {
    const { stdout } = await node(`
      import { ForecastError, predict } from 'chronolight';
      import { parseModel } from 'chronolight/lgbm';
      import { memoryStore } from 'chronolight/store/memory';
      const store = memoryStore();
      await store.close();
      const errors = [];
      try { parseModel('no model'); } catch (error) { errors.push(error); }
      await store.getWeights('x', 1).catch((error) => errors.push(error));
      await predict('x', { prices: {}, horizons: [0] }).catch((error) => errors.push(error));
      console.log(errors.length, errors.every((error) => error instanceof ForecastError));`);
    expect(stdout.trim()).toBe('3 true');
  });

  it('starts its own training threads', async () => {
    const { stdout } = await node(`
      import { createDataset, createTrainPool, train } from 'chronolight/lgbm';
      const values = Float64Array.from({ length: 400 }, (_, i) => Math.sin(i * i));
      const dataset = createDataset({ values, rows: 200, labels: values.filter((_, i) => i % 2) });
      const params = { objective: 'regression', num_iterations: 5 };
      const pool = await createTrainPool({ workers: 2 });
      const outcomes = await pool.train(['a', 'b', 'c'].map((key) => ({ key, dataset, params })));
      pool.close();
      const text = train(dataset, params).toText();
      console.log(outcomes.map(({ booster }) => booster.toText() === text).join());`);
    expect(stdout.trim()).toBe('true,true,true');
  });

  it('forecasts offline with the checkpoint that it ships', async () => {
    const { stdout } = await node(`
      import { loadChronos } from 'chronolight';
      const model = await loadChronos();
      const closes = Float64Array.from({ length: 200 }, (_, t) => 100 + Math.sin(t / 7));
      const [{ median, q10, q90 }] = await model.forecast([closes], { horizon: 2 });
      await model.dispose();
      console.log(q10[1] < median[1] && median[1] < q90[1]);`);
    expect(stdout.trim()).toBe('true');
  });

  it('holds what it needs and nothing else', async () => {
    const files = await readdir(join(folder, 'node_modules', 'chronolight'), { recursive: true });
    const top = new Set(files.map((file) => file.split(/[\\/]/)[0]));
    expect([...top].sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'models', 'package.json']);
    expect(files.filter((file) => /\.(csv|py|db|gz)$/.test(file))).toEqual([]);
  });
});
