import { invalid } from '../../errors.js';
import type { CheckpointConfig } from './checkpoint-config.js';
import type { Safetensors } from './safetensors.js';

/** The longest context that is read: eight times the longest published one. Tables of positions are made for as many values. */
const MOST_CONTEXT = 65_536;
/** The most patches that one run may forecast (Chronos-2, published: 64). */
const MOST_OUTPUT_PATCHES = 4096;

/** Refuses a field of config.json. */
type Refuse = (field: string, expected: string, actual: unknown) => never;

/**
 * Checks that memory for what config.json says may be taken: that its sizes are those of the tensors, and that numbers which no tensor
 * bounds are of a size that a model can have.
 *
 * @param name what the config is called in errors
 * @throws ForecastError INVALID_CHECKPOINT naming the field
 */
export function checkSizes(config: CheckpointConfig, { tensors }: Safetensors, name = 'config.json'): void {
  const refuse: Refuse = (field, expected, actual) => {
    throw invalid('INVALID_CHECKPOINT', 'loadChronos', `${name}: ${field}`, expected, actual);
  };
  if (config.contextLength > MOST_CONTEXT) refuse('context_length', `at most ${MOST_CONTEXT}`, config.contextLength);
  if (config.layerNormEpsilon > 1) refuse('layer_norm_epsilon', 'at most 1', config.layerNormEpsilon);
  const { dModel, numHeads, dKv, numLayers } = config;
  const attention = config.family === 'chronos-2' ? 'self_attention' : 'SelfAttention';
  const queries = tensors.get(`encoder.block.0.layer.0.${attention}.q.weight`)?.shape;
  if (queries !== undefined && (queries[0] !== numHeads * dKv || queries[1] !== dModel))
    refuse('num_heads, d_kv, d_model', `of the query tensor's shape [${queries}]`, `${numHeads}, ${dKv}, ${dModel}`);
  const last = (stack: string, blocks: number) => `${stack}.block.${blocks - 1}.layer.0.${attention}.q.weight`;
  if (!tensors.has(last('encoder', numLayers)))
    refuse('num_layers', `blocks that the weights hold (tensor ${last('encoder', numLayers)})`, numLayers);
  if (config.family === 'chronos-2') {
    if (config.maxOutputPatches > MOST_OUTPUT_PATCHES)
      refuse('max_output_patches', `at most ${MOST_OUTPUT_PATCHES}`, config.maxOutputPatches);
    return;
  }
  const { numDecoderLayers, relativeBuckets, relativeMaxDistance } = config;
  if (!tensors.has(last('decoder', numDecoderLayers)))
    refuse(
      'num_decoder_layers',
      `blocks that the weights hold (tensor ${last('decoder', numDecoderLayers)})`,
      numDecoderLayers,
    );
  // Below, the logarithm of a bucket's distance has no sense: T5 would divide by 0.
  if (relativeBuckets < 4) refuse('relative_attention_num_buckets', 'at least 4', relativeBuckets);
  if (relativeMaxDistance <= relativeBuckets / 2)
    refuse('relative_attention_max_distance', `above ${relativeBuckets / 2}`, relativeMaxDistance);
  if (config.family === 'chronos-t5') {
    const { lowLimit, highLimit } = config;
    if (!(lowLimit < highLimit && Math.max(-lowLimit, highLimit) <= 1e6))
      refuse('tokenizer_kwargs', 'low_limit below high_limit, both within ±1e6', `${lowLimit}, ${highLimit}`);
    for (const field of ['decoderStartToken', 'padToken', 'eosToken'] as const)
      if (config[field] >= config.vocabSize)
        refuse(TOKEN_FIELDS[field], `below vocab_size (${config.vocabSize})`, config[field]);
  }
}

const TOKEN_FIELDS = {
  decoderStartToken: 'decoder_start_token_id',
  padToken: 'pad_token_id',
  eosToken: 'eos_token_id',
};
