// Matched forecasts in the numbers that scores are made of: as they are stored, those of many instruments and years would fill the memory.

/** A forecaster's numbers of a row: quantiles at the deciles, low, high, point, [down, flat, up], expected return. */
const LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const WIDTH = LEVELS.length + 7;

/**
 * Returns a place for matched forecasts of one horizon and time of issue.
 *
 * `add` takes one and its backtestRecord; `rows` gives all back, with what scores read of them: quantiles at the deciles alone.
 */
export function matchedRows() {
  const heads = [];
  // by forecaster, [rows × WIDTH]; NaN where it has no forecast
  const numbers = new Map();
  const columnOf = (forecaster) => {
    const column = numbers.get(forecaster) ?? new Float64Array(0);
    const length = (heads.length + 1) * WIDTH;
    if (column.length >= length) return column;
    const longer = new Float64Array(Math.ceil(1.5 * length)).fill(Number.NaN);
    longer.set(column);
    numbers.set(forecaster, longer);
    return longer;
  };
  return {
    add({ prediction, outcome }, record) {
      const put = (forecaster, { quantiles, low, high, point, probs }, { expectedReturn }) => {
        const values = [...quantiles, low, high, point, ...probs, expectedReturn];
        columnOf(forecaster).set(values, heads.length * WIDTH);
      };
      put('ensemble', record, prediction);
      for (const [name, own] of Object.entries(record.members)) put(name, own, prediction.members[name]);
      const { code, baseDate, horizon, baseClose, actualDate, actualClose, actualDirection } = outcome;
      heads.push({
        code,
        baseDate,
        horizon,
        baseClose,
        actualDate,
        actualClose,
        actualDirection,
        issued: prediction.baseClose,
      });
    },
    rows() {
      const names = [...numbers.keys()].filter((name) => name !== 'ensemble');
      const ensemble = numbers.get('ensemble');
      return heads.map(({ issued, ...outcome }, row) => {
        const { code, baseDate, horizon } = outcome;
        const there = names.filter((name) => (row + 1) * WIDTH <= numbers.get(name).length);
        const members = there.map((name) => [name, distributionAt(numbers.get(name), row)]).filter(([, own]) => own);
        const key = { code, baseDate, horizon, baseClose: issued };
        return {
          prediction: { ...key, ...distributionAt(ensemble, row), members: Object.fromEntries(members) },
          outcome,
        };
      });
    },
  };
}

function distributionAt(column, row) {
  const [first, after] = [row * WIDTH, row * WIDTH + LEVELS.length];
  if (Number.isNaN(column[first])) return undefined;
  const [ciLow, ciHigh, pointClose, probDown, probFlat, probUp, expectedReturn] = column.subarray(after, after + 7);
  const quantiles = Array.from(column.subarray(first, after));
  return { levels: LEVELS, quantiles, ciLow, ciHigh, pointClose, probDown, probFlat, probUp, expectedReturn };
}

/** Returns of a stored row what a report's scores are drawn from. */
export function reportRow({ prediction, outcome }) {
  const { code, baseDate, horizon } = outcome;
  const { baseClose, pointClose, probDown, probFlat, probUp } = prediction;
  const { actualClose, actualReturn, actualDirection, directionHit, absError, covered, members } = outcome;
  const losses = Object.entries(members).map(([name, { absError, covered, directionHit, pinball }]) => {
    return [name, { absError, covered, directionHit, pinball }];
  });
  return {
    prediction: { code, baseDate, horizon, baseClose, pointClose, probDown, probFlat, probUp },
    outcome: {
      ...{ code, baseDate, horizon, baseClose: outcome.baseClose, actualClose, actualReturn, actualDirection },
      ...{ directionHit, absError, covered, members: Object.fromEntries(losses) },
    },
  };
}
