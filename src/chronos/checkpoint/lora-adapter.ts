import { ForecastError, invalid } from '../../errors.js';
import type { CheckpointFiles } from './checkpoint-files.js';
import { joinSafetensors, memorySource, type Safetensors, type TensorEntry } from './safetensors.js';

/** What an adapter_config.json says that merging needs. */
export interface LoraConfig {
  /** What the adapter was trained on: a repository's id or a folder. */
  readonly base: string | undefined;
  readonly baseRevision: string | undefined;
  readonly alpha: number;
  /** Alphas of single modules, by the end of their names. */
  readonly alphas: ReadonlyMap<string, number>;
  /** Whether the product is divided by the root of the rank in place of the rank. */
  readonly rootRank: boolean;
}

/** Settings that change what the weights mean, and the values at which they do not. */
const PLAIN: Record<string, readonly unknown[]> = {
  use_dora: [false],
  fan_in_fan_out: [false],
  bias: ['none'],
  lora_bias: [false],
  layer_replication: [],
  trainable_token_indices: [],
  target_parameters: [[]],
  init_lora_weights: [true, false, 'gaussian', 'eva'],
};

/**
 * Returns what merging needs of a parsed adapter_config.json, as PEFT writes it.
 *
 * @throws ForecastError INVALID_CHECKPOINT; UNSUPPORTED_CHECKPOINT for adapters other than LoRA, and for its kinds that are no
 *   plain products (DoRA, trained biases, bases changed by their initialisation)
 */
export function parseLoraConfig(config: unknown, name: string): LoraConfig {
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    throw invalid('INVALID_CHECKPOINT', 'loadChronos', name, 'a JSON object', config);
  const fields = config as Record<string, unknown>;
  if (fields['peft_type'] !== 'LORA')
    throw invalid('UNSUPPORTED_CHECKPOINT', 'loadChronos', `${name}: peft_type`, '"LORA"', fields['peft_type']);
  for (const [field, plain] of Object.entries(PLAIN)) {
    const value = fields[field];
    const isPlain = value === undefined || value === null || plain.includes(value);
    if (!isPlain && !(Array.isArray(value) && value.length === 0))
      throw invalid(
        'UNSUPPORTED_CHECKPOINT',
        'loadChronos',
        `${name}: ${field}`,
        plain.join(' or ') || 'absent',
        value,
      );
  }
  const patterns = Object.entries((fields['alpha_pattern'] as object | null | undefined) ?? {});
  for (const [pattern] of patterns)
    if (!/^[\w.]+$/.test(pattern))
      throw invalid('UNSUPPORTED_CHECKPOINT', 'loadChronos', `${name}: alpha_pattern`, 'names of modules', pattern);
  const { base_model_name_or_path: base, revision } = fields;
  return {
    base: typeof base === 'string' && base !== '' ? base : undefined,
    baseRevision: typeof revision === 'string' && revision !== '' ? revision : undefined,
    alpha: alphaOf(fields['lora_alpha'], name),
    alphas: new Map(patterns.map(([pattern, value]) => [pattern, alphaOf(value, name)])),
    rootRank: fields['use_rslora'] === true,
  };
}

function alphaOf(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw invalid('INVALID_CHECKPOINT', 'loadChronos', `${name}: lora_alpha`, 'a finite number', value);
}

/**
 * Returns a base model with an adapter merged into it: of every module that the adapter has, W + B A × alpha / rank in float32
 * (with the root of the rank for rank-stabilised LoRA); modules that were trained whole replace the base's.
 *
 * @throws ForecastError INVALID_CHECKPOINT when a tensor does not fit the base; UNSUPPORTED_CHECKPOINT for a kind of tensor that
 *   plain LoRA has not
 * @see https://arxiv.org/abs/2106.09685 section 4.1, https://arxiv.org/abs/2312.03732 (the root)
 */
export function mergeLora(base: CheckpointFiles, config: LoraConfig, adapter: Safetensors): CheckpointFiles {
  const merged = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const [key, entry] of adapter.tensors) {
    const name = key.replace(/^base_model\.model\./, '');
    if (name.endsWith('.lora_B.weight')) continue;
    const module = name.replace(/\.lora_A\.weight$/, '');
    if (/\.lora_(?!A\.weight$)/.test(name))
      throw invalid('UNSUPPORTED_CHECKPOINT', 'loadChronos', `tensor ${key}`, 'lora_A.weight or lora_B.weight', name);
    if (module === name) {
      const { shape } = fitting(base.weights, name, key, entry.shape);
      merged.set(name, { shape, values: adapter.floats(key) });
      continue;
    }
    const keyB = key.replace(/\.lora_A\.weight$/, '.lora_B.weight');
    const [rank, inputs] = entry.shape;
    const [outputs, rankB] = adapter.tensors.get(keyB)?.shape ?? [];
    if (entry.shape.length !== 2 || rank < 1 || rankB !== rank)
      throw invalid(
        'INVALID_CHECKPOINT',
        'loadChronos',
        `tensor ${keyB}`,
        `of shape [outputs, ${rank}]`,
        `shape [${[outputs, rankB]}]`,
      );
    const target = `${module}.weight`;
    const { shape } = fitting(base.weights, target, key, [outputs, inputs]);
    const values = base.weights.floats(target);
    const scale = alphaFor(config, module) / (config.rootRank ? Math.sqrt(rank) : rank);
    addProduct(values, adapter.floats(keyB), adapter.floats(key), { outputs, inputs, rank, scale });
    merged.set(target, { shape, values });
  }
  if (merged.size === 0)
    throw new ForecastError('INVALID_CHECKPOINT', `loadChronos: ${adapter.source.name} has no tensors of LoRA`, {
      field: adapter.source.name,
    });
  return { config: base.config, weights: joinSafetensors(base.weights.source.name, [base.weights, inMemory(merged)]) };
}

function alphaFor({ alpha, alphas }: LoraConfig, module: string): number {
  for (const [pattern, value] of alphas) if (module === pattern || module.endsWith(`.${pattern}`)) return value;
  return alpha;
}

function fitting(base: Safetensors, name: string, key: string, shape: readonly number[]): TensorEntry {
  const entry = base.tensors.get(name);
  if (entry !== undefined && String(entry.shape) === String(shape)) return entry;
  throw invalid(
    'INVALID_CHECKPOINT',
    'loadChronos',
    `tensor ${key}`,
    `for a tensor ${name} of shape [${shape}] of the base model`,
    entry === undefined ? undefined : `shape [${entry.shape}]`,
  );
}

/** weights `[outputs, inputs]` += scale × b `[outputs, rank]` a `[rank, inputs]`, in place; the product is summed in float64. */
function addProduct(
  weights: Float32Array,
  b: Float32Array,
  a: Float32Array,
  { outputs, inputs, rank, scale }: { outputs: number; inputs: number; rank: number; scale: number },
): void {
  const row = new Float64Array(inputs);
  for (let out = 0; out < outputs; out++) {
    row.fill(0);
    for (let r = 0; r < rank; r++) {
      const factor = b[out * rank + r];
      for (let i = 0; i < inputs; i++) row[i] += factor * a[r * inputs + i];
    }
    for (let i = 0; i < inputs; i++) weights[out * inputs + i] += scale * row[i];
  }
}

/** Tensors of float32 end to end, as if they were a file. */
function inMemory(merged: ReadonlyMap<string, { shape: readonly number[]; values: Float32Array }>): Safetensors {
  let size = 0;
  const tensors = new Map<string, TensorEntry>();
  for (const [name, { shape, values }] of merged) {
    tensors.set(name, { dtype: 'F32', shape, offset: size, byteLength: values.byteLength });
    size += values.byteLength;
  }
  const bytes = new Uint8Array(size);
  for (const [name, { values }] of merged)
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), tensors.get(name)!.offset);
  return { source: memorySource('merged', bytes), tensors, floats: (name) => merged.get(name)!.values };
}
