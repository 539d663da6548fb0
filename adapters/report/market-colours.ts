import type { ColourRole } from './palette.js';

/** The colour in which a market shows prices that rise; falls are blue where rises are red, and red where they are green. */
export type RisingColour = 'red' | 'green';

/** Currencies of markets whose screens show rises in red: Korea, Japan, mainland China, Taiwan. */
const RED_RISES = new Set(['KRW', 'JPY', 'CNY', 'TWD']);

/** Returns the roles of rise and fall: as the host says, else as the market of the currency is used to. */
export function risingColour(rising: RisingColour | undefined, currency: string | undefined): RisingColour {
  return rising ?? (currency !== undefined && RED_RISES.has(currency) ? 'red' : 'green');
}

/** Returns the roles in which rises and falls are drawn. */
export function directionRoles(rising: RisingColour): { readonly up: ColourRole; readonly down: ColourRole } {
  return rising === 'red' ? { up: 'red', down: 'blue' } : { up: 'green', down: 'red' };
}
