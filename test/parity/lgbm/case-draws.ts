import { type RandomCase, type RandomRows, uniform } from './random-cases.js';

/** Rows with the features that hold categories, and the sizes of query groups. */
export interface TrainingRows extends RandomRows {
  categorical?: number[];
  group?: number[];
  position?: number[];
}

/** One random training of a line: a feature of the engine that is proven by itself. */
export interface TrainingCase {
  line: string;
  params: RandomCase['params'];
  train: TrainingRows;
  valid?: TrainingRows;
  /** What is done beside a plain training. */
  course?: 'continue' | 'refit' | 'custom' | 'cv';
  /** For `continue`, parameters of the first training; for `refit`, the rows to fit again. */
  firstParams?: RandomCase['params'];
  again?: TrainingRows;
  /** For `cv`, folds other than three in the order of time. */
  folds?: { train: number[]; test: number[] }[];
  /** Writes the model as JSON and in part, and predicts until rows are sure. */
  reading?: {
    start: number;
    count: number;
    importance: 'split' | 'gain';
    stop?: { freq: number; margin: number } | null;
  };
}

/** What a case is drawn by. */
export interface Draw {
  u: () => number;
  pick: <T>(...choices: T[]) => T;
  normal: () => number;
}

/** Cuts rows into queries. */
export function queriesOf({ pick, u }: Draw, rows: number): number[] {
  const most = pick(3, 12, 40);
  const sizes: number[] = [];
  for (let left = rows; left > 0; left -= sizes[sizes.length - 1]) {
    sizes.push(Math.min(left, u() < 0.1 ? 1 : 1 + Math.floor(u() * most)));
  }
  return sizes;
}

interface Choices {
  categories?: boolean;
  objective?: string;
  /** Turns the signal of a row into its label. */
  label?: (signal: number) => number;
}

/** Draws a training of a common kind. */
export function ordinary(draw: Draw, small: boolean, choices: Choices): Omit<TrainingCase, 'line'> {
  const { u, pick } = draw;
  const objective = choices.objective ?? pick('regression', 'regression', 'binary', 'quantile', 'multiclass');
  const isMulticlass = objective.startsWith('multiclass');
  const classes = isMulticlass ? pick(2, 3) : 1;
  const rows = small ? 80 + Math.floor(u() * 60) : Math.floor(40 + (u() < 0.2 ? 4000 : 900) * u());
  const features = 2 + Math.floor(u() * 7);
  const kinds = Array.from({ length: features }, () => Math.floor(u() * 6));
  const missing = Array.from({ length: features }, () => pick(0, 0, 0.1, 0.5));
  const categorical = choices.categories ? kinds.flatMap((_, f) => (f === 0 || u() < 0.4 ? [f] : [])) : [];
  const sizes = kinds.map(() => pick(2, 3, 5, 12, 40, 300));
  const shape = { rows, features, kinds, missing, categorical, sizes };
  const effect = uniform(Math.floor(u() * 1e6));
  const effects = Float64Array.from({ length: 400 }, () => effect() * 4 - 2);
  const label = choices.label ?? labelOf(objective, classes);
  const rowsOf = (count: number) =>
    drawRows(draw, { ...shape, rows: count }, effects, label, choices.categories === true);
  const train = rowsOf(rows);
  const hasValid = small || u() < 0.5;
  const valid = hasValid ? rowsOf(small ? 40 : 30 + Math.floor(u() * 200)) : undefined;
  if (u() < 0.3) {
    for (const part of valid ? [train, valid] : [train]) {
      part.weights = Float64Array.from(part.labels, () => pick(0.25, 0.5, 1, 1, 2.5));
    }
  }
  const params: RandomCase['params'] = {
    objective,
    num_iterations: small ? 4 : 5 + Math.floor(u() * 20),
    learning_rate: pick(0.05, 0.1, 0.3),
    num_leaves: small ? pick(4, 7) : pick(2, 7, 15, 31),
    min_data_in_leaf: pick(1, 3, 5, 20),
    max_bin: pick(15, 63, 255),
    min_data_in_bin: pick(1, 3),
  };
  if (isMulticlass) params.num_class = classes;
  if (objective === 'quantile') params.alpha = pick(0.1, 0.5, 0.9);
  const sometimes = (share: number, extra: RandomCase['params']) => u() < share && Object.assign(params, extra);
  sometimes(0.25, { bagging_fraction: pick(0.4, 0.7), bagging_freq: pick(1, 3) });
  sometimes(0.25, { feature_fraction: pick(0.5, 0.8) });
  sometimes(0.2, { lambda_l1: pick(0.1, 1) });
  sometimes(0.2, { lambda_l2: pick(0.1, 3) });
  sometimes(0.15, { max_depth: pick(2, 4) });
  sometimes(0.1, { max_delta_step: pick(0.1, 0.5) });
  sometimes(0.1, { min_gain_to_split: pick(0.01, 0.3) });
  sometimes(0.1, { boost_from_average: false });
  sometimes(0.1, { bin_construct_sample_cnt: pick(50, 200) });
  if (hasValid && !small) sometimes(0.4, { early_stopping_round: pick(2, 4) });
  return { params, train, ...(valid && { valid }) };
}

function labelOf(objective: string, classes: number): (signal: number) => number {
  if (objective === 'binary') return (signal) => (signal > 0 ? 1 : 0);
  if (classes > 1) return (signal) => Math.max(0, Math.min(classes - 1, Math.floor(signal + classes / 2)));
  return (signal) => signal;
}

interface Shape {
  rows: number;
  features: number;
  kinds: number[];
  missing: number[];
  categorical: number[];
  sizes: number[];
}

function drawRows(
  { u, pick, normal }: Draw,
  { rows, features, kinds, missing, categorical, sizes }: Shape,
  effects: Float64Array,
  label: (signal: number) => number,
  marksCategories: boolean,
): TrainingRows {
  const values = new Float64Array(rows * features);
  const labels = new Float64Array(rows);
  const column = (f: number): number => {
    // small codes are more frequent than large ones, as categories are
    if (categorical.includes(f)) return u() < 0.02 ? pick(-1, 1000) : Math.floor(u() * u() * sizes[f]);
    if (kinds[f] === 0) return Math.floor(u() * 6) - 2;
    if (kinds[f] === 1) return u() < 0.75 ? 0 : normal();
    if (kinds[f] === 2) return Math.round(normal() * 4) / 4;
    return normal();
  };
  for (let row = 0; row < rows; row++) {
    let signal = 0.5 * normal();
    for (let f = 0; f < features; f++) {
      const value = column(f);
      values[row * features + f] = u() < missing[f] ? Number.NaN : value;
      if (f < 3) signal += categorical.includes(f) ? effects[Math.max(0, value) % 400] : value / (f + 1);
    }
    labels[row] = label(signal);
  }
  return { rows, features, values, labels, ...(marksCategories && { categorical }) };
}
