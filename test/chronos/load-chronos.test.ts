import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { loadChronos, type OrtRuntime } from '../../src/chronos/index.js';
import { fixture } from './fixtures.js';

const BOLT = fixture('bolt-wide-heads');
const CLOSES = Array.from({ length: 40 }, (_, i) => 100 + (i % 7));

const folders: string[] = [];
/** A copy of a checkpoint that may be spoilt. */
function copy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chronos-'));
  folders.push(folder);
  cpSync(BOLT, folder, { recursive: true });
  return folder;
}
/** A copy with its config changed. */
function withConfig(change: (config: Record<string, unknown>) => object): string {
  const folder = copy();
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))));
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('loadChronos', () => {
  it('loads a folder, its file: URL and its two files in memory to the same model', async () => {
    const memory = {
      config: readFileSync(join(BOLT, 'config.json'), 'utf8'),
      weights: readFileSync(join(BOLT, 'model.safetensors')),
    };
    const forecasts = [];
    for (const source of [BOLT, pathToFileURL(BOLT), memory, { ...memory, config: JSON.parse(memory.config) }]) {
      const model = await loadChronos(source);
      forecasts.push(await model.forecast([CLOSES], { horizon: 3 }));
      await model.dispose();
    }
    for (const forecast of forecasts) expect(forecast).toEqual(forecasts[0]);
  });

  it.each<[string, () => string, string, RegExp]>([
    ['a folder that is not there', () => join(tmpdir(), 'no', 'such', 'folder'), 'INVALID_CHECKPOINT', /source/],
    ['a folder without a config', () => remove('config.json'), 'INVALID_CHECKPOINT', /has no config\.json/],
    ['a folder without weights', () => remove('model.safetensors'), 'INVALID_CHECKPOINT', /has no model\.safetensors/],
    ['pickled weights', () => pickled(), 'UNSUPPORTED_CHECKPOINT', /safetensors/],
    ['an adapter that is none of LoRA', () => adapter(), 'UNSUPPORTED_CHECKPOINT', /peft_type/],
    ['a config cut off', () => cut('config.json', 30), 'INVALID_CHECKPOINT', /no JSON/],
    ['weights cut off', () => cut('model.safetensors', 9000), 'INVALID_CHECKPOINT', /must have/],
    [
      'another architecture',
      () => withConfig((c) => ({ ...c, architectures: ['BertModel'] })),
      'UNSUPPORTED_CHECKPOINT',
      /architectures/,
    ],
    [
      'a T5 that is no Chronos',
      () => withConfig(({ chronos_config: _, ...c }) => c),
      'UNSUPPORTED_CHECKPOINT',
      /chronos_config/,
    ],
    [
      'an activation unknown here',
      () => withConfig((c) => ({ ...c, feed_forward_proj: 'mish' })),
      'UNSUPPORTED_CHECKPOINT',
      /feed_forward_proj/,
    ],
    ['a field missing', () => withConfig(({ d_model: _, ...c }) => c), 'INVALID_CHECKPOINT', /d_model/],
    [
      'a config that does not fit the weights',
      () => withConfig((c) => ({ ...c, d_ff: 17 })),
      'INVALID_CHECKPOINT',
      /tensor input_patch_embedding\.hidden_layer\.weight/,
    ],
    [
      'more layers than the weights have',
      () => withConfig((c) => ({ ...c, num_layers: 3 })),
      'INVALID_CHECKPOINT',
      /tensor encoder\.block\.2/,
    ],
    [
      'a transform unknown here',
      () => withConfig((c) => ({ ...c, chronolight: { input: 'sqrt' } })),
      'INVALID_CHECKPOINT',
      /chronolight/,
    ],
  ])('refuses %s', async (_, make, code, message) => {
    await expect(loadChronos(make())).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('refuses a runtime that is none, a precision and threads out of range', async () => {
    await expect(loadChronos(BOLT, { ort: {} as OrtRuntime })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      field: 'ort',
    });
    await expect(loadChronos(BOLT, { precision: 'fp16' as 'fp32' })).rejects.toMatchObject({ field: 'precision' });
    await expect(loadChronos(BOLT, { threads: 0 })).rejects.toMatchObject({ field: 'threads' });
  });

  it('rejects with the reason of a signal that is aborted', async () => {
    const reason = new Error('enough');
    await expect(loadChronos(BOLT, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  function remove(name: string): string {
    const folder = copy();
    rmSync(join(folder, name));
    return folder;
  }
  function cut(name: string, length: number): string {
    const folder = copy();
    truncateSync(join(folder, name), length);
    return folder;
  }
  function pickled(): string {
    const folder = remove('model.safetensors');
    writeFileSync(join(folder, 'pytorch_model.bin'), '');
    return folder;
  }
  function adapter(): string {
    const folder = copy();
    writeFileSync(join(folder, 'adapter_config.json'), '{}');
    return folder;
  }
});
