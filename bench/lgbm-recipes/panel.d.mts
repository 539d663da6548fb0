import type { PriceSeries } from '../../src/series/index.js';

export const DECILES: readonly number[];
export interface PanelRow {
  instrument: number;
  t: number;
  horizon: number;
  date: string;
  /** The log return that came. */
  actual: number;
  reference: { levels: readonly number[]; quantiles: number[] };
}
export function readPanel(
  folder: string,
  options: { step: number; offset: number },
): Promise<{ code: string; series: PriceSeries }[]>;
export function scoredRows(
  panel: readonly { code: string; series: PriceSeries }[],
  options: { from: string; to: string; horizons: readonly number[]; stride: number },
): PanelRow[];
