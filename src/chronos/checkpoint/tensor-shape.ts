import { invalid } from '../../errors.js';
import type { Safetensors } from './safetensors.js';

/** A file of tensors, as far as networks read it. */
export type WeightFile = Pick<Safetensors, 'source' | 'tensors'>;

/** Throws INVALID_CHECKPOINT unless the weights have a tensor of that name and shape. */
export function checkShape(weights: WeightFile, name: string, shape: readonly number[]): void {
  const entry = weights.tensors.get(name);
  const matches = entry?.shape.length === shape.length && entry.shape.every((dim, i) => dim === shape[i]);
  if (!matches)
    throw invalid(
      'INVALID_CHECKPOINT',
      'loadChronos',
      `tensor ${name}`,
      `float values of shape [${shape}], as config.json says`,
      entry === undefined ? undefined : `shape [${entry.shape}]`,
    );
}
