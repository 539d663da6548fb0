import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cachePlace } from '../../src/chronos/checkpoint/hub-cache.js';
import { hubClient, hubListing } from '../../src/chronos/checkpoint/hub-client.js';
import { hubSettings } from '../../src/chronos/checkpoint/hub-settings.js';
import { type LoadOptions, type LoadProgress, loadChronos } from '../../src/chronos/index.js';
import { ForecastError } from '../../src/errors.js';
import { COMMIT, type FakeHub, startFakeHub } from './fake-hub.js';
import { fixture } from './fixtures.js';

const BOLT = fixture('bolt-wide-heads');
const CLOSES = Array.from({ length: 40 }, (_, i) => 100 + (i % 7));
const files = () => ({
  'config.json': readFileSync(join(BOLT, 'config.json')),
  'model.safetensors': readFileSync(join(BOLT, 'model.safetensors')),
});

describe('loadChronos of a repository id', () => {
  let hub: FakeHub;
  let home: string;
  const cache = () => join(home, 'hub', 'models--owner--model');
  beforeEach(async () => {
    hub = await startFakeHub(files());
    home = mkdtempSync(join(tmpdir(), 'chronos-hub-'));
    vi.stubEnv('HF_ENDPOINT', `${hub.url}/`);
    vi.stubEnv('HF_HOME', home);
    for (const name of ['HF_TOKEN', 'HF_TOKEN_PATH', 'HF_HUB_OFFLINE', 'HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE'])
      vi.stubEnv(name, '');
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await hub.close();
    rmSync(home, { recursive: true, force: true });
  });

  /** Loads, forecasts once, and disposes. */
  async function use(options: LoadOptions = {}) {
    const model = await loadChronos('owner/model', options);
    const forecasts = await model.forecast([CLOSES], { horizon: 2 });
    await model.dispose();
    return forecasts;
  }
  /** What is in the cache that is no whole, named file. */
  const leftovers = () =>
    readdirSync(join(cache(), 'blobs')).filter((name) => !/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(name));

  it('gives the model of the same files in a folder, and fills the cache as Python does', async () => {
    const local = await loadChronos(BOLT);
    expect(await use()).toEqual(await local.forecast([CLOSES], { horizon: 2 }));
    await local.dispose();
    expect(readFileSync(join(cache(), 'refs', 'main'), 'utf8')).toBe(COMMIT);
    const weights = join(cache(), 'snapshots', COMMIT, 'model.safetensors');
    expect(lstatSync(weights).isSymbolicLink()).toBe(true);
    expect(readFileSync(weights)).toEqual(files()['model.safetensors']);
    expect(leftovers()).toEqual([]);
  });

  it('asks only where the branch points to when the commit is in the cache, and nothing for a commit', async () => {
    await use();
    hub.requests.length = 0;
    await use();
    expect(hub.requests).toHaveLength(1);
    expect(hub.requests[0]).toMatch(/\/revision\/main/);
    await use({ revision: COMMIT });
    expect(hub.requests).toHaveLength(1);
  });

  it('works offline from the cache, and says so when it can not', async () => {
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    await expect(use()).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('HF_HUB_OFFLINE'),
    });
    expect(hub.requests).toEqual([]);
    vi.stubEnv('HF_HUB_OFFLINE', '');
    const online = await use();
    vi.stubEnv('HF_HUB_OFFLINE', 'yes');
    hub.requests.length = 0;
    expect(await use()).toEqual(online);
    expect(hub.requests).toEqual([]);
  });

  it('honours HF_HUB_CACHE before HF_HOME', async () => {
    const other = mkdtempSync(join(tmpdir(), 'chronos-cache-'));
    vi.stubEnv('HF_HUB_CACHE', other);
    await use();
    expect(readdirSync(other)).toEqual(['models--owner--model']);
    rmSync(other, { recursive: true });
  });

  it('reports progress up to each file\u2019s size', async () => {
    const seen: LoadProgress[] = [];
    await use({ onProgress: (progress) => seen.push(progress) });
    for (const [file, bytes] of Object.entries(files()))
      expect(seen.filter((one) => one.file === file).at(-1)).toEqual({
        file,
        loaded: bytes.length,
        total: bytes.length,
      });
  });

  it('sends HF_TOKEN, of whatever service, and never tells it', async () => {
    hub.faults = { token: 'secret-token-1' };
    vi.stubEnv('HF_TOKEN', 'secret-token-2');
    const logged = ['log', 'info', 'warn', 'error', 'debug'].map((name) =>
      vi.spyOn(console, name as 'log').mockImplementation(() => {}),
    );
    const error = await use().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'DOWNLOAD_FAILED', message: expect.stringContaining('401') });
    expect(inspectAll(error)).not.toContain('secret-token');
    vi.stubEnv('HF_TOKEN', 'secret-token-1');
    expect(await use()).toHaveLength(1);
    for (const spy of logged) {
      expect(JSON.stringify(spy.mock.calls)).not.toContain('secret-token');
      spy.mockRestore();
    }
  });

  it.each<[string, () => void, LoadOptions, RegExp]>([
    ['a revision that is not there', () => {}, { revision: 'v9' }, /404/],
    [
      'a hub that does not answer',
      () => vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:9'),
      {},
      /does not give the repository/,
    ],
    [
      'a connection that ends in the middle',
      () => {
        hub.faults = { cut: 'model.safetensors' };
      },
      {},
      /download of model\.safetensors failed/,
    ],
    [
      'a file that is cut off',
      () => {
        hub.faults = { truncate: 'model.safetensors' };
      },
      {},
      /bytes/,
    ],
    [
      'a large file with another hash',
      () => {
        hub.faults = { corrupt: 'model.safetensors' };
      },
      {},
      /sha256/,
    ],
    [
      'a small file with another hash',
      () => {
        hub.faults = { corrupt: 'config.json' };
      },
      {},
      /git-sha1/,
    ],
  ])('refuses %s, keeps nothing of it, and succeeds when it is well again', async (_, spoil, options, message) => {
    spoil();
    await expect(use(options)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringMatching(message),
    });
    vi.stubEnv('HF_ENDPOINT', hub.url);
    hub.faults = {};
    expect(await use()).toHaveLength(1);
    expect(leftovers()).toEqual([]);
  });

  it('refuses a repository without weights', async () => {
    hub.faults = { missing: 'model.safetensors' };
    await expect(use()).rejects.toMatchObject({
      code: 'INVALID_CHECKPOINT',
      message: expect.stringContaining('model.safetensors'),
    });
  });

  it('refuses an adapter that is none of LoRA', async () => {
    await hub.close();
    hub = await startFakeHub({ ...files(), 'adapter_config.json': new TextEncoder().encode('{}') });
    vi.stubEnv('HF_ENDPOINT', hub.url);
    await expect(use()).rejects.toMatchObject({
      code: 'UNSUPPORTED_CHECKPOINT',
      message: expect.stringContaining('peft_type'),
    });
  });

  it('refuses a revision that leads out of the cache', async () => {
    await expect(use({ revision: '../../x' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'revision' });
  });

  it('links hard where symbolic links are not allowed', async () => {
    const refused = Object.assign(new Error('operation not permitted'), { code: 'EPERM' });
    const symlink = vi.spyOn(process.getBuiltinModule('node:fs/promises'), 'symlink').mockRejectedValue(refused);
    expect(await use()).toHaveLength(1);
    expect(symlink).toHaveBeenCalled();
    symlink.mockRestore();
    const weights = join(cache(), 'snapshots', COMMIT, 'model.safetensors');
    expect(lstatSync(weights).isSymbolicLink()).toBe(false);
    expect(readFileSync(weights)).toEqual(files()['model.safetensors']);
  });

  it('lets several loads at once share a cache', async () => {
    const [first, ...others] = await Promise.all([use(), use(), use()]);
    for (const other of others) expect(other).toEqual(first);
    expect(leftovers()).toEqual([]);
  });

  it('goes on with what another download left although that comes to its end meanwhile', async () => {
    const { 'config.json': config } = files();
    const blob = join(
      cache(),
      'blobs',
      createHash('sha1').update(`blob ${config.length}\0`).update(config).digest('hex'),
    );
    const other = `${blob}.incomplete.1-other`;
    mkdirSync(dirname(blob), { recursive: true });
    writeFileSync(other, config.subarray(0, 20));
    const client = await hubClient('owner/model', 'main', await hubSettings(process.env, true), undefined);
    const seen: number[] = [];
    const request = {
      cache: join(home, 'hub'),
      repo: 'owner/model',
      revision: 'main',
      onProgress: ({ loaded }: LoadProgress) => seen.push(loaded),
      async create(path: string) {
        rmSync(other);
        const handle = await open(path, 'wx');
        return {
          write: (piece: Uint8Array) => handle.appendFile(piece),
          sync: () => handle.sync(),
          close: () => handle.close(),
        };
      },
    };
    const missing = () => new ForecastError('DOWNLOAD_FAILED', 'absent');
    const listing = hubListing(client, COMMIT, ['config.json']);
    const place = await cachePlace(request, { commit: COMMIT, folder: '' }, missing, listing);
    expect(await place.text('config.json')).toBe(config.toString());
    expect(seen).toEqual([20, config.length]);
    expect(leftovers()).toEqual([]);
  });

  it('rejects with the reason of a signal aborted during the download, and keeps nothing', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgress = ({ file }: LoadProgress) => {
      if (file === 'model.safetensors') controller.abort(reason);
    };
    await expect(use({ signal: controller.signal, onProgress })).rejects.toBe(reason);
    expect(leftovers()).toEqual([]);
  });

  it('says that the disk is full, and keeps nothing', async () => {
    const settings = await hubSettings(process.env, true);
    const client = await hubClient('owner/model', 'main', settings, undefined);
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const create = async () => ({ write: () => Promise.reject(full), sync: async () => {}, close: async () => {} });
    const request = { cache: join(home, 'hub'), repo: 'owner/model', revision: 'main', create };
    const listing = hubListing(client, COMMIT, ['config.json']);
    const place = await cachePlace(
      request,
      { commit: COMMIT, folder: '' },
      () => new ForecastError('DOWNLOAD_FAILED', 'absent'),
      listing,
    );
    await expect(place.text('config.json')).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('no space left'),
    });
    expect(leftovers()).toEqual([]);
  });

  it('loads the same files from under a URL', async () => {
    const url = `${hub.url}/owner/model/resolve/${COMMIT}`;
    const seen: LoadProgress[] = [];
    const model = await loadChronos(url, { onProgress: (progress) => seen.push(progress) });
    expect(await model.forecast([CLOSES], { horizon: 2 })).toEqual(await use());
    expect(seen.at(-1)).toMatchObject({ file: 'model.safetensors', total: files()['model.safetensors'].length });
    await model.dispose();
    await expect(loadChronos(`${hub.url}/elsewhere`)).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  });
});

/** Everything that an error could show: its text, its fields and its causes'. */
function inspectAll(error: unknown): string {
  const seen: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) seen.push(at.message, at.stack ?? '', JSON.stringify(at));
  return seen.join('\n');
}
