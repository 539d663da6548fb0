import { pinballLoss } from '../../scoring/index.js';
import { quantileSorted } from '../../stats/index.js';
import type { DriverEffect } from './driver-effect.js';

/** One past forecast day of an instrument: what came, and what the drivers had done before the open. */
export interface DriverRow {
  /** Base date and the date of the bar `horizon` ahead, 'YYYY-MM-DD'. */
  readonly date: string;
  readonly targetDate: string;
  /** The log return over the horizon in volatilities of the instrument. */
  readonly outcome: number;
  /** Each driver's move in its volatilities; 0 where it had none. */
  readonly moves: readonly number[];
}

/** What was learned of one horizon. */
interface LearnedEffects {
  /** Of an instrument that is not among `own`. */
  readonly pool: DriverEffect;
  /** By code. */
  readonly own: ReadonlyMap<string, DriverEffect>;
  /** Validation pinball loss with the effects / without them: 1 where they are nil. */
  readonly lossRatio: number;
  readonly rows: number;
}

/** So many rows' worth draw the pool's slopes to zero, and an instrument's own to the pool's. */
const PRIOR_ROWS = { pool: 100, own: 300 };

/** With fewer days than this before validation, or fewer in it, nothing is learned. */
const LEAST_DAYS = { training: 100, validation: 20 };

/** How much of the fitted slopes is kept: what validation likes best. */
const SHARES: readonly number[] = [0, 0.25, 0.5, 0.75, 1];

/** The effects must save at least this share of the validation loss: less may be luck. */
const LEAST_GAIN = 0.001;

const LEAST_NARROWING = 0.5;
const MOST_OUTCOME = 6;
const DECILES: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/**
 * Returns slopes of each instrument on the drivers' moves by least squares, drawn to the pool's, and those to zero.
 *
 * The newest `validationShare` of the days validates: slopes fitted on the days whose outcome was known before are scaled by the share that
 * loses least there (pinball at the deciles, the spread narrowed by what the slopes explain), and are nil unless that beats no slopes. Then they are
 * fitted once more on all days.
 *
 * @param pool rows by code, those without any move left out
 */
export function learnEffects(
  pool: ReadonlyMap<string, readonly DriverRow[]>,
  { drivers, validationShare }: { drivers: readonly string[]; validationShare: number },
): LearnedEffects {
  const rows = [...pool.values()].reduce((sum, own) => sum + own.length, 0);
  const nil = { drivers, slopes: drivers.map(() => 0), narrowing: 1 };
  const nothing = { pool: nil, own: new Map([...pool.keys()].map((code) => [code, nil])), lossRatio: 1, rows };
  const dates = [...new Set([...pool.values()].flatMap((own) => own.map(({ date }) => date)))].sort();
  const first = dates[Math.floor(dates.length * (1 - validationShare))];
  const known = dates.filter((date) => date < first).length;
  if (known < LEAST_DAYS.training || dates.length - known < LEAST_DAYS.validation) return nothing;
  const before = mapRows(pool, (own) => own.filter(({ targetDate }) => targetDate < first));
  const after = mapRows(pool, (own) => own.filter(({ date }) => date >= first));
  const fitted = fitSlopes(before, drivers.length);
  const losses = SHARES.map((share) => validationLoss(before, after, effectsOf(before, fitted, { drivers, share })));
  const best = losses.indexOf(Math.min(...losses));
  const lossRatio = losses[best] / losses[0];
  if (!(lossRatio <= 1 - LEAST_GAIN)) return nothing;
  const share = SHARES[best];
  const effects = effectsOf(pool, fitSlopes(pool, drivers.length), { drivers, share });
  return { ...effects, lossRatio, rows };
}

interface Slopes {
  pool: number[];
  own: Map<string, number[]>;
}

type Pool = ReadonlyMap<string, readonly DriverRow[]>;

function mapRows(pool: Pool, change: (rows: readonly DriverRow[]) => DriverRow[]): Pool {
  return new Map([...pool].map(([code, rows]) => [code, change(rows)]));
}

function clipped({ outcome }: DriverRow): number {
  return Math.max(-MOST_OUTCOME, Math.min(MOST_OUTCOME, outcome));
}

function fitSlopes(pool: Pool, width: number): Slopes {
  const whole = ridge([...pool.values()].flat(), new Array(width).fill(0), PRIOR_ROWS.pool);
  return { pool: whole, own: new Map([...pool].map(([code, rows]) => [code, ridge(rows, whole, PRIOR_ROWS.own)])) };
}

/** Returns the slopes that make the squares least, drawn to `towards` as if by `prior` rows of moves of one volatility. */
function ridge(rows: readonly DriverRow[], towards: readonly number[], prior: number): number[] {
  const width = towards.length;
  const gram = Array.from({ length: width }, (_, i) => Array.from({ length: width }, (_, j) => (i === j ? prior : 0)));
  const right = new Array<number>(width).fill(0);
  for (const row of rows) {
    const rest = clipped(row) - dot(towards, row.moves);
    for (let i = 0; i < width; i++) {
      right[i] += row.moves[i] * rest;
      for (let j = 0; j < width; j++) gram[i][j] += row.moves[i] * row.moves[j];
    }
  }
  return solve(gram, right).map((step, i) => towards[i] + step);
}

/** Gaussian elimination; the matrix is symmetric and positive definite, so no pivot is 0. */
function solve(matrix: number[][], right: number[]): number[] {
  const width = right.length;
  for (let i = 0; i < width; i++) {
    for (let k = i + 1; k < width; k++) {
      const factor = matrix[k][i] / matrix[i][i];
      for (let j = i; j < width; j++) matrix[k][j] -= factor * matrix[i][j];
      right[k] -= factor * right[i];
    }
  }
  for (let i = width - 1; i >= 0; i--) {
    for (let j = i + 1; j < width; j++) right[i] -= matrix[i][j] * right[j];
    right[i] /= matrix[i][i];
  }
  return right;
}

function effectsOf(
  pool: Pool,
  { pool: whole, own }: Slopes,
  { drivers, share }: { drivers: readonly string[]; share: number },
): Pick<LearnedEffects, 'pool' | 'own'> {
  const effect = (slopes: readonly number[], rows: readonly DriverRow[], towards: number): DriverEffect => {
    const kept = slopes.map((slope) => share * slope);
    return { drivers, slopes: kept, narrowing: narrowingOf(kept, rows, towards) };
  };
  const all = effect(whole, [...pool.values()].flat(), 1);
  return {
    pool: all,
    own: new Map([...pool].map(([code, rows]) => [code, effect(own.get(code)!, rows, all.narrowing)])),
  };
}

/** Returns the root of the share of squares that the slopes leave, drawn to `towards`. */
function narrowingOf(slopes: readonly number[], rows: readonly DriverRow[], towards: number): number {
  let [left, all] = [PRIOR_ROWS.own * towards ** 2, PRIOR_ROWS.own];
  for (const row of rows) {
    const outcome = clipped(row);
    left += (outcome - dot(slopes, row.moves)) ** 2;
    all += outcome ** 2;
  }
  return Math.max(LEAST_NARROWING, Math.min(1, Math.sqrt(left / all)));
}

/** Mean pinball loss of the later rows, with the shape of the earlier ones. */
function validationLoss(before: Pool, after: Pool, effects: Pick<LearnedEffects, 'own'>): number {
  const sizes = Float64Array.from([...before.values()].flat(), (row) => Math.abs(row.outcome)).sort();
  const shape = DECILES.map((level) => Math.sign(level - 0.5) * quantileSorted(sizes, Math.abs(2 * level - 1)));
  let [sum, count] = [0, 0];
  for (const [code, rows] of after) {
    const { slopes, narrowing } = effects.own.get(code)!;
    for (const row of rows) {
      const centre = dot(slopes, row.moves);
      DECILES.forEach((level, i) => {
        sum += pinballLoss(row.outcome, centre + narrowing * shape[i], level);
      });
      count += DECILES.length;
    }
  }
  return sum / count;
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
