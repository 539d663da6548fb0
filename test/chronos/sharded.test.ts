import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memorySource, openSafetensors } from '../../src/chronos/checkpoint/safetensors.js';
import { type CheckpointSource, type LoadOptions, loadChronos } from '../../src/chronos/index.js';
import { startFakeHub } from './fake-hub.js';
import { fixture } from './fixtures.js';
import { safetensors } from './safetensors-bytes.js';

const CLOSES = Array.from({ length: 40 }, (_, i) => 100 + (i % 7));
const [FIRST, SECOND] = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
const INDEX = 'model.safetensors.index.json';

/** The files of a fixture as transformers saves them with a small max_shard_size. */
function shards(name: string): Record<string, Uint8Array> {
  const file = openSafetensors(memorySource(name, readFileSync(join(fixture(name), 'model.safetensors'))));
  const parts: Parameters<typeof safetensors>[0][] = [{}, {}];
  const map: Record<string, string> = {};
  [...file.tensors].forEach(([tensor, { dtype, shape, offset, byteLength }], i) => {
    parts[i % 2][tensor] = { dtype, shape: [...shape], data: file.source.read(offset, byteLength) };
    map[tensor] = i % 2 === 0 ? FIRST : SECOND;
  });
  return {
    'config.json': readFileSync(join(fixture(name), 'config.json')),
    [FIRST]: safetensors(parts[0]),
    [SECOND]: safetensors(parts[1]),
    [INDEX]: new TextEncoder().encode(JSON.stringify({ metadata: { total_size: 1 }, weight_map: map })),
  };
}

describe('a checkpoint whose weights lie in several files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chronos-shards-'));
    vi.stubEnv('HF_HOME', join(folder, 'home'));
    for (const name of ['HF_TOKEN', 'HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE', 'HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'])
      vi.stubEnv(name, '');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  function write(files: Record<string, Uint8Array>, under = ''): string {
    const place = join(folder, under);
    mkdirSync(place, { recursive: true });
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(place, name), bytes);
    return folder;
  }
  async function use(source: CheckpointSource, options?: LoadOptions) {
    const model = await loadChronos(source, options);
    const forecasts = await model.forecast([CLOSES], { horizon: 3, numSamples: 2 });
    await model.dispose();
    return forecasts;
  }

  it.each(['bolt-wide-heads', 'bolt-gated-f16', 't5-wide-heads', 'chronos2-wide-heads'])(
    'gives the numbers of the same weights in one file: %s',
    async (name) => {
      expect(await use(write(shards(name)))).toEqual(await use(fixture(name)));
    },
  );

  it('is read from a folder within a folder, a URL and a repository, and from the cache without a request', async () => {
    const expected = await use(fixture('bolt-wide-heads'));
    const files = shards('bolt-wide-heads');
    expect(await use(write(files, 'sizes/tiny'), { subfolder: 'sizes/tiny' })).toEqual(expected);
    await expect(use(folder)).rejects.toMatchObject({ code: 'INVALID_CHECKPOINT' });
    const under = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`sizes/tiny/${name}`, bytes]));
    const hub = await startFakeHub(under);
    vi.stubEnv('HF_ENDPOINT', hub.url);
    expect(await use('owner/model', { subfolder: 'sizes/tiny' })).toEqual(expected);
    hub.requests.length = 0;
    expect(await use('owner/model', { subfolder: 'sizes/tiny' })).toEqual(expected);
    expect(hub.requests).toHaveLength(1);
    const commit = /[0-9a-f]{40}/.exec(
      readFileSync(join(folder, 'home/hub/models--owner--model/refs/main'), 'utf8'),
    )![0];
    expect(await use('owner/model', { revision: commit, subfolder: 'sizes/tiny' })).toEqual(expected);
    expect(hub.requests).toHaveLength(1);
    await expect(use('owner/model')).rejects.toMatchObject({
      code: 'INVALID_CHECKPOINT',
      message: expect.stringContaining('has no config.json'),
    });
    const url = `${hub.url}/owner/model/resolve/${commit}`;
    expect(await use(url, { subfolder: 'sizes/tiny' })).toEqual(expected);
    await hub.close();
  });

  it('is read from several files in memory', async () => {
    const files = shards('bolt-wide-heads');
    const source = {
      config: JSON.parse(new TextDecoder().decode(files['config.json'])),
      weights: [files[FIRST], files[SECOND]],
    };
    expect(await use(source)).toEqual(await use(fixture('bolt-wide-heads')));
  });

  it.each<[string, (files: Record<string, Uint8Array>) => void, RegExp]>([
    ['a file is missing', (files) => delete files[SECOND], /has no model-00002/],
    ['a file is cut off', (files) => Object.assign(files, { [SECOND]: files[SECOND].subarray(0, 4000) }), /must have/],
    [
      'the index leads out of the folder',
      (files) => index(files, (map) => ({ ...map, 'shared.weight': '../x.safetensors' })),
      /shared\.weight/,
    ],
    [
      'the index contradicts a file',
      (files) => index(files, (map) => ({ ...map, 'shared.weight': map['shared.weight'] === FIRST ? SECOND : FIRST })),
      /shared\.weight/,
    ],
    ['the index is empty', (files) => index(files, () => ({})), /weight_map/],
    ['the index is no JSON', (files) => Object.assign(files, { [INDEX]: new Uint8Array(3) }), /no JSON/],
  ])('is refused when %s', async (_, spoil, message) => {
    const files = shards('bolt-wide-heads');
    spoil(files);
    await expect(use(write(files))).rejects.toMatchObject({
      code: 'INVALID_CHECKPOINT',
      message: expect.stringMatching(message),
    });
  });

  it.each(['..', '../x', '/etc', 'a//b', 'a/../b', ''])('refuses the subfolder %j', async (subfolder) => {
    const loaded = use(fixture('bolt-wide-heads'), { subfolder });
    await expect(loaded).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'subfolder' });
  });
});

function index(files: Record<string, Uint8Array>, change: (map: Record<string, string>) => object): void {
  const whole = JSON.parse(new TextDecoder().decode(files[INDEX]));
  files[INDEX] = new TextEncoder().encode(JSON.stringify({ ...whole, weight_map: change(whole.weight_map) }));
}
