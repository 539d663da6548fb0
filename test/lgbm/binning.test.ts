import { describe, expect, it } from 'vitest';
import { type BinMapper, binOf, findBins, writeBins } from '../../src/lgbm/data/bin-mapper.js';
import { columnReader } from '../../src/lgbm/data/column-reader.js';
import { nextUp, ZERO_THRESHOLD } from '../../src/lgbm/numbers/floats.js';
import { sortDoubles } from '../../src/lgbm/numbers/sort-doubles.js';
import { uniform } from '../parity/lgbm/random-cases.js';

const u = uniform(11);
const normal = () => Math.sqrt(-2 * Math.log(1 - u())) * Math.cos(2 * Math.PI * u());

const DRAWS: [string, () => number][] = [
  ['normal', normal],
  ['of every size', () => normal() * 10 ** Math.round(600 * (u() - 0.5))],
  ['few and whole', () => Math.floor(9 * u()) - 4],
  ['nearly equal', () => 1 + Math.floor(50 * u()) * 2 ** -52],
  ['nearly equal below 0', () => -1 - Math.floor(5000 * u()) * 2 ** -52],
  ['infinite and 0 of either sign', () => [Infinity, -Infinity, 0, -0, 1, -1, 5e-324, -5e-324][Math.floor(8 * u())]],
];

describe('sortDoubles', () => {
  it.each(DRAWS)('orders as the runtime does: values that are %s', (_, draw) => {
    for (const length of [0, 1, 1023, 1024, 5000]) {
      const values = Float64Array.from({ length: length + 1 }, draw).subarray(1);
      const expected = values.slice().sort();
      sortDoubles(values);
      expect(new BigUint64Array(values.slice().buffer)).toEqual(new BigUint64Array(expected.buffer));
    }
  });
});

describe('writeBins', () => {
  const params = {
    max_bin: 255,
    min_data_in_bin: 3,
    use_missing: true,
    zero_as_missing: false,
    feature_pre_filter: false,
  };
  it.each([
    ['no missing values', 255, false, {}],
    ['NaN', 255, true, {}],
    ['NaN in two bins', 2, true, {}],
    ['zero for missing', 255, true, { zero_as_missing: true }],
    ['missing values ignored', 31, true, { use_missing: false }],
    ['more than 256 bins', 1000, true, {}],
  ] as const)('puts every value where the search one by one does: %s', (_, max_bin, hasNaN, changes) => {
    const drawn = Float64Array.from({ length: 4000 }, () => (hasNaN && u() < 0.1 ? Number.NaN : normal()));
    const mapper: BinMapper = findBins(drawn, 5000, 0, { ...params, max_bin, ...changes });
    const bounds = [...mapper.bounds];
    const values = Float64Array.from([
      ...drawn,
      ...bounds.flatMap((bound) => [bound, nextUp(bound), -nextUp(-bound)]),
      ...[0, -0, ZERO_THRESHOLD, -ZERO_THRESHOLD, Infinity, -Infinity, Number.NaN],
    ]);
    const bins = new Uint16Array(values.length);
    writeBins(mapper, values, bins);
    expect([...bins]).toEqual(Array.from(values, (value) => binOf(mapper, value)));
  });
});

describe('columnReader', () => {
  it.each([1, 7, 8, 9, 17])('gives each of %i columns as it stands in the rows', (features) => {
    const rows = 13;
    const values = Float64Array.from({ length: rows * features }, (_, i) => i);
    const column = columnReader({ values, rows, features });
    for (let f = 0; f < features; f++) {
      expect([...column(f)]).toEqual(Array.from({ length: rows }, (_, row) => row * features + f));
    }
  });
});
