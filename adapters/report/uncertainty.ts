import { blockBootstrap, type ConfidenceInterval, sumByDate, type Verdict, verdict } from '../../src/scoring/index.js';

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

/** Blocks of 20 days are drawn: from fewer than two of them, the interval would come out too narrow. */
const LEAST_DATES = 40;

/**
 * Returns the skill beside a reference with its interval by moving-block bootstrap over dates, all instruments of a date together.
 *
 * Undefined with fewer than 40 dates, and where the reference loses nothing.
 */
export function lossSkill(rows: readonly DatedLoss[], horizon: number): LossSkill | undefined {
  const saved = sumByDate(
    rows.map(({ loss, reference }) => reference - loss),
    rows.map(({ date }) => date),
  );
  const reference = sumByDate(
    rows.map((row) => row.reference),
    rows.map(({ date }) => date),
  );
  if (saved.dates.length < LEAST_DATES || !reference.sums.some((sum) => sum > 0)) return undefined;
  const skill = blockBootstrap(saved.sums, reference.sums, { horizon });
  // Forecasts that are the reference but for rounding are not "better" by 1e-17.
  const same = Math.abs(skill.estimate) < 1e-9;
  return { ...skill, verdict: same ? 'not distinguishable' : verdict(skill) };
}

/** Returns a share with its interval, drawn as `lossSkill` draws; undefined with fewer than 40 dates. */
export function shareInterval(
  rows: readonly { readonly date: string; readonly held: boolean }[],
  horizon: number,
): ShareInterval | undefined {
  const { dates, sums, counts } = sumByDate(
    rows.map(({ held }) => Number(held)),
    rows.map(({ date }) => date),
  );
  return dates.length < LEAST_DATES ? undefined : blockBootstrap(sums, counts, { horizon });
}
