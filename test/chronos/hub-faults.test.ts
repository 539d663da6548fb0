import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { downloadFile, modelInfo, pathsInfo } from '@huggingface/hub';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hubClient } from '../../src/chronos/checkpoint/hub-client.js';
import { hubSettings } from '../../src/chronos/checkpoint/hub-settings.js';
import { redact } from '../../src/chronos/checkpoint/redact.js';
import { type LoadOptions, loadChronos } from '../../src/chronos/index.js';
import { COMMIT, type FakeHub, startFakeHub } from './fake-hub.js';
import { fixture } from './fixtures.js';

const BOLT = fixture('bolt-wide-heads');
const CONFIG = readFileSync(join(BOLT, 'config.json'));
const WEIGHTS = readFileSync(join(BOLT, 'model.safetensors'));
const SHA256 = createHash('sha256').update(WEIGHTS).digest('hex');
const CLOSES = Array.from({ length: 40 }, (_, i) => 100 + (i % 7));

/** A server on the loopback, of an origin of its own. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => unknown) {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    seen,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

describe('a hub that is not as it should be', () => {
  let hub: FakeHub;
  let home: string;
  const cache = () => join(home, 'hub', 'models--owner--model');
  const blobs = () => join(cache(), 'blobs');
  const partials = () => readdirSync(blobs()).filter((name) => name.includes('incomplete'));
  const downloads = () =>
    hub.requests.filter((request) => request.includes('/resolve/') && request.includes('safetensors'));
  beforeEach(async () => {
    hub = await startFakeHub({ 'config.json': CONFIG, 'model.safetensors': WEIGHTS });
    home = mkdtempSync(join(tmpdir(), 'chronos-hub-'));
    for (const name of ['HF_TOKEN_PATH', 'HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE', 'HUGGING_FACE_HUB_TOKEN'])
      vi.stubEnv(name, '');
    for (const name of ['HF_TOKEN', 'HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE', 'XDG_CACHE_HOME']) vi.stubEnv(name, '');
    vi.stubEnv('HF_ENDPOINT', hub.url);
    vi.stubEnv('HF_HOME', home);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await hub.close();
    rmSync(home, { recursive: true, force: true });
  });

  async function use(options: LoadOptions = {}) {
    const model = await loadChronos('owner/model', options);
    const forecasts = await model.forecast([CLOSES], { horizon: 2 });
    await model.dispose();
    return forecasts;
  }
  /** What another process left that was killed in the middle of its download. */
  function leave(bytes: Uint8Array, name = `${SHA256}.incomplete.1-abc`) {
    mkdirSync(blobs(), { recursive: true });
    writeFileSync(join(blobs(), name), bytes);
  }

  it('sends the token to its own host only: weights stored elsewhere are fetched without it', async () => {
    const storage = await serve((_, response) => response.end(WEIGHTS));
    hub.faults = { token: 'hf_secret', elsewhere: `${storage.url}/xet?X-Amz-Signature=signed` };
    vi.stubEnv('HF_TOKEN', 'hf_secret\n');
    expect(await use()).toHaveLength(1);
    expect(storage.seen.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/xet?X-Amz-Signature=signed', undefined],
    ]);
    await storage.close();
  });

  it('shows neither token nor signature when the storage refuses', async () => {
    const storage = await serve((request, response) => response.writeHead(403).end(request.url));
    hub.faults = { elsewhere: `${storage.url}/xet?X-Amz-Signature=signed` };
    vi.stubEnv('HF_TOKEN', 'hf_secret');
    const error = await use().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'DOWNLOAD_FAILED', message: expect.stringContaining('403') });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/signed|hf_secret/);
    await storage.close();
  });

  it.each(['hf_\u0001x', 'hf_\u0439', 'hf a'])(
    'refuses a token that no header can carry, without showing it',
    async (token) => {
      vi.stubEnv('HF_TOKEN', token);
      const error = await use().catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'HF_TOKEN' });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(token);
    },
  );

  it('goes on where a killed download stopped, and leaves nothing of it', async () => {
    leave(WEIGHTS.subarray(0, 20_000));
    leave(WEIGHTS.subarray(0, 5_000), `${SHA256}.incomplete.2-def`);
    const loaded: number[] = [];
    const forecasts = await use({ onProgress: (one) => one.file === 'model.safetensors' && loaded.push(one.loaded) });
    expect(hub.ranges).toContain('bytes=20000-');
    expect(loaded.at(-1)).toBe(WEIGHTS.length);
    expect(partials()).toEqual([]);
    const local = await loadChronos(BOLT);
    expect(forecasts).toEqual(await local.forecast([CLOSES], { horizon: 2 }));
    await local.dispose();
  });

  it.each<[string, Uint8Array, object]>([
    ['what was left is of something else', new Uint8Array(1000).fill(7), {}],
    ['what was left is whole and wrong', new Uint8Array(WEIGHTS.length), {}],
    ['the server begins at the beginning only', WEIGHTS.subarray(0, 1000), { rangeless: true }],
  ])('begins anew when %s', async (_, left, faults) => {
    hub.faults = faults;
    leave(left);
    expect(await use()).toHaveLength(1);
    expect(partials()).toEqual([]);
    expect(readFileSync(join(blobs(), SHA256))).toEqual(WEIGHTS);
  });

  it('takes up a connection that ends within the same load', async () => {
    hub.faults = { cutOnce: 'model.safetensors' };
    expect(await use()).toHaveLength(1);
    expect(downloads()).toHaveLength(2);
    expect(hub.ranges).toContain(`bytes=${WEIGHTS.length >> 1}-`);
  });

  it('keeps what came when connections keep ending, for the next load', async () => {
    hub.faults = { cut: 'model.safetensors' };
    await expect(use()).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
    expect(partials()).toHaveLength(1);
    hub.faults = {};
    hub.ranges.length = 0;
    expect(await use()).toHaveLength(1);
    expect(hub.ranges).toHaveLength(1);
    expect(partials()).toEqual([]);
  });

  it('removes what was left more than a week ago, and nothing younger', async () => {
    const old = Date.now() / 1000 - 8 * 86_400;
    leave(Uint8Array.of(1), 'aaaa.incomplete.3-x');
    leave(Uint8Array.of(1), 'bbbb.incomplete.3-x');
    utimesSync(join(blobs(), 'aaaa.incomplete.3-x'), old, old);
    await use();
    expect(partials()).toEqual(['bbbb.incomplete.3-x']);
  });

  it('gives up a connection that is silent', async () => {
    vi.stubEnv('HF_HUB_DOWNLOAD_TIMEOUT', '0.1');
    hub.faults = { stall: 'model.safetensors' };
    await expect(use()).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED', message: expect.stringContaining('no byte') });
  });

  it.each<[string, () => void]>([
    ['cannot be reached', () => vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:9')],
    [
      'is down',
      () => {
        hub.faults = { status: 503 };
      },
    ],
  ])('falls back on a filled cache when the hub %s, and says so', async (_, spoil) => {
    const online = await use();
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    spoil();
    expect(await use()).toEqual(online);
    expect(warned).toHaveBeenCalledWith(
      expect.stringContaining(COMMIT),
      expect.objectContaining({ code: 'HUB_UNREACHABLE' }),
    );
    warned.mockRestore();
    await expect(use({ revision: 'v1' })).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  });

  it.each([401, 403, 404])(
    'does not take an answer for a broken connection: %i is refused with a filled cache',
    async (status) => {
      await use();
      hub.faults = { status };
      await expect(use()).rejects.toMatchObject({
        code: 'DOWNLOAD_FAILED',
        message: expect.stringContaining(`${status}`),
      });
    },
  );

  it.each(['../../../../etc/hostname', '../x', 'A'.repeat(64)])('refuses a hash that is none: %s', async (hash) => {
    hub.faults = { hash };
    await expect(use()).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED', message: expect.stringContaining('hash') });
  });

  it('refuses a size that is none', async () => {
    hub.faults = { size: 1e17 };
    await expect(use()).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED', message: expect.stringContaining('size') });
  });

  it.each(['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'])('asks nobody where %s is set', async (name) => {
    vi.stubEnv(name, '1');
    await expect(use()).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED', message: expect.stringContaining(name) });
    expect(hub.requests).toEqual([]);
  });

  it('says the same of a repository as @huggingface/hub', async () => {
    const client = hubClient('owner/model', 'main', await hubSettings(process.env, true), undefined);
    const shared = { hubUrl: hub.url, repo: 'owner/model' };
    const info = await modelInfo({ hubUrl: hub.url, name: 'owner/model', revision: 'main', additionalFields: ['sha'] });
    expect(await client.commit()).toBe(info.sha);
    const paths = ['config.json', 'model.safetensors'];
    const theirs = await pathsInfo({ ...shared, revision: COMMIT, paths });
    const ours = await client.describe(COMMIT, paths);
    expect(ours.map(({ path, size, hash }) => [path, size, hash.hex])).toEqual(
      theirs.map(({ path, size, lfs, oid }) => [path, lfs?.size ?? size, lfs?.oid ?? oid]),
    );
    for (const file of ours) {
      const bytes: Uint8Array[] = [];
      for await (const piece of client.read(COMMIT, file)) bytes.push(piece);
      const blob = await downloadFile({ ...shared, revision: COMMIT, path: file.path });
      expect(Buffer.concat(bytes).equals(Buffer.from(await blob!.arrayBuffer()))).toBe(true);
    }
  });
});

describe('hubSettings', () => {
  it('reads ~ and variables in paths, as Python does', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: braces as a shell has them
    const env = { HF_HUB_CACHE: '~/models', HF_HOME: '$ROOT/hf', HF_TOKEN_PATH: '${ROOT}/token', ROOT: '/srv' };
    expect(await hubSettings(env, true)).toMatchObject({ cache: `${homedir()}/models`, token: undefined });
    expect((await hubSettings({ HF_HOME: '$ROOT/hf', ROOT: '/srv' }, true)).cache).toBe('/srv/hf/hub');
    expect((await hubSettings({ HF_HOME: '~' }, true)).cache).toBe(join(homedir(), 'hub'));
    await expect(hubSettings({ HF_HOME: '~other/hf' }, true)).rejects.toMatchObject({ field: 'HF_HOME' });
  });

  it.each(['0', '-1', 'soon', 'Infinity'])('refuses a timeout of %s', async (text) => {
    await expect(hubSettings({ HF_HUB_DOWNLOAD_TIMEOUT: text }, false)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      field: 'HF_HUB_DOWNLOAD_TIMEOUT',
    });
  });
});

describe('a checkpoint under a URL', () => {
  it('keeps a query behind every file, and a user goes along as authorization', async () => {
    const server = await serve((request, response) => {
      const { pathname, search } = new URL(request.url ?? '', 'http://server');
      if (search !== '?sig=SECRET' || request.headers.authorization !== `Basic ${btoa('user:p@ss')}`)
        return response.writeHead(403).end();
      const name = pathname.replace('/m/', '');
      return name === 'config.json' || name === 'model.safetensors'
        ? response.end(readFileSync(join(BOLT, name)))
        : response.writeHead(404).end();
    });
    const url = (path: string) => `${server.url.replace('http://', 'http://user:p%40ss@')}${path}`;
    for (const path of ['/m?sig=SECRET', '/m/?sig=SECRET#part']) await (await loadChronos(url(path))).dispose();
    for (const [path, code] of [
      ['/m?sig=SECRET2', 'DOWNLOAD_FAILED'],
      ['/none?sig=SECRET', 'DOWNLOAD_FAILED'],
    ] as const) {
      const error = await loadChronos(url(path)).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/SECRET|user|p@ss|p%40ss/);
    }
    await server.close();
    const gone = await loadChronos(url('/m?sig=SECRET')).catch((caught: unknown) => caught);
    expect(inspect(gone, { depth: 9, showHidden: true })).not.toMatch(/SECRET|user|p@ss|p%40ss/);
  });

  it.each([
    ['http://u:pw@host:1/a/b?X-Amz-Signature=abc&y=1#z failed', 'http://host:1/a/b?*** failed'],
    ['no address', 'no address'],
    ["(https://host) 'https://host/x?y'", "(https://host) 'https://host/x?***'"],
  ])('shows %s as %s', (text, shown) => {
    expect(redact(text)).toBe(shown);
  });
});
