import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page, type Route } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadChronos } from '../../src/chronos/index.js';
import { CHROMIUM } from '../chromium.js';
import { fixture } from './fixtures.js';
import { bundleForPage } from './page-bundle.js';

const RUNTIME = fileURLToPath(new URL('../../node_modules/onnxruntime-web/dist/', import.meta.url));
const CLOSES = Array.from({ length: 40 }, (_, i) => 100 + (i % 7));
const [COMMIT, NEWER] = ['a'.repeat(40), 'b'.repeat(40)];
const read = (name: string) => readFileSync(join(fixture('bolt-wide-heads'), name));
const FILES: Record<string, Buffer> = {
  'config.json': read('config.json'),
  'model.safetensors': read('model.safetensors'),
};

const PAGE = `<!doctype html><script type="module">
  import * as ort from '/runtime/ort.wasm.min.mjs';
  import { loadChronos } from '/chronos.js';
  ort.env.wasm.wasmPaths = '/runtime/';
  ort.env.wasm.numThreads = 1;
  window.load = async (source, closes) => {
    const seen = {};
    const model = await loadChronos(source, { ort, onProgress: ({ file, loaded, total }) => { seen[file] = [loaded, total]; } });
    const [{ median }] = await model.forecast([closes], { horizon: 2 });
    await model.dispose();
    return { median: [...median], seen };
  };
</script>`;

/** What the hub answers of a repository whose main branch is at that commit. */
function hubAnswer(route: Route, commit: string): Promise<void> {
  const headers = { 'access-control-allow-origin': '*' };
  const path = new URL(route.request().url()).pathname;
  if (path === '/api/models/owner/model/revision/main') return route.fulfill({ json: { sha: commit }, headers });
  if (path === `/api/models/owner/model/paths-info/${commit}`)
    return route.fulfill({
      headers,
      json: Object.entries(FILES).map(([name, bytes]) => ({
        type: 'file',
        path: name,
        size: bytes.length,
        oid: createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
      })),
    });
  const name = path.replace(`/owner/model/resolve/${commit}/`, '');
  return name in FILES ? route.fulfill({ body: FILES[name], headers }) : route.fulfill({ status: 404, headers });
}

describe.skipIf(CHROMIUM === undefined)('downloads of a page (skipped where there is no Chromium)', () => {
  let folder: string;
  let server: Server;
  let browser: Browser;
  let context: BrowserContext;
  let etag = '"1"';
  const served: string[] = [];
  let median: number[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chronos-page-'));
    await bundleForPage(folder);
    server = createServer((request, response) => {
      const path = request.url ?? '/';
      served.push(`${request.method} ${path}`);
      const send = (type: string, body: Uint8Array | string) =>
        response.writeHead(200, { 'content-type': type, etag, 'content-length': body.length }).end(body);
      if (path === '/') send('text/html', PAGE);
      else if (path === '/chronos.js') send('text/javascript', readFileSync(join(folder, 'chronos.js')));
      else if (path.startsWith('/m/') && path.slice(3) in FILES) send('application/octet-stream', FILES[path.slice(3)]);
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
    const model = await loadChronos(fixture('bolt-wide-heads'));
    median = [...(await model.forecast([CLOSES], { horizon: 2 }))[0].median];
    await model.dispose();
  }, 120_000);
  beforeEach(async () => {
    context = await browser.newContext();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function load(source: string, hub?: (route: Route) => Promise<void>) {
    const page: Page = await context.newPage();
    const asked: string[] = [];
    await page.route('https://huggingface.co/**', (route) => {
      asked.push(`${route.request().method()} ${new URL(route.request().url()).pathname}`);
      return hub === undefined ? route.abort() : hub(route);
    });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('window.load !== undefined', undefined, { timeout: 60_000 });
    const script = `window.load(${JSON.stringify(source)}, ${JSON.stringify(CLOSES)})`;
    const got = (await page.evaluate(script)) as { median: number[]; seen: Record<string, number[]> };
    for (const [i, value] of got.median.entries()) expect(Math.abs(value - median[i])).toBeLessThan(1e-3);
    await page.close();
    return { asked, seen: got.seen };
  }

  it('of the hub are kept under their commit, also without a network, and replaced when there is a newer one', async () => {
    const first = await load('owner/model', (route) => hubAnswer(route, COMMIT));
    expect(first.asked).toHaveLength(4);
    const { length } = FILES['model.safetensors'];
    expect(first.seen['model.safetensors']).toEqual([length, length]);
    const again = await load('owner/model', (route) => hubAnswer(route, COMMIT));
    expect(again.asked).toEqual(['GET /api/models/owner/model/revision/main']);
    expect((await load('owner/model')).asked).toEqual(['GET /api/models/owner/model/revision/main']);
    expect((await load('owner/model', (route) => hubAnswer(route, NEWER))).asked).toHaveLength(4);
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const kept = await page.evaluate(
      "caches.open('chronolight').then((cache) => cache.keys()).then((keys) => keys.map(({ url }) => url))",
    );
    expect((kept as string[]).filter((url) => url.includes(COMMIT))).toEqual([]);
    expect((kept as string[]).filter((url) => url.includes(NEWER))).toHaveLength(2);
  }, 180_000);

  it('from under a URL are kept until the server says that they have changed', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/m`;
    const weights = () => served.filter((request) => request === 'GET /m/model.safetensors').length;
    await load(url);
    expect(weights()).toBe(1);
    await load(url);
    expect(weights()).toBe(1);
    etag = '"2"';
    await load(url);
    expect(weights()).toBe(2);
  }, 180_000);
});
