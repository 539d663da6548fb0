/**
 * Runtimes in a page of headless Chromium: the built-in one, onnxruntime-web in WebAssembly on one thread, and on WebGPU.
 *
 *     npx esbuild bench/chronos/pages.ts --bundle --packages=external --platform=node --format=esm --outfile=node_modules/.cache/bench-pages.mjs
 *     node node_modules/.cache/bench-pages.mjs [default,tiny] [rounds] [adapter]
 *
 * From the root of the repository. Times are the least by the page's clock, in ms, after a round to warm up; "first" is from the start of
 * loading, the runtime's own files from this machine included, to the first forecast. Without `adapter`, Chromium takes the graphics card;
 * `swiftshader` computes WebGPU in software on the processor, which says that it runs and nothing of a card's speed.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { CHROMIUM } from '../../test/chromium.js';
import { BOLT_SIZES, randomBolt } from '../../test/chronos/random-bolt.js';

const [names = 'default,tiny', roundsText = '10', adapter] = process.argv.slice(2);
const RUNTIME = resolve('node_modules/onnxruntime-web/dist');

/** What a page does: loads, and forecasts at each batch. */
const PAGE = `<!doctype html><script type="module">
  import { loadChronos } from '/chronos.js';
  window.adapter = async () => {
    const found = await navigator.gpu?.requestAdapter();
    return found ? [found.info.vendor, found.info.architecture, found.info.description].filter(Boolean).join(' ') || 'unnamed' : '';
  };
  window.measure = async (kind, { name, length, batches, rounds }) => {
    const start = performance.now();
    let options = { runtime: 'builtin' };
    if (kind !== 'built in') {
      const ort = await import(kind === 'webgpu' ? '/runtime/ort.webgpu.min.mjs' : '/runtime/ort.wasm.min.mjs');
      ort.env.wasm.wasmPaths = '/runtime/';
      ort.env.wasm.numThreads = 1;
      options = kind === 'webgpu' ? { ort, device: 'webgpu' } : { ort };
    }
    const model = await loadChronos(new URL('/' + name, location), options);
    const series = (batch) => Array.from({ length: batch }, (_, k) =>
      Float64Array.from({ length }, (_, i) => 100 + 20 * Math.sin(i / 7 + k) + 0.1 * i));
    const [one] = await model.forecast(series(1), { horizon: 5, numSamples: 1 });
    const first = performance.now() - start;
    const least = [];
    for (const batch of batches) {
      const contexts = series(batch);
      const repeats = batch === 1 ? 10 : 1;
      let best = Infinity;
      for (let round = 0; round <= rounds; round++) {
        const before = performance.now();
        for (let i = 0; i < repeats; i++) await model.forecast(contexts, { horizon: 5, numSamples: 1 });
        if (round > 0) best = Math.min(best, (performance.now() - before) / repeats);
      }
      least.push(best);
    }
    await model.dispose();
    return { first, least, median: [...one.median] };
  };
</script>`;

const page = await build({
  entryPoints: ['src/chronos/index.ts'],
  bundle: true,
  format: 'esm',
  platform: 'browser',
  external: ['node:*', 'onnxruntime-node', 'onnxruntime-web'],
  write: false,
});
const checkpoints = new Map(
  names.split(',').map((name) => {
    const sizes = BOLT_SIZES[name];
    if (sizes === undefined && name !== 'default') throw new TypeError(`pages: no size ${name}`);
    if (sizes !== undefined) return [name, randomBolt(sizes, 1)] as const;
    const read = (file: string) => readFileSync(join('models/default', file));
    return [name, { config: JSON.parse(read('config.json').toString()), weights: read('model.safetensors') }] as const;
  }),
);
const server = createServer((request, response) => {
  const [, folder = '', file = ''] = (request.url ?? '/').split('/');
  const send = (type: string, body: Uint8Array | string) => response.writeHead(200, { 'content-type': type }).end(body);
  const checkpoint = checkpoints.get(folder);
  if (folder === '') send('text/html', PAGE);
  else if (folder === 'chronos.js') send('text/javascript', page.outputFiles[0]!.contents);
  else if (folder === 'runtime' && /^ort[\w.-]+\.(mjs|wasm)$/.test(file))
    send(file.endsWith('.wasm') ? 'application/wasm' : 'text/javascript', readFileSync(join(RUNTIME, file)));
  else if (checkpoint && file === 'config.json') send('application/json', JSON.stringify(checkpoint.config));
  else if (checkpoint && file === 'model.safetensors') send('application/octet-stream', checkpoint.weights);
  else response.writeHead(404).end();
});
await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--no-sandbox', '--enable-unsafe-webgpu', ...(adapter ? [`--use-webgpu-adapter=${adapter}`] : [])],
});
try {
  const opened = await browser.newPage();
  await opened.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await opened.waitForFunction('window.measure !== undefined');
  const found: string = await opened.evaluate('adapter()');
  console.log(`Chromium ${browser.version()}; WebGPU: ${found || 'no adapter'}`);
  const kinds = found ? ['built in', 'wasm', 'webgpu'] : ['built in', 'wasm'];
  for (const name of checkpoints.keys()) {
    const isDefault = name === 'default';
    const work = { name, length: isDefault ? 256 : 512, batches: [1, 64], rounds: Number(roundsText) };
    for (const kind of kinds) {
      const { first, least, median } = await opened.evaluate<{ first: number; least: number[]; median: number[] }>(
        `measure(${JSON.stringify(kind)}, ${JSON.stringify(work)})`,
      );
      const [one, many] = least.map((ms) => ms.toPrecision(3));
      console.log(`${name}, ${kind}: first ${first.toFixed(0)}, batch 1 ${one}, batch 64 ${many}; median ${median[0]}`);
    }
  }
} finally {
  await browser.close();
  server.close();
}
