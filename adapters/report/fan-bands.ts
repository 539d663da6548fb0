import type { IntervalCalibration } from '../../src/ensemble/index.js';
import { type CombinedStep, MEMBER_NAMES } from '../../src/ensemble/index.js';

/** A central interval of a forecast. */
export interface FanBand {
  /** Nominal probability inside, in (0, 1). */
  readonly level: number;
  readonly low: number;
  readonly high: number;
}

/** Nested around the interval of 80 %. */
const INNER_LEVELS = [0.6, 0.4, 0.2];

/**
 * Returns a step's central intervals, widest first: the interval of 80 % always; those inside it where every member with a weight
 * has the quantiles. They are pooled and stretched as the interval is, and kept inside the wider one.
 */
export function fanBands(step: CombinedStep & { readonly calibration?: IntervalCalibration }): FanBand[] {
  const bands: FanBand[] = [{ level: 0.8, low: step.ciLow, high: step.ciHigh }];
  for (const level of INNER_LEVELS) {
    const low = pooledQuantile(step, (1 - level) / 2);
    const high = pooledQuantile(step, (1 + level) / 2);
    if (low === undefined || high === undefined) continue;
    const { low: stretchLow, high: stretchHigh } = step.calibration ?? { low: 1, high: 1 };
    const outer = bands[bands.length - 1];
    bands.push({
      level,
      low: Math.max(outer.low, step.pointClose - stretchLow * (step.pointClose - low)),
      high: Math.min(outer.high, step.pointClose + stretchHigh * (high - step.pointClose)),
    });
  }
  return bands;
}

function pooledQuantile(step: CombinedStep, level: number): number | undefined {
  let sum = 0;
  for (const name of MEMBER_NAMES) {
    if (!(step.weights[name] > 0)) continue;
    const member = step.members[name];
    // 0.3 and (1 - 0.4) / 2 differ in their last bit.
    const index = member?.levels?.findIndex((own) => Math.abs(own - level) < 1e-9) ?? -1;
    const value = member?.quantiles?.[index];
    if (value === undefined) return undefined;
    sum += step.weights[name] * value;
  }
  return sum;
}
