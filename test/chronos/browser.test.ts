import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadChronos } from '../../src/chronos/index.js';
import { CHROMIUM } from '../chromium.js';
import { spread } from './fixtures.js';
import { bundleForPage } from './page-bundle.js';
import { randomBolt, TINY } from './random-bolt.js';

const RUNTIME = fileURLToPath(new URL('../../node_modules/onnxruntime-web/dist/', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TEST = fileURLToPath(new URL('../fixtures', import.meta.url));
const CONTEXTS = [400, 57].map((length) =>
  Array.from({ length }, (_, i) => 100 + 20 * Math.sin(i / 7) + ((i * 7919) % 13)),
);
const OPTIONS = { horizon: 5, numSamples: 3, seed: 4 };

const PAGE = `<!doctype html><script type="module">
  import * as ort from '/runtime/ort.wasm.min.mjs';
  import { loadChronos } from '/chronos.js';
  ort.env.wasm.wasmPaths = '/runtime/';
  ort.env.wasm.numThreads = 1;
  window.forecast = async (contexts, options) => {
    const model = await loadChronos(new URL('/checkpoint', location), { ort });
    const forecasts = await model.forecast(contexts, options);
    await model.dispose();
    return forecasts.map(({ quantiles, samples }) => ({ quantiles: [...quantiles], samples: [...samples] }));
  };
  // No runtime is handed in, and none can be imported by name: the built-in one computes.
  window.builtin = async (name, contexts, options, loading) => {
    const model = await loadChronos(new URL('/' + name, location), loading);
    const forecasts = await model.forecast(contexts, options);
    await model.dispose();
    return forecasts.map(({ quantiles, samples }) => ({ quantiles: [...quantiles], samples: [...samples] }));
  };
</script>`;

describe.skipIf(CHROMIUM === undefined)(
  'in a browser (skipped where there is no Chromium; CHROMIUM_PATH names one)',
  () => {
    const checkpoint = randomBolt(TINY, 1);
    let folder: string;
    let server: Server;
    let browser: Browser;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'chronos-browser-'));
      await bundleForPage(folder);
      const bundle = readFileSync(join(folder, 'chronos.js'));
      server = createServer((request, response) => {
        const path = request.url ?? '/';
        const send = (type: string, body: Uint8Array | string) =>
          response.writeHead(200, { 'content-type': type }).end(body);
        if (path === '/') send('text/html', PAGE);
        else if (path === '/chronos.js') send('text/javascript', bundle);
        else if (/^\/(models|fixtures)\/[\w-]+\/[\w.]+$/.test(path))
          send(
            'application/octet-stream',
            readFileSync(path.startsWith('/models') ? join(ROOT, path) : join(TEST, 'chronos', path.slice(10))),
          );
        else if (path === '/checkpoint/config.json') send('application/json', JSON.stringify(checkpoint.config));
        else if (path === '/checkpoint/model.safetensors') send('application/octet-stream', checkpoint.weights);
        else if (/^\/runtime\/ort[\w.-]+\.(mjs|wasm)$/.test(path))
          send(
            path.endsWith('.wasm') ? 'application/wasm' : 'text/javascript',
            readFileSync(join(RUNTIME, path.slice(9))),
          );
        else response.writeHead(404).end();
      });
      await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
      const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
      browser = await chromium.launch({ executablePath: CHROMIUM, args });
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      server?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it('weights of the size of bolt-tiny give the numbers that they give in Node', async () => {
      const model = await loadChronos(checkpoint);
      const expected = await model.forecast(CONTEXTS, OPTIONS);
      await model.dispose();
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.waitForFunction('window.forecast !== undefined', undefined, { timeout: 60_000 });
      const script = `window.forecast(${JSON.stringify(CONTEXTS)}, ${JSON.stringify(OPTIONS)})`;
      const got = (await page.evaluate(script)) as { quantiles: number[]; samples: number[] }[];
      expected.forEach((forecast, series) => {
        const scale = spread(CONTEXTS[series]);
        for (const part of ['quantiles', 'samples'] as const) {
          expect(got[series][part]).toHaveLength(forecast[part].length);
          forecast[part].forEach((value, i) => {
            expect(Math.abs(got[series][part][i] - value)).toBeLessThanOrEqual(1e-5 * scale);
          });
        }
      });
    }, 180_000);

    it.each([
      'models/default',
      'fixtures/bolt-gated-f16',
      'fixtures/t5-gated',
      'fixtures/chronos2-wide-heads',
      'fixtures/chronos2-one-head',
    ])(
      'the built-in runtime gives the bytes that it gives in Node: %s',
      async (name) => {
        const folder = name.startsWith('models') ? join(ROOT, name) : join(TEST, 'chronos', name.slice(9));
        const page = await browser.newPage();
        await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
        await page.waitForFunction('window.builtin !== undefined', undefined, { timeout: 60_000 });
        for (const precision of ['fp32', 'int16'] as const) {
          const model = await loadChronos(folder, { runtime: 'builtin', precision });
          const expected = await model.forecast(CONTEXTS, OPTIONS);
          await model.dispose();
          const given = [name, CONTEXTS, OPTIONS, { precision }].map((value) => JSON.stringify(value));
          const got = await page.evaluate(`window.builtin(${given})`);
          expect(got).toEqual(
            expected.map(({ quantiles, samples }) => ({ quantiles: [...quantiles], samples: [...samples] })),
          );
        }
      },
      120_000,
    );
  },
);
