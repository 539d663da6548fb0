import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadChronos } from '../../src/chronos/index.js';
import { fixture } from './fixtures.js';

type Config = Record<string, unknown> & { chronos_config: Record<string, unknown> };

describe('the sizes in config.json', () => {
  it.each<[string, (config: Config) => unknown, string]>([
    ['bolt-gated-f16', (c) => Object.assign(c.chronos_config, { context_length: 2e9 }), 'context_length'],
    ['bolt-gated-f16', (c) => Object.assign(c, { num_decoder_layers: 2e9 }), 'num_decoder_layers'],
    ['bolt-gated-f16', (c) => Object.assign(c, { num_decoder_layers: 2 ** 40 }), 'num_decoder_layers'],
    ['bolt-gated-f16', (c) => Object.assign(c, { num_layers: 1e9 }), 'num_layers'],
    ['bolt-gated-f16', (c) => Object.assign(c, { num_heads: 1e9 }), 'num_heads'],
    [
      'bolt-gated-f16',
      (c) => Object.assign(c, { relative_attention_num_buckets: 1 }),
      'relative_attention_num_buckets',
    ],
    [
      'bolt-gated-f16',
      (c) => Object.assign(c, { relative_attention_max_distance: 1 }),
      'relative_attention_max_distance',
    ],
    ['bolt-gated-f16', (c) => Object.assign(c, { layer_norm_epsilon: 1e300 }), 'layer_norm_epsilon'],
    ['t5-gated', (c) => Object.assign(c.chronos_config, { context_length: 2 ** 31 }), 'context_length'],
    ['t5-gated', (c) => Object.assign(c, { num_decoder_layers: 1e9 }), 'num_decoder_layers'],
    ['t5-gated', (c) => Object.assign(c, { decoder_start_token_id: 1e6 }), 'decoder_start_token_id'],
    ['t5-gated', (c) => Object.assign(c.chronos_config, { pad_token_id: 1e6 }), 'pad_token_id'],
    ['t5-gated', (c) => Object.assign(c.chronos_config, { eos_token_id: 64 }), 'eos_token_id'],
    [
      't5-gated',
      (c) => Object.assign(c.chronos_config, { tokenizer_kwargs: { low_limit: -1e300, high_limit: 1e300 } }),
      'tokenizer_kwargs',
    ],
    [
      't5-gated',
      (c) => Object.assign(c.chronos_config, { tokenizer_kwargs: { low_limit: 4, high_limit: -4 } }),
      'tokenizer_kwargs',
    ],
    ['chronos2-one-head', (c) => Object.assign(c.chronos_config, { max_output_patches: 2e9 }), 'max_output_patches'],
    ['chronos2-one-head', (c) => Object.assign(c.chronos_config, { context_length: 2 ** 45 }), 'context_length'],
    ['chronos2-one-head', (c) => Object.assign(c, { d_kv: 1e9 }), 'd_kv'],
    ['chronos2-one-head', (c) => Object.assign(c, { num_layers: 2 ** 50 }), 'num_layers'],
  ])('of %s are bounded before memory is taken by them: %s', async (name, change, field) => {
    const folder = fixture(name);
    const config = JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')) as Config;
    change(config);
    const weights = readFileSync(`${folder}/model.safetensors`);
    await expect(loadChronos({ config, weights })).rejects.toMatchObject({
      code: 'INVALID_CHECKPOINT',
      field: expect.stringContaining(field),
    });
  });

  it('are bounded for a network of bars too, whose formulas are taken by the letter', async () => {
    const folder = new URL('../../models/default/', import.meta.url);
    const weights = readFileSync(new URL('model.safetensors', folder));
    const changed = (change: (config: Config & { bars: Record<string, unknown> }) => unknown) => {
      const config = JSON.parse(readFileSync(new URL('config.json', folder), 'utf8'));
      change(config);
      return loadChronos({ config, weights });
    };
    const refused = (field: string) => ({ code: 'INVALID_CHECKPOINT', field: expect.stringContaining(field) });
    await expect(changed((c) => Object.assign(c.chronos_config, { context_length: 2e9 }))).rejects.toMatchObject(
      refused('context_length'),
    );
    await expect(changed((c) => Object.assign(c.bars, { anchor: 'mean' }))).rejects.toMatchObject(
      refused('bars.anchor'),
    );
    await expect(changed((c) => Object.assign(c.bars, { series: ['close'] }))).rejects.toMatchObject(
      refused('bars.series'),
    );
    await expect(
      changed((c) => Object.assign((c.bars['channels'] as { of: string }[])[2], { of: 'log(night^2)' })),
    ).rejects.toMatchObject(refused('bars.channels.2.of'));
    await expect(changed((c) => Object.assign(c.bars['scale'] as object, { decay: 1.5 }))).rejects.toMatchObject(
      refused('bars.scale.decay'),
    );
    await expect(changed((c) => Reflect.deleteProperty(c, 'bars'))).rejects.toMatchObject(refused('bars'));
    await expect(changed((c) => Object.assign(c.chronos_config, { prediction_length: 21 }))).rejects.toMatchObject({
      code: 'INVALID_CHECKPOINT',
      message: expect.stringContaining('output_patch_embedding'),
    });
  });
});
