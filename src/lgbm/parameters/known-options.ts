import { describe, ForecastError } from '../../errors.js';

/**
 * Refuses an options object that is none, or that has an option which nothing reads: a misspelt option must not pass for its default.
 *
 * @throws ForecastError INVALID_ARGUMENT that names the option.
 */
export function checkOptionNames(where: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new ForecastError('INVALID_ARGUMENT', `${where}: options must be an object, got ${describe(options)}`, {
      field: 'options',
      expected: 'an object',
      actual: describe(options),
    });
  }
  for (const [name, value] of Object.entries(options)) {
    if (known.includes(name) || value === undefined) continue;
    throw new ForecastError('INVALID_ARGUMENT', `${where}: there is no option ${describe(name)}`, {
      field: name,
      expected: `one of ${known.join(', ')}`,
      actual: describe(value),
    });
  }
}
