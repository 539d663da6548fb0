import { train } from 'chronolight/lgbm';
import { linearStart, withColumns } from './market.mjs';
import { DECILES } from './panel.mjs';
import { clippedReturn, datasetOf, featuresOf, scaledReturn, splitRows, varianceRatio } from './rows.mjs';

const PARAMS = {
  num_iterations: 300,
  learning_rate: 0.1,
  num_leaves: 15,
  min_data_in_leaf: 200,
  lambda_l2: 1,
  feature_fraction: 0.5,
  early_stopping_round: 30,
};

/** Where the shape's two sides differ: as they came, moved to a median of 0, or each side the mean of both. */
const SHAPES = {
  free: (shape) => shape,
  centred: (shape) => shape.map((value) => value - shape[4]),
  mirrored: (shape) => shape.map((value, k) => (value - shape[8 - k]) / 2),
};

/**
 * One booster for how volatile the bars ahead are, from their ranges (or from the return itself), and pooled quantiles per unit of it.
 *
 * @param options.own rows that weigh as much as the pool in an instrument's own quantiles; 0: the pool's alone
 * @param options.location parameters of a second booster, for the mean of the scaled return; none unless given
 * @param options.columns groups of columns beside the features: see withColumns
 * @param options.references instruments that the market's columns are made of; default all
 * @param options.start names of columns whose linear regression the booster starts from; none unless given
 * @param options.trees whether there is a booster beside that regression; default true
 */
export function pooledScale({
  params = {},
  split = {},
  proxy = 'range',
  shape = 'mirrored',
  own = 0,
  location,
  columns = [],
  start,
  trees = true,
  references,
} = {}) {
  const target = {
    range: (horizon) => (one, t) => Math.log(varianceRatio(one, t, horizon)),
    return: (horizon) => (one, t) => Math.abs(clippedReturn(one, t, horizon)),
  }[proxy];
  const invert = proxy === 'range' ? (raw) => Math.exp(raw / 2) : (raw) => Math.max(raw, 0.05);
  return {
    fit(bare, { horizon, cutoff, kernel }) {
      const panel = columns.length === 0 ? bare : widenedOnce(bare, columns, references);
      const { training, validation } = splitRows(panel, { horizon, cutoff, ...split });
      const label = target(horizon);
      const begin =
        start &&
        linearStart(
          panel,
          training,
          training.map(({ instrument, t }) => label(panel[instrument], t)),
          start,
        );
      const fitOn = (label, extra) => {
        const [inside, outside] = [training, validation].map((rows) => datasetOf(panel, rows, label, begin?.(rows)));
        const settings = { ...PARAMS, ...params, ...extra, objective: 'regression', metric: 'l2' };
        return train(inside, settings, { valid: outside, kernel });
      };
      const booster = trees && fitOn(label);
      const mover = location && fitOn((one, t) => clippedReturn(one, t, horizon), location);
      const volatilityOf = (rows) => {
        const started = begin ? begin(rows) : new Float64Array(rows.length);
        const grown = trees ? booster.predict(featuresOf(panel, rows), { rows: rows.length }) : [];
        const raw = started.map((value, i) => value + (grown[i] ?? 0));
        return rows.map(({ instrument, t }, i) => invert(raw[i]) * panel[instrument].sigma[t] * Math.sqrt(horizon));
      };
      const seen = [...training, ...validation];
      const volatility = volatilityOf(seen);
      const perUnit = seen.map(({ instrument, t }, i) => {
        const { logs } = panel[instrument];
        return (logs[t + horizon] - logs[t]) / volatility[i];
      });
      const pooled = SHAPES[shape](quantilesOf(perUnit));
      const shapes = panel.map((_, instrument) => {
        if (own === 0) return pooled;
        const mine = perUnit.filter((_, i) => seen[i].instrument === instrument);
        if (mine.length === 0) return pooled;
        const share = mine.length / (mine.length + own);
        return SHAPES[shape](quantilesOf(mine)).map((value, k) => share * value + (1 - share) * pooled[k]);
      });
      return {
        note: `${training.length} rows, ${trees ? booster.bestIteration : 0} iterations`,
        predict(rows) {
          const units = volatilityOf(rows);
          const moved = mover?.predict(featuresOf(panel, rows), { rows: rows.length });
          return rows.map(({ instrument, t }, i) => {
            const shift = moved ? moved[i] * panel[instrument].sigma[t] * Math.sqrt(horizon) : 0;
            return { levels: DECILES, quantiles: shapes[instrument].map((value) => value * units[i] + shift) };
          });
        },
      };
    },
  };
}

const widenedPanels = new WeakMap();

/** Columns are the same whatever the cutoff: row t knows bars up to t alone. */
function widenedOnce(panel, columns, references) {
  const known = widenedPanels.get(panel) ?? new Map();
  widenedPanels.set(panel, known);
  const key = `${columns.join(' ')} ${references}`;
  if (!known.has(key)) known.set(key, withColumns(panel, columns, references));
  return known.get(key);
}

/** A quantile booster a decile, on the scaled return. */
export function pooledQuantiles({ params = {} } = {}) {
  return {
    fit(panel, { horizon, cutoff, kernel }) {
      const { training, validation } = splitRows(panel, { horizon, cutoff });
      const label = (one, t) => clippedReturn(one, t, horizon);
      const [inside, outside] = [training, validation].map((rows) => datasetOf(panel, rows, label));
      const boosters = DECILES.map((alpha) =>
        train(
          inside,
          { ...PARAMS, ...params, objective: 'quantile', metric: 'quantile', alpha },
          { valid: outside, kernel },
        ),
      );
      return {
        note: `${training.length} rows, ${boosters.map(({ bestIteration }) => bestIteration).join('/')} iterations`,
        predict(rows) {
          const values = featuresOf(panel, rows);
          const columns = boosters.map((booster) => booster.predict(values, { rows: rows.length }));
          return rows.map(({ instrument, t }, i) => {
            const unit = panel[instrument].sigma[t] * Math.sqrt(horizon);
            return { levels: DECILES, quantiles: columns.map((column) => column[i] * unit).sort((a, b) => a - b) };
          });
        },
      };
    },
  };
}

/** No booster: EWMA volatility and the pool's quantiles. */
export function pooledConstant({ shape = 'mirrored' } = {}) {
  return {
    fit(panel, { horizon, cutoff }) {
      const { training, validation } = splitRows(panel, { horizon, cutoff });
      const returns = [...training, ...validation].map(({ instrument, t }) =>
        scaledReturn(panel[instrument], t, horizon),
      );
      const pooled = SHAPES[shape](quantilesOf(returns));
      return {
        note: `${returns.length} rows`,
        predict: (rows) =>
          rows.map(({ instrument, t }) => {
            const unit = panel[instrument].sigma[t] * Math.sqrt(horizon);
            return { levels: DECILES, quantiles: pooled.map((value) => value * unit) };
          }),
      };
    },
  };
}

/** A recipe fitted to each instrument by itself. */
export function alone(recipe) {
  return {
    fit(panel, options) {
      const models = panel.map((one) => recipe.fit([one], options));
      return {
        note: `alone, ${models[0].note}`,
        predict: (rows) => rows.map((row) => models[row.instrument].predict([{ ...row, instrument: 0 }])[0]),
      };
    },
  };
}

/** R-7 quantiles at the deciles. */
function quantilesOf(values) {
  const sorted = Float64Array.from(values).sort();
  return DECILES.map((level) => {
    const position = level * (sorted.length - 1);
    const below = Math.floor(position);
    return sorted[below] + (position - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
  });
}
