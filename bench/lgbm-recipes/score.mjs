import { quantileFunction } from 'chronolight';
import { sharesOf as impliedShares } from 'chronolight/ensemble';
import { lossSkill, pinballLosses } from 'chronolight/scoring';
import { DECILES } from './panel.mjs';

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const at = ({ levels, quantiles }, level) => quantiles[levels.indexOf(level)];

/** Scores forecasts of one horizon ({ levels, quantiles, shares? } in log returns, one a row) beside the random walk's. */
export function score(rows, forecasts, horizon) {
  const losses = (pick) =>
    pinballLosses({
      actuals: rows.map(({ actual }) => actual),
      levels: DECILES,
      quantiles: rows.flatMap((row, i) => DECILES.map((level) => at(pick(row, i), level))),
    });
  const coverage = (pick) =>
    mean(rows.map((row, i) => Number(at(pick(row, i), 0.1) <= row.actual && row.actual <= at(pick(row, i), 0.9))));
  const classes = rows.map(({ actual }) => classOf(Math.expm1(actual)));
  const logLoss = (shares) => mean(classes.map((came, i) => -Math.log(Math.max(shares(i)[came], 1e-6))));
  const hindsight = [0, 1, 2].map((direction) => mean(classes.map((came) => Number(came === direction))));
  const own = losses((_, i) => forecasts[i]);
  const reference = losses((row) => row.reference);
  const dated = rows.map(({ date }, i) => ({ date, loss: own[i], reference: reference[i] }));
  return {
    pinball: mean(own) * 1e4,
    reference: mean(reference) * 1e4,
    skill: lossSkill(dated, horizon) ?? { estimate: 1 - mean(own) / mean(reference) },
    coverage: coverage((_, i) => forecasts[i]),
    referenceCoverage: coverage((row) => row.reference),
    logLoss: logLoss((i) => sharesOf(forecasts[i])),
    referenceLogLoss: logLoss((i) => sharesOf(rows[i].reference)),
    shareLogLoss: logLoss(() => hindsight),
    worstDecile: worstTenth(rows, own, reference),
  };
}

const classOf = (change) => (change > 0.003 ? 2 : change < -0.003 ? 0 : 1);

function sharesOf({ levels, quantiles, shares }) {
  if (shares) return shares;
  const implied = impliedShares(quantileFunction(levels, Array.from(quantiles, Math.exp)), {
    baseClose: 1,
    flatBand: 0.003,
  });
  return [implied.probDown, implied.probFlat, implied.probUp];
}

/** The mean skill of the tenth of the instruments that have the least. */
function worstTenth(rows, own, reference) {
  const sums = new Map();
  rows.forEach(({ code }, i) => {
    const sum = sums.get(code) ?? { own: 0, reference: 0 };
    sum.own += own[i];
    sum.reference += reference[i];
    sums.set(code, sum);
  });
  const skills = [...sums.values()].map((sum) => 1 - sum.own / sum.reference).sort((a, b) => a - b);
  return mean(skills.slice(0, Math.max(1, Math.round(skills.length / 10))));
}
