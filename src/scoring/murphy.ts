import { invalid } from '../errors.js';
import { checkColumn, checkCount, checkLength } from './check-rows.js';

/** What a Brier score is made of: score = reliability - resolution + uncertainty + withinBins. */
export interface MurphyDecomposition {
  /** The Brier score of the event: mean of (probability - event)², in [0, 1]. */
  score: number;
  /** How far what was foretold lies from what came of it, >= 0; 0 if calibrated. */
  reliability: number;
  /** How far what came differs between forecasts, >= 0; 0 if the forecasts tell nothing apart. */
  resolution: number;
  /** Variance of the event, in [0, 0.25]: the score of naming its share every time. */
  uncertainty: number;
  /** What unlike probabilities in one bin add; 0 without bins. */
  withinBins: number;
}

/**
 * Returns Murphy's decomposition of the Brier score of the probability of an event.
 *
 * Without `bins` rows are taken together that have the same probability, and the three parts are exact. Probabilities that hardly repeat make that
 * meaningless (each row is its own group): then give `bins`, equal stretches (from, to] of [0, 1] as in reliabilityCurve, and what the
 * probabilities within a bin differ in stands apart.
 *
 * @param probabilities [rows], each in [0, 1]
 * @param events [rows], 1 if the event came, 0 if not
 * @throws ForecastError `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` for lengths that do not fit, values out of range, or bins < 1
 * @see Murphy 1973, J. Applied Meteorology 12; Stephenson, Coelho & Jolliffe 2008, Weather and Forecasting 23, for what bins add
 */
export function murphyDecomposition(
  probabilities: ArrayLike<number>,
  events: ArrayLike<number>,
  { bins }: { bins?: number | undefined } = {},
): MurphyDecomposition {
  const where = 'murphyDecomposition';
  checkColumn(where, 'probabilities', probabilities);
  checkColumn(where, 'events', events);
  checkLength(where, 'events', events, probabilities.length);
  if (bins !== undefined) checkCount(where, 'bins', bins);
  const groups = new Map<number, { foretold: number; came: number; count: number }>();
  const rows = probabilities.length;
  let [score, total] = [0, 0];
  for (let i = 0; i < rows; i++) {
    const [p, event] = [probabilities[i], events[i]];
    if (p < 0 || p > 1) throw invalid('INVALID_ARGUMENT', where, `probabilities[${i}]`, 'in [0, 1]', p);
    if (event !== 0 && event !== 1) throw invalid('INVALID_ARGUMENT', where, `events[${i}]`, '0 or 1', event);
    const key = bins === undefined ? p : Math.max(0, Math.ceil(p * bins) - 1);
    const group = groups.get(key) ?? { foretold: 0, came: 0, count: 0 };
    group.foretold += p;
    group.came += event;
    group.count++;
    groups.set(key, group);
    score += (p - event) ** 2 / rows;
    total += event;
  }
  const share = total / rows;
  let [reliability, resolution] = [0, 0];
  for (const { foretold, came, count } of groups.values()) {
    reliability += (count / rows) * ((foretold - came) / count) ** 2;
    resolution += (count / rows) * (came / count - share) ** 2;
  }
  const uncertainty = share * (1 - share);
  const withinBins = bins === undefined ? 0 : score - (reliability - resolution + uncertainty);
  return { score, reliability, resolution, uncertainty, withinBins };
}
