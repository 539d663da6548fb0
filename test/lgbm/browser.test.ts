import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { createDataset, train } from '../../src/lgbm/index.js';
import { CHROMIUM } from '../chromium.js';
import { randomCase } from '../parity/lgbm/random-cases.js';

describe.skipIf(CHROMIUM === undefined)(
  'in a browser (skipped where there is no Chromium; CHROMIUM_PATH names one)',
  () => {
    it('trains and predicts to the same bytes as in Node, on the kernel of either side, loaded and by itself', async () => {
      const index = fileURLToPath(new URL('../../src/lgbm/index.ts', import.meta.url));
      const plain = fileURLToPath(new URL('../../src/lgbm/kernel/plain-split-search.ts', import.meta.url));
      const { outputFiles } = await build({
        stdin: {
          contents: `export * from ${JSON.stringify(index)}; export { plainKernel } from ${JSON.stringify(plain)};`,
          resolveDir: '.',
        },
        bundle: true,
        write: false,
        platform: 'browser',
        format: 'iife',
        globalName: 'engine',
        external: ['node:*'],
        logLevel: 'error',
      });
      const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
      try {
        const page = await browser.newPage();
        await page.addScriptTag({ content: outputFiles[0].text });
        // the data travel: Math.sin and its like may differ between Node's V8 and the browser's
        const cases = [2, 4, 9].map((seed) => {
          const { params, train: rows } = randomCase(seed);
          delete params.early_stopping_round;
          return { params, rows: rows.rows, values: base64(rows.values), labels: base64(rows.labels) };
        });
        // a text, so that no bundler or transpiler touches what runs in the page
        const inPage = await page.evaluate(`(async () => {
        const doubles = (text) => new Float64Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
        const simd = await engine.loadSimdKernel();
        return ${JSON.stringify(cases)}.flatMap(({ params, rows, values, labels }) => {
          const data = engine.createDataset({ values: doubles(values), rows, labels: doubles(labels) });
          return [undefined, engine.plainKernel, simd].map((kernel) => {
            const booster = engine.train(data, params, { kernel });
            return [booster.toText(), Array.from(booster.predict(doubles(values), { rows }))];
          });
        });
      })()`);
        const inNode = [2, 4, 9].flatMap((seed) => {
          const { params, train: rows } = randomCase(seed);
          delete params.early_stopping_round;
          const { values, labels } = rows;
          const booster = train(createDataset({ values, rows: rows.rows, labels }), params);
          const result = [booster.toText(), Array.from(booster.predict(values, { rows: rows.rows }))];
          return [result, result, result];
        });
        expect(inPage).toEqual(inNode);
      } finally {
        await browser.close();
      }
    });
  },
);

function base64(array: Float64Array): string {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64');
}
