import { PARAMETERS } from '../parameters/parameter-table.js';
import type { Params } from '../parameters/params.js';
import { formatG } from '../text/format-number.js';

/** Native writes these five before all others, whether or not the table marks them as saved. */
const HEAD = ['boosting', 'objective', 'metric', 'tree_learner', 'device_type'];

/** Returns the lines of a model's `parameters:` block, as LightGBM 4.6 writes them: `[name: value]`, one a line. */
export function parametersBlock({ all }: Params): string {
  const saved = PARAMETERS.filter((parameter) => parameter.saved).map((parameter) => parameter.name);
  return [...HEAD, ...saved].map((name) => `[${name}: ${written(all[name])}]\n`).join('');
}

function written(value: number | boolean | string): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'number' ? formatG(value, 6) : value;
}
