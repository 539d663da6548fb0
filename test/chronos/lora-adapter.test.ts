import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memorySource, openSafetensors } from '../../src/chronos/checkpoint/safetensors.js';
import { type CheckpointSource, type LoadOptions, loadChronos } from '../../src/chronos/index.js';
import { createRandom } from '../../src/stats/index.js';
import { startFakeHub } from './fake-hub.js';
import { fixture } from './fixtures.js';
import { safetensors } from './safetensors-bytes.js';

const BASE = fixture('chronos2-wide-heads');
const CLOSES = Array.from({ length: 40 }, (_, i) => 100 + (i % 7));
const Q = 'encoder.block.0.layer.0.self_attention.q';
const OUT = 'output_patch_embedding.output_layer';
const WHOLE = 'encoder.final_layer_norm.weight';
const [RANK, ALPHA] = [2, 3];

type Tensors = Parameters<typeof safetensors>[0];
const weights = () => openSafetensors(memorySource('base', readFileSync(join(BASE, 'model.safetensors'))));
const tensor = (shape: number[], values: Float32Array) => ({
  dtype: 'F32',
  shape,
  data: new Uint8Array(values.buffer.slice(0)),
});

/** Tensors as PEFT saves those of Chronos-2's own fit(): attention and output layer; and one module trained whole. */
function adapterTensors(): Tensors {
  const random = createRandom(5);
  const draw = (...shape: number[]) =>
    tensor(
      shape,
      Float32Array.from({ length: shape[0] * (shape[1] ?? 1) }, () => random.normal() / 4),
    );
  const tensors: Tensors = {};
  for (const module of [Q, OUT]) {
    const [outputs, inputs] = weights().tensors.get(`${module}.weight`)!.shape;
    tensors[`base_model.model.${module}.lora_A.weight`] = draw(RANK, inputs);
    tensors[`base_model.model.${module}.lora_B.weight`] = draw(outputs, RANK);
  }
  tensors[`base_model.model.${WHOLE}`] = draw(...weights().tensors.get(WHOLE)!.shape);
  return tensors;
}

const CONFIG = {
  peft_type: 'LORA',
  base_model_name_or_path: BASE,
  r: RANK,
  lora_alpha: ALPHA,
  target_modules: ['self_attention.q', OUT],
  bias: 'none',
  use_dora: false,
  use_rslora: false,
  fan_in_fan_out: false,
  init_lora_weights: true,
  alpha_pattern: {},
  rank_pattern: {},
  modules_to_save: null,
};

describe('a LoRA adapter', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chronos-lora-'));
    vi.stubEnv('HF_HOME', join(folder, 'home'));
    for (const name of ['HF_TOKEN', 'HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE', 'HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'])
      vi.stubEnv(name, '');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  function write(config: object = CONFIG, tensors = adapterTensors()): string {
    writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify(config));
    writeFileSync(join(folder, 'adapter_model.safetensors'), safetensors(tensors));
    return folder;
  }
  async function use(source: CheckpointSource, options?: LoadOptions) {
    const model = await loadChronos(source, options);
    const [{ quantiles }] = await model.forecast([CLOSES], { horizon: 3 });
    await model.dispose();
    return quantiles;
  }
  /** The base with the products added by the definition, W + B A × scale, written as a checkpoint of its own. */
  function mergedByHand(scale: (module: string) => number): string {
    const place = join(folder, 'merged');
    mkdirSync(place);
    const adapter = openSafetensors(memorySource('adapter', safetensors(adapterTensors())));
    const file = weights();
    const tensors: Tensors = {};
    for (const [name, { shape }] of file.tensors) {
      const values = name === WHOLE ? adapter.floats(`base_model.model.${name}`) : file.floats(name);
      const module = name.replace(/\.weight$/, '');
      if (adapter.tensors.has(`base_model.model.${module}.lora_A.weight`)) {
        const [a, b] = ['A', 'B'].map((which) => adapter.floats(`base_model.model.${module}.lora_${which}.weight`));
        for (let out = 0; out < shape[0]; out++)
          for (let i = 0; i < shape[1]; i++) {
            let product = 0;
            for (let r = 0; r < RANK; r++) product += b[out * RANK + r] * a[r * shape[1] + i];
            values[out * shape[1] + i] += scale(module) * product;
          }
      }
      tensors[name] = tensor([...shape], values);
    }
    writeFileSync(join(place, 'model.safetensors'), safetensors(tensors));
    cpSync(join(BASE, 'config.json'), join(place, 'config.json'));
    return place;
  }

  it.each<[string, object, (module: string) => number]>([
    ['alpha over the rank', {}, () => ALPHA / RANK],
    ['alpha over its root', { use_rslora: true }, () => ALPHA / Math.sqrt(RANK)],
    ['an alpha of one module', { alpha_pattern: { output_layer: 7 } }, (name) => (name === OUT ? 7 : ALPHA) / RANK],
  ])('is merged into its base model by %s', async (_, change, scale) => {
    const merged = await use(write({ ...CONFIG, ...change }));
    expect(merged).toEqual(await use(mergedByHand(scale)));
    expect(merged).not.toEqual(await use(BASE));
  });

  it('of the hub finds its base on the hub, from the cache without a request, or takes the one handed in', async () => {
    const expected = await use(write());
    const files = (under: string, names: string[]) =>
      Object.fromEntries(names.map((name) => [name, readFileSync(join(under, name))]));
    const adapter = files(folder, ['adapter_config.json', 'adapter_model.safetensors']);
    const hub = await startFakeHub({ ...adapter });
    vi.stubEnv('HF_ENDPOINT', hub.url);
    expect(await use('owner/model', { base: BASE })).toEqual(expected);
    // A path of this machine means nothing in an adapter from elsewhere.
    await expect(use('owner/model')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'base' });
    hub.requests.length = 0;
    expect(await use('owner/model', { base: BASE })).toEqual(expected);
    expect(hub.requests).toHaveLength(1);
    await hub.close();
  });

  it.each<[string, string, object, RegExp]>([
    ['DoRA', 'UNSUPPORTED_CHECKPOINT', { use_dora: true }, /use_dora/],
    ['trained biases', 'UNSUPPORTED_CHECKPOINT', { bias: 'all' }, /bias/],
    ['a base changed by its initialisation', 'UNSUPPORTED_CHECKPOINT', { init_lora_weights: 'pissa' }, /init_lora/],
    ['another kind', 'UNSUPPORTED_CHECKPOINT', { peft_type: 'IA3' }, /peft_type/],
    ['an expression for modules', 'UNSUPPORTED_CHECKPOINT', { alpha_pattern: { '(a+)+$': 2 } }, /alpha_pattern/],
    ['no alpha', 'INVALID_CHECKPOINT', { lora_alpha: null }, /lora_alpha/],
    ['no base', 'INVALID_ARGUMENT', { base_model_name_or_path: null }, /base/],
  ])('is refused with %s', async (_, code, change, message) => {
    const loaded = use(write({ ...CONFIG, ...change }));
    await expect(loaded).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it.each<[string, string, (tensors: Tensors) => void]>([
    ['half of a pair', 'INVALID_CHECKPOINT', (tensors) => delete tensors[`base_model.model.${Q}.lora_B.weight`]],
    [
      'a module that the base lacks',
      'INVALID_CHECKPOINT',
      (t) => Object.assign(t, { 'base_model.model.x.weight': tensor([1], new Float32Array(1)) }),
    ],
    [
      'a module of another shape',
      'INVALID_CHECKPOINT',
      (t) => Object.assign(t, { [`base_model.model.${WHOLE}`]: tensor([1], new Float32Array(1)) }),
    ],
    [
      'a magnitude',
      'UNSUPPORTED_CHECKPOINT',
      (t) => Object.assign(t, { [`base_model.model.${Q}.lora_magnitude_vector`]: tensor([1], new Float32Array(1)) }),
    ],
    [
      'no tensors',
      'INVALID_CHECKPOINT',
      (t) => {
        for (const key of Object.keys(t)) delete t[key];
      },
    ],
  ])('is refused when it has %s', async (_, code, spoil) => {
    const tensors = adapterTensors();
    spoil(tensors);
    await expect(use(write(CONFIG, tensors))).rejects.toMatchObject({ code });
  });
});
