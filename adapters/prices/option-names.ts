import { invalid } from '../../src/errors.js';

/** Refuses options that nobody reads. @throws ForecastError `INVALID_ARGUMENT` naming the option and those there are */
export function checkOptionNames(where: string, options: object, names: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw invalid('INVALID_ARGUMENT', where, 'options', `of ${names.join(', ')}`, unknown);
}
