import { describe, ForecastError, invalid } from '../../errors.js';
import type { ChronosFamily } from '../chronos-model.js';
import type {
  Activation,
  BarBoltConfig,
  BoltBodyConfig,
  BoltConfig,
  CheckpointConfig,
  Chronos2Config,
  T5Config,
  TransformerConfig,
} from './checkpoint-config.js';
import * as z from './config-schema.js';

const count = z.int().positive();
const levels = z
  .array(z.number().gt(0).lt(1))
  .min(2)
  .refine((list) => list.every((level, i) => i === 0 || level > list[i - 1]), 'must be strictly ascending');

const transformer = z.object({
  d_model: count,
  d_kv: count,
  d_ff: count,
  num_heads: count,
  num_layers: count,
  layer_norm_epsilon: z.number().positive().default(1e-6),
  feed_forward_proj: z.string().default('relu'),
});
const t5 = transformer.extend({
  num_decoder_layers: count.optional(),
  relative_attention_num_buckets: count.default(32),
  relative_attention_max_distance: count.default(128),
  decoder_start_token_id: z.int().min(0).default(0),
});
const patches = { context_length: count, input_patch_size: count, input_patch_stride: count, quantiles: levels };
const bolt = t5.extend({
  chronos_config: z.object({ ...patches, prediction_length: count, use_reg_token: z.boolean().default(false) }),
  chronolight: z
    .strictObject({
      input: z.enum(['raw', 'log']).default('raw'),
      anchor: z.enum(['mean', 'last']).default('mean'),
    })
    .default({ input: 'raw', anchor: 'mean' }),
});
const clip = z.tuple([z.number().negative(), z.number().positive()]);
const logChannel = { floor: z.number().positive(), max: z.number().positive() };
/** Formulas are taken by the letter: a network trained with others would read its days wrongly and say nothing. */
const barBolt = bolt.omit({ chronolight: true }).extend({
  bars: z.object({
    series: z.tuple([z.literal('open'), z.literal('high'), z.literal('low'), z.literal('close')]),
    input: z.literal('log'),
    anchor: z.literal('last'),
    scale: z.object({
      of: z.literal('sqrt((return^2 + night^2 + rogers_satchell) / 2)'),
      decay: z.number().positive().max(1),
      min: z.number().positive(),
    }),
    channels: z.tuple([
      z.object({ name: z.literal('return'), of: z.literal('close - previous close'), clip }),
      z.object({ name: z.literal('night'), of: z.literal('open - previous close'), clip }),
      z.object({
        name: z.literal('variance'),
        of: z.literal('log((night^2 + rogers_satchell) / scale^2 + floor)'),
        ...logChannel,
      }),
      z.object({
        name: z.literal('width'),
        of: z.literal('log((high - low)^2 / (4 log 2) / scale^2 + floor)'),
        ...logChannel,
      }),
    ]),
    output: z.literal(
      'rows [levels + 1, horizon]; quantile = scale * exp(clip(last row, -3, 3)) * level row, then sorted',
    ),
  }),
});
const chronosT5 = t5.extend({
  vocab_size: count,
  tie_word_embeddings: z.boolean().default(true),
  // Written by transformers 5, which says in it what tie_word_embeddings said before: there, that one is always true.
  scale_decoder_outputs: z.boolean().optional(),
  chronos_config: z.object({
    tokenizer_class: z.literal('MeanScaleUniformBins'),
    tokenizer_kwargs: z.object({ low_limit: z.number(), high_limit: z.number() }),
    context_length: count,
    prediction_length: count,
    n_tokens: count,
    n_special_tokens: count,
    pad_token_id: z.int().min(0),
    eos_token_id: z.int().min(0),
    use_eos_token: z.boolean(),
    model_type: z.literal('seq2seq'),
    temperature: z.number().positive().default(1),
    top_k: z.int().min(0).nullable().default(50),
    top_p: z.number().gt(0).max(1).nullable().default(1),
  }),
});
const chronos2 = transformer.extend({
  rope_theta: z.number().positive().default(10000),
  reg_token_id: z.int().min(0).default(1),
  chronos_config: z.object({
    ...patches,
    output_patch_size: count,
    max_output_patches: count.default(1),
    time_encoding_scale: count.nullish(),
    use_arcsinh: z.boolean().default(false),
    use_reg_token: z.boolean().default(false),
  }),
});

/** The architectures of config.json and the families that they are. */
const FAMILIES: Record<string, ChronosFamily> = {
  ChronosBoltModelForForecasting: 'chronos-bolt',
  BarBolt: 'bar-bolt',
  T5ForConditionalGeneration: 'chronos-t5',
  Chronos2Model: 'chronos-2',
};

/**
 * Returns the checked config of a checkpoint.
 *
 * @param config the parsed config.json
 * @param name what the file is called in errors
 * @throws ForecastError INVALID_CHECKPOINT when a field is missing or out of range; UNSUPPORTED_CHECKPOINT when it is no
 *   Chronos checkpoint, or one with a part that this engine does not compute
 */
export function parseConfig(config: unknown, name = 'config.json'): CheckpointConfig {
  if (typeof config !== 'object' || config === null)
    throw invalid('INVALID_CHECKPOINT', 'loadChronos', name, 'a JSON object', config);
  const { architectures, chronos_config: chronosConfig } = config as Record<string, unknown>;
  const architecture: unknown = Array.isArray(architectures) ? architectures[0] : architectures;
  const isWord = typeof architecture === 'string';
  const family = isWord && Object.hasOwn(FAMILIES, architecture) ? FAMILIES[architecture] : undefined;
  if (family === undefined) {
    const came = isWord ? architecture.slice(0, 80) : describe(architecture);
    throw unsupported(`${name}: architectures`, `one of ${Object.keys(FAMILIES).join(', ')}`, came);
  }
  if (typeof chronosConfig !== 'object' || chronosConfig === null)
    throw unsupported(`${name}: chronos_config`, 'the object that every Chronos checkpoint has', 'none');
  if (family === 'chronos-bolt') return boltConfig(config, name);
  if (family === 'bar-bolt') return barBoltConfig(config, name);
  return family === 'chronos-t5' ? t5Config(config, name) : chronos2Config(config, name);
}

function boltConfig(config: object, name: string): BoltConfig {
  const parsed = check(bolt, config, name);
  return { family: 'chronos-bolt', ...boltBody(parsed, name), transform: parsed.chronolight };
}

function barBoltConfig(config: object, name: string): BarBoltConfig {
  const parsed = check(barBolt, config, name);
  const { scale, channels } = parsed.bars;
  const [move, night, variance, width] = channels;
  return {
    family: 'bar-bolt',
    ...boltBody(parsed, name),
    bars: {
      decay: scale.decay,
      minScale: scale.min,
      returnClip: move.clip,
      nightClip: night.clip,
      variance: { floor: variance.floor, max: variance.max },
      width: { floor: width.floor, max: width.max },
    },
  };
}

function boltBody(parsed: Omit<z.infer<typeof bolt>, 'chronolight'>, name: string): BoltBodyConfig {
  const { chronos_config: chronos } = parsed;
  checkStride(chronos, name);
  const start = parsed.decoder_start_token_id;
  if (start > (chronos.use_reg_token ? 1 : 0))
    throw invalid(
      'INVALID_CHECKPOINT',
      'loadChronos',
      `${name}: decoder_start_token_id`,
      'a row of shared.weight',
      start,
    );
  return {
    ...encoderDecoder(parsed, name),
    regToken: chronos.use_reg_token ? 1 : undefined,
    contextLength: chronos.context_length,
    predictionLength: chronos.prediction_length,
    patchSize: chronos.input_patch_size,
    levels: chronos.quantiles,
  };
}

function t5Config(config: object, name: string): T5Config {
  const modelType = (config as { chronos_config: { model_type?: unknown } }).chronos_config.model_type;
  if (modelType !== 'seq2seq') throw unsupported(`${name}: chronos_config.model_type`, '"seq2seq"', modelType);
  const parsed = check(chronosT5, config, name);
  const { chronos_config: chronos } = parsed;
  const bins = chronos.n_tokens - chronos.n_special_tokens - 1;
  if (bins < 2 || chronos.n_tokens > parsed.vocab_size)
    throw invalid(
      'INVALID_CHECKPOINT',
      'loadChronos',
      `${name}: n_tokens`,
      'between 3 + n_special_tokens and vocab_size',
      chronos.n_tokens,
    );
  const rows = [
    ['decoder_start_token_id', parsed.decoder_start_token_id],
    ['chronos_config.pad_token_id', chronos.pad_token_id],
    ['chronos_config.eos_token_id', chronos.eos_token_id],
  ] as const;
  for (const [field, id] of rows)
    if (id >= parsed.vocab_size)
      throw invalid('INVALID_CHECKPOINT', 'loadChronos', `${name}: ${field}`, 'below vocab_size', id);
  return {
    family: 'chronos-t5',
    ...encoderDecoder(parsed, name),
    vocabSize: parsed.vocab_size,
    tied: parsed.tie_word_embeddings,
    scaledOutput: parsed.scale_decoder_outputs ?? parsed.tie_word_embeddings,
    contextLength: chronos.context_length,
    predictionLength: chronos.prediction_length,
    tokens: chronos.n_tokens,
    specialTokens: chronos.n_special_tokens,
    padToken: chronos.pad_token_id,
    eosToken: chronos.eos_token_id,
    appendEos: chronos.use_eos_token,
    lowLimit: chronos.tokenizer_kwargs.low_limit,
    highLimit: chronos.tokenizer_kwargs.high_limit,
    temperature: chronos.temperature,
    topK: chronos.top_k ?? 0,
    topP: chronos.top_p ?? 1,
  };
}

function chronos2Config(config: object, name: string): Chronos2Config {
  const parsed = check(chronos2, config, name);
  const { chronos_config: chronos } = parsed;
  checkStride(chronos, name);
  if (chronos.output_patch_size !== chronos.input_patch_size)
    throw unsupported(
      `${name}: output_patch_size`,
      `input_patch_size (${chronos.input_patch_size})`,
      chronos.output_patch_size,
    );
  if (parsed.feed_forward_proj.startsWith('gated-'))
    throw unsupported(`${name}: feed_forward_proj`, 'without a gate in Chronos-2', parsed.feed_forward_proj);
  if (parsed.d_kv % 2 !== 0) throw invalid('INVALID_CHECKPOINT', 'loadChronos', `${name}: d_kv`, 'even', parsed.d_kv);
  return {
    family: 'chronos-2',
    ...encoder(parsed, name),
    ropeTheta: parsed.rope_theta,
    regToken: chronos.use_reg_token ? parsed.reg_token_id : undefined,
    contextLength: chronos.context_length,
    patchSize: chronos.input_patch_size,
    maxOutputPatches: chronos.max_output_patches,
    timeEncodingScale: chronos.time_encoding_scale ?? chronos.context_length,
    useArcsinh: chronos.use_arcsinh,
    levels: chronos.quantiles,
  };
}

function encoder(parsed: z.infer<typeof transformer>, name: string): TransformerConfig {
  return {
    dModel: parsed.d_model,
    dKv: parsed.d_kv,
    dFf: parsed.d_ff,
    numHeads: parsed.num_heads,
    numLayers: parsed.num_layers,
    layerNormEpsilon: parsed.layer_norm_epsilon,
    ...feedForward(parsed.feed_forward_proj, name),
  };
}

function encoderDecoder(parsed: z.infer<typeof t5>, name: string) {
  return {
    ...encoder(parsed, name),
    numDecoderLayers: parsed.num_decoder_layers ?? parsed.num_layers,
    decoderStartToken: parsed.decoder_start_token_id,
    relativeBuckets: parsed.relative_attention_num_buckets,
    relativeMaxDistance: parsed.relative_attention_max_distance,
  };
}

/** Reads "relu", "gated-gelu", ... as Hugging Face's T5 does: there, "gated-gelu" means the tanh approximation. */
function feedForward(projection: string, name: string): { activation: Activation; gated: boolean } {
  const gated = projection.startsWith('gated-');
  const word = projection === 'gated-gelu' ? 'gelu_new' : projection.replace('gated-', '');
  const activation = word === 'swish' ? 'silu' : word;
  if (activation !== 'relu' && activation !== 'gelu' && activation !== 'gelu_new' && activation !== 'silu')
    throw unsupported(`${name}: feed_forward_proj`, 'relu, gelu, gelu_new or silu, plain or gated', projection);
  return { activation, gated };
}

function checkStride(chronos: { input_patch_size: number; input_patch_stride: number }, name: string): void {
  if (chronos.input_patch_stride !== chronos.input_patch_size)
    throw unsupported(
      `${name}: input_patch_stride`,
      `input_patch_size (${chronos.input_patch_size})`,
      chronos.input_patch_stride,
    );
}

function check<T>(schema: z.Schema<T>, config: object, name: string): T {
  return schema.read(config, '', (field, expected, actual) => {
    throw new ForecastError('INVALID_CHECKPOINT', `loadChronos: ${name}: ${field} must be ${expected}, got ${actual}`, {
      field,
      expected,
      actual,
    });
  });
}

function unsupported(field: string, expected: string, actual: unknown): ForecastError {
  return invalid('UNSUPPORTED_CHECKPOINT', 'loadChronos', field, expected, actual);
}
