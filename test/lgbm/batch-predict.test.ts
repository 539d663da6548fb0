import { describe, expect, it } from 'vitest';
import type { Booster } from '../../src/lgbm/index.js';
import { nextUp, ZERO_THRESHOLD } from '../../src/lgbm/numbers/floats.js';
import { BATCH_ROWS } from '../../src/lgbm/predict/batch-predict.js';
import { createBooster } from '../../src/lgbm/predict/booster.js';
import { CATEGORICAL, type Tree } from '../../src/lgbm/text/tree.js';
import { uniform } from '../parity/lgbm/random-cases.js';

const FEATURES = 4;
const ROWS = 2 * BATCH_ROWS + 77;

// thresholds on which rounding, signs of zero and the zone that counts as zero could go wrong; -0 must go where 0 goes
const THRESHOLDS = [
  -Infinity,
  -1.5,
  -ZERO_THRESHOLD,
  -1e-40,
  -0,
  0,
  1e-40,
  ZERO_THRESHOLD,
  0.1,
  1 / 3,
  2,
  1e300,
  Infinity,
];
const VALUES = [Number.NaN, ...THRESHOLDS.flatMap((threshold) => [threshold, nextUp(threshold), -nextUp(-threshold)])];

type Draw = (below: number) => number;

const drawing = (seed: number): Draw => {
  const next = uniform(seed);
  return (below) => Math.floor(next() * below);
};

/** A tree of random shape: every decision type, and where asked for splits on the categories 1 and 2. */
function randomTree(draw: Draw, numLeaves: number, categorical: boolean): Tree {
  const nodes = numLeaves - 1;
  const leftChild = new Int32Array(nodes);
  const rightChild = new Int32Array(nodes);
  const open: [children: Int32Array, node: number][] = [];
  for (let node = 0; node < nodes; node++) {
    if (node > 0) {
      const [[children, at]] = open.splice(draw(open.length), 1);
      children[at] = node;
    }
    open.push([leftChild, node], [rightChild, node]);
  }
  open.forEach(([children, at], leaf) => {
    children[at] = ~leaf;
  });
  const isCategorical = Array.from({ length: nodes }, () => categorical && draw(4) === 0);
  const doubles = (length: number, value: () => number) => Float64Array.from({ length }, value);
  const zeros = (length: number) => new Float64Array(length);
  return {
    numLeaves,
    splitFeature: Int32Array.from({ length: nodes }, () => draw(FEATURES)),
    splitGain: zeros(nodes),
    threshold: Float64Array.from(isCategorical, (is) => (is ? 0 : THRESHOLDS[draw(THRESHOLDS.length)])),
    decisionType: Uint8Array.from(isCategorical, (is) => (is ? CATEGORICAL : 2 * draw(8))),
    leftChild,
    rightChild,
    leafValue: doubles(numLeaves, () => (draw(2 ** 30) - 2 ** 29) / 3 ** draw(40)),
    leafWeight: zeros(numLeaves),
    leafCount: new Int32Array(numLeaves),
    internalValue: zeros(nodes),
    internalWeight: zeros(nodes),
    internalCount: new Int32Array(nodes),
    shrinkage: 1,
    ...(categorical && { categories: { boundaries: Int32Array.of(0, 1), bits: Uint32Array.of(6) } }),
  };
}

function randomBooster(draw: Draw, outputs: number, leavesOf: () => number): Booster {
  const trees = Array.from({ length: 12 * outputs }, () => randomTree(draw, leavesOf(), draw(8) === 0));
  return createBooster({
    numClass: outputs,
    outputs,
    labelIndex: 0,
    objective: outputs > 1 ? `multiclass num_class:${outputs}` : 'regression',
    averageOutput: false,
    featureNames: Array.from({ length: FEATURES }, (_, f) => `f${f}`),
    featureInfos: new Array<string>(FEATURES).fill('none'),
    trees,
  });
}

const randomValues = (draw: Draw) => Float64Array.from({ length: ROWS * FEATURES }, () => VALUES[draw(VALUES.length)]);

/** The same rows, each walked down every tree by itself. */
function oneByOne(booster: Booster, values: Float64Array, range: object): Float64Array {
  const predictRow = (row: number) =>
    booster.predict(values.subarray(row * FEATURES, (row + 1) * FEATURES), { rows: 1, kind: 'raw', ...range });
  return Float64Array.from(Array.from({ length: ROWS }, (_, row) => [...predictRow(row)]).flat());
}

const bits = (numbers: Float64Array) => new BigUint64Array(numbers.buffer);

describe('prediction of many rows', () => {
  it.each([
    ['trees that fit a mask', 1, (draw: Draw) => 2 + draw(31)],
    ['trees at the limit and beyond', 1, (draw: Draw) => 31 + draw(4)],
    ['trees of one leaf and of many', 3, (draw: Draw) => (draw(3) === 0 ? 1 : 1 + draw(50))],
  ])('is that of its rows one by one, to the last bit: %s', (_, outputs, leavesOf) => {
    for (let seed = 1; seed <= 12; seed++) {
      const draw = drawing(seed);
      const booster = randomBooster(draw, outputs, () => leavesOf(draw));
      const values = randomValues(draw);
      for (const range of [{}, { startIteration: 3, numIteration: 5 }]) {
        const batch = booster.predict(values, { rows: ROWS, kind: 'raw', ...range });
        expect(bits(batch)).toEqual(bits(oneByOne(booster, values, range)));
      }
    }
  });

  it('does not depend on how many trees a table holds', () => {
    // so many thresholds that the masks of one call are built in several parts
    const draw = drawing(7);
    const tree = (): Tree => {
      const drawn = randomTree(draw, 32, false);
      return { ...drawn, threshold: drawn.threshold.map(() => (draw(2 ** 30) - 2 ** 29) / 2 ** 28) };
    };
    const { outputs, ...model } = {
      outputs: 1,
      numClass: 1,
      labelIndex: 0,
      objective: 'regression',
      averageOutput: false,
    };
    const featureNames = Array.from({ length: FEATURES }, (_, f) => `f${f}`);
    const trees = Array.from({ length: 900 }, tree);
    const booster = createBooster({ ...model, outputs, featureNames, featureInfos: featureNames, trees });
    const values = Float64Array.from({ length: ROWS * FEATURES }, () => (draw(2 ** 30) - 2 ** 29) / 2 ** 28);
    const batch = booster.predict(values, { rows: ROWS, kind: 'raw' });
    expect(bits(batch)).toEqual(bits(oneByOne(booster, values, {})));
  });
});
