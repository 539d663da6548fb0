import type { BarBoltConfig, BoltConfig } from '../checkpoint/checkpoint-config.js';

/** Return, night, variance and width of each day. */
export const BAR_CHANNELS = 4;

/** What goes into a network of Bolt's body and what comes out. */
export interface BoltEnds {
  /** Values of one patch: its channels' days, then the mask's. */
  readonly patchWidth: number;
  /** Rows of `predictionLength` steps in the output. */
  readonly outputRows: number;
}

/** Returns the ends of a network: one channel in and a row a level out; of bars, four channels in and a row of log factors more out. */
export function boltEnds({ family, patchSize, levels }: BoltConfig | BarBoltConfig): BoltEnds {
  if (family === 'chronos-bolt') return { patchWidth: 2 * patchSize, outputRows: levels.length };
  return { patchWidth: (BAR_CHANNELS + 1) * patchSize, outputRows: levels.length + 1 };
}
