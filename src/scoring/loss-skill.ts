import { mean } from '../stats/index.js';
import { dieboldMariano } from './diebold-mariano.js';
import { studentTCdf } from './student-t-cdf.js';
import { sumByDate } from './sum-by-date.js';
import { type ConfidenceInterval, type Verdict, verdict } from './verdict.js';

/** The losses of a forecast and of what it is compared with, and the base date that it was made on. */
export interface DatedLoss {
  readonly date: string;
  readonly loss: number;
  readonly reference: number;
}

/** 1 - loss / the reference's loss, its 95 % interval, and whether it can be told from none. */
export type LossSkill = Readonly<ConfidenceInterval> & { readonly verdict: Verdict };

/** A share's 95 % interval. */
export type ShareInterval = Readonly<ConfidenceInterval>;

/** Fewer dates, or fewer that do not overlap, say nothing about their own scatter. */
const LEAST_DATES = 40;
const LEAST_APART = 8;

/**
 * Returns the skill beside a reference with an interval from the Diebold-Mariano test on daily means.
 *
 * All instruments of a date count as one. Overlap is allowed for by Bartlett weights up to lag max(2 h - 1, Newey & West's) and
 * Student's t with dates / h - 1 degrees of freedom: of forecasts without skill, 5 to 10 % get a verdict (simulated, 40 to 250
 * dates, h = 1, 3, 5), where a moving-block bootstrap in blocks of 20 gives one to 8 to 48 % (`bench/scoring/false-verdicts.mjs`).
 *
 * @returns undefined with fewer than 40 dates, or 8 that do not overlap, and where the reference loses nothing
 */
export function lossSkill(rows: readonly DatedLoss[], horizon: number): LossSkill | undefined {
  const dates = rows.map(({ date }) => date);
  const reference = mean(rows.map((row) => row.reference));
  if (!(reference > 0)) return undefined;
  const saved = sumByDate(
    rows.map((row) => row.reference - row.loss),
    dates,
  ).means;
  const half = halfWidth(saved, horizon);
  if (half === undefined) return undefined;
  const estimate = 1 - mean(rows.map(({ loss }) => loss)) / reference;
  const skill = { estimate, low: estimate - half / reference, high: estimate + half / reference };
  // Forecasts that are the reference but for rounding are not "better" by 1e-17.
  const same = Math.abs(estimate) < 1e-9;
  return { ...skill, verdict: same ? 'not distinguishable' : verdict(skill) };
}

/** Returns a share with its interval, made as in `lossSkill` and kept within [0, 1]; undefined where that is. */
export function shareInterval(
  rows: readonly { readonly date: string; readonly held: boolean }[],
  horizon: number,
): ShareInterval | undefined {
  const held = rows.map((row) => Number(row.held));
  const { means } = sumByDate(
    held,
    rows.map(({ date }) => date),
  );
  const half = halfWidth(means, horizon);
  if (half === undefined) return undefined;
  const estimate = mean(held);
  return { estimate, low: Math.max(0, estimate - half), high: Math.min(1, estimate + half) };
}

/** Half the 95 % interval of a mean over dates whose outcomes overlap. */
function halfWidth(means: Float64Array, horizon: number): number | undefined {
  const apart = means.length / horizon;
  if (means.length < LEAST_DATES || apart < LEAST_APART) return undefined;
  const lag = Math.max(2 * horizon - 1, Math.floor(4 * (means.length / 100) ** (2 / 9)));
  const { standardError } = dieboldMariano(means, new Float64Array(means.length), { horizon, lag });
  return standardError * studentTQuantile(apart - 1);
}

/** The 97.5 % quantile of Student's t, by bisection. */
function studentTQuantile(degrees: number): number {
  let [low, high] = [0, 16];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (studentTCdf(middle, degrees) < 0.975) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
