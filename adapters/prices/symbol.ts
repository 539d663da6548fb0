import { invalid } from '../../src/errors.js';
import { checkCode } from '../../src/store/check-fields.js';
import { unknownCode } from './bar-range.js';

/** How a host's codes become a provider's symbols. */
export interface SymbolOptions {
  /** What follows the code in the symbol, for example '.KS': '005930' -> '005930.KS'. */
  suffix?: string | undefined;
  /** Returns a code's symbol, or undefined for a code that the provider does not have. Instead of `suffix`. */
  symbolOf?: ((code: string) => string | undefined) | undefined;
}

/** The names of the options, for those who add their own. */
export const SYMBOL_OPTIONS = ['suffix', 'symbolOf'] as const;

/**
 * Returns the mapping from codes to symbols; without options a code is its own symbol.
 *
 * @throws ForecastError `INVALID_ARGUMENT` for both options together; from the mapping `UNKNOWN_CODE` for a code without a
 *   symbol, `INVALID_KEY` for a symbol that is no text of 1 to 200 characters
 */
export function symbolMapping(where: string, { suffix = '', symbolOf }: SymbolOptions): (code: string) => string {
  if (typeof suffix !== 'string') throw invalid('INVALID_ARGUMENT', where, 'options.suffix', 'text', suffix);
  if (symbolOf === undefined) return (code) => code + suffix;
  if (typeof symbolOf !== 'function' || suffix !== '') {
    throw invalid('INVALID_ARGUMENT', where, 'options.symbolOf', 'a function, instead of suffix', symbolOf);
  }
  return (code) => {
    const symbol = symbolOf(code);
    if (symbol === undefined) throw unknownCode(where, code);
    return checkCode(symbol, { where, path: '' }, `symbolOf(${JSON.stringify(code)})`);
  };
}
