import { type Booster, createBooster } from '../predict/booster.js';
import { modelFault } from './model-fault.js';
import { readModel } from './read-model.js';

/**
 * Returns the booster that a LightGBM text model describes, written by this engine or by LightGBM 2.2 and later (text version v2, v3, v4).
 *
 * Line ends may be those of any system. A model saved by LightGBM's Python package keeps its `pandas_categorical` line.
 *
 * @throws ForecastError INVALID_MODEL for text that is cut off, inconsistent or no model; UNSUPPORTED_MODEL for what this engine
 * cannot predict with.
 * @example
 * const booster = parseModel(await readFile('model.txt', 'utf8'));
 */
export function parseModel(text: string): Booster {
  if (typeof text !== 'string') throw modelFault('text', 'a string', typeof text);
  return createBooster(readModel(text));
}
