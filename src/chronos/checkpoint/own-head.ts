import type { CheckpointConfig } from './checkpoint-config.js';
import type { Safetensors } from './safetensors.js';

/** The output layer of a Chronos-T5 checkpoint that does not use its embedding for it. */
export const HEAD = 'lm_head.weight';

/**
 * Returns the config with `tied` as the weights have it: an output layer of their own is used, whatever config.json says.
 *
 * transformers 5 writes `tie_word_embeddings: true` for every T5, also beside a head that is not the embedding.
 */
export function withOwnHead(config: CheckpointConfig, { tensors }: Safetensors): CheckpointConfig {
  return config.family === 'chronos-t5' && tensors.has(HEAD) ? { ...config, tied: false } : config;
}
