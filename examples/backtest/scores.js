// Scores matched forecasts as docs/evaluation.md describes it: every member and the ensemble, at each horizon.
import { directionClimatology } from 'chronolight/baselines';
import { backtestRecord, scoreForecasts } from 'chronolight/pipeline';
import {
  coverageByVolatility,
  logLosses,
  lossSkill,
  pinballLosses,
  shareInterval,
  verdict,
  worstCoverage,
} from 'chronolight/scoring';

const DECILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const DIRECTIONS = ['down', 'flat', 'up'];
const WORST_DAYS = 120;

/**
 * Returns the forecasts as they stood at one time of issue: 'close', also where one issued before the open took the place of it, or 'open'.
 */
export function issuedAt(issue, matched) {
  return matched.flatMap(({ prediction, outcome }) => {
    if (prediction.issue === issue) return [{ prediction, outcome }];
    if (issue === 'open' || prediction.earlier === undefined) return [];
    return [
      { prediction: { ...prediction, ...prediction.earlier, issue }, outcome: { ...outcome, ...outcome.earlier } },
    ];
  });
}

/**
 * Returns what `scoreForecasts` does, and beside it what a mean over all rows hides: coverage by volatility and in the worst days, the worst tenth of
 * the instruments, up or down, and the directions beside their shares in each instrument's own past. One entry for each forecaster and horizon.
 *
 * @param closesOf by code, { dates, close } oldest first
 */
export function detailedScores(matched, { closesOf, flatBand }) {
  const rows = matched.map((row) => ({ ...backtestRecord(row), direction: row.outcome.actualDirection }));
  const climatology = climatologyOf(rows, { closesOf, flatBand });
  return scoreForecasts(matched).map((score) => {
    const { forecaster, horizon } = score;
    const own = rows
      .map((row, i) => ({ row, shares: climatology[i] }))
      .filter(({ row }) => row.horizon === horizon && row.members.naive && forecastOf(row, forecaster))
      .sort((a, b) => (a.row.baseDate < b.row.baseDate ? -1 : a.row.baseDate > b.row.baseDate ? 1 : 0));
    return { ...score, ...detailsOf(own, forecaster, horizon) };
  });
}

/** Returns how far the ensemble lies ahead of its best member, in skill, on the rows that all members forecast, with its interval. */
export function ensembleAhead(matched, horizon) {
  const rows = matched.map(backtestRecord).filter((row) => row.horizon === horizon && row.members.naive);
  const names = [...new Set(rows.flatMap(({ members }) => Object.keys(members)))];
  const common = rows.filter(({ members }) => names.every((name) => members[name]));
  if (common.length === 0) return undefined;
  const lossesOf = (name) => pinballs(common, name);
  const total = (losses) => losses.reduce((sum, loss) => sum + loss, 0);
  const others = names.filter((name) => name !== 'naive').map((name) => ({ name, losses: lossesOf(name) }));
  if (others.length === 0) return undefined;
  const best = others.reduce((a, b) => (total(b.losses) < total(a.losses) ? b : a));
  const [ensemble, naive] = [lossesOf('ensemble'), lossesOf('naive')];
  const ahead = lossSkill(
    common.map(({ baseDate }, i) => ({
      date: baseDate,
      loss: naive[i] - best.losses[i] + ensemble[i],
      reference: naive[i],
    })),
    horizon,
  );
  return { best: best.name, count: common.length, ahead };
}

function forecastOf(row, forecaster) {
  return forecaster === 'ensemble' ? row : row.members[forecaster];
}

function pinballs(rows, forecaster) {
  return pinballLosses({
    actuals: rows.map(({ baseClose, actualClose }) => Math.log(actualClose / baseClose)),
    levels: DECILES,
    quantiles: rows.flatMap((row) =>
      forecastOf(row, forecaster).quantiles.map((price) => Math.log(price / row.baseClose)),
    ),
  });
}

function detailsOf(own, forecaster, horizon) {
  const rows = own.map(({ row }) => row);
  const dates = rows.map(({ baseDate }) => baseDate);
  const held = rows.map((row) => {
    const { low, high } = forecastOf(row, forecaster);
    return Number(low <= row.actualClose && row.actualClose <= high);
  });
  const width = rows.map(({ members: { naive }, baseClose }) => (naive.high - naive.low) / baseClose);
  const place = new Map([...new Set(dates)].map((date, i) => [date, i]));
  const outcomes = rows.map(({ direction }) => DIRECTIONS.indexOf(direction));
  const probabilities = (pick) => logLosses({ probabilities: own.flatMap(pick), outcomes });
  const direction = probabilities(({ row }) => forecastOf(row, forecaster).probs);
  const skillBeside = (reference) =>
    lossSkill(
      dates.map((date, i) => ({ date, loss: direction[i], reference: reference[i] })),
      horizon,
    );
  const past = probabilities(({ shares }) => shares);
  return {
    coverageByVolatility: coverageByVolatility(held, width),
    worstCoverage:
      place.size < WORST_DAYS
        ? undefined
        : worstCoverage(
            held,
            dates.map((date) => place.get(date)),
            WORST_DAYS,
          ).share,
    worstTenth: worstTenth(rows, forecaster),
    climatologyLogLoss: past.reduce((sum, loss) => sum + loss, 0) / past.length,
    climatologySkill: skillBeside(past),
    naiveLogLossSkill: skillBeside(probabilities(({ row }) => row.members.naive.probs)),
    upOrDown: upOrDown(rows, forecaster, horizon),
  };
}

/** Skill of the tenth of the instruments with the least of it, pooled; and of each instrument, ascending. */
function worstTenth(rows, forecaster) {
  const [own, naive] = [pinballs(rows, forecaster), pinballs(rows, 'naive')];
  const byCode = new Map();
  rows.forEach(({ code }, i) => {
    const sums = byCode.get(code) ?? { code, loss: 0, reference: 0 };
    sums.loss += own[i];
    sums.reference += naive[i];
    byCode.set(code, sums);
  });
  const skillOf = ({ loss, reference }) => 1 - loss / reference;
  const ranked = [...byCode.values()].sort((a, b) => skillOf(a) - skillOf(b));
  const worst = ranked.slice(0, Math.max(1, Math.round(ranked.length / 10)));
  const pooled = { loss: 0, reference: 0 };
  for (const { loss, reference } of worst) {
    pooled.loss += loss;
    pooled.reference += reference;
  }
  return { skill: skillOf(pooled), instruments: worst.length, byCode: ranked.map((one) => [one.code, skillOf(one)]) };
}

/** Whether it went up or down as more probable, where the close moved at all: beside one half, and beside always naming the commoner one. */
function upOrDown(rows, forecaster, horizon) {
  const moved = rows.filter(({ baseClose, actualClose }) => actualClose !== baseClose);
  const called = moved.flatMap((row) => {
    const [down, , up] = forecastOf(row, forecaster).probs;
    return up === down ? [] : [{ date: row.baseDate, up: up > down, came: row.actualClose > row.baseClose }];
  });
  if (called.length === 0) return { count: 0, uncalled: moved.length };
  const hits = shareInterval(
    called.map(({ date, up, came }) => ({ date, held: up === came })),
    horizon,
  );
  const ups = called.filter(({ came }) => came).length;
  const commoner = ups * 2 >= called.length;
  return {
    count: called.length,
    uncalled: moved.length - called.length,
    hitRate: called.filter(({ up, came }) => up === came).length / called.length,
    interval: hits,
    // 'better' where the interval of the share leaves out one half.
    besideChance: hits && verdict(hits, 0.5),
    baseRate: Math.max(ups, called.length - ups) / called.length,
    besideCommoner: lossSkill(
      called.map(({ date, up, came }) => ({ date, loss: Number(up !== came), reference: Number(came !== commoner) })),
      horizon,
    ),
  };
}

/** Returns for each row the shares [down, flat, up] in the instrument's own past up to the base date. */
function climatologyOf(rows, { closesOf, flatBand }) {
  const known = new Map();
  return rows.map(({ code, baseDate, horizon }) => {
    const key = `${horizon} ${code} ${baseDate}`;
    if (!known.has(key)) {
      const { dates, close } = closesOf.get(code);
      const past = close.slice(0, dates.indexOf(baseDate) + 1);
      if (past.length <= horizon) known.set(key, [1 / 3, 1 / 3, 1 / 3]);
      else {
        const { probDown, probFlat, probUp } = directionClimatology(past, { horizon, flatBand });
        known.set(key, [probDown, probFlat, probUp]);
      }
    }
    return known.get(key);
  });
}
