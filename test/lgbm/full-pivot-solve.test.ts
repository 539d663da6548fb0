import { describe, expect, it } from 'vitest';
import { negatedSolution } from '../../src/lgbm/numbers/full-pivot-solve.js';

// What `-A.fullPivLu().inverse() * b` of Eigen 3.4.0 returns for these, compiled by GCC for x86-64 without fused multiply-add.
const SOLUTIONS: readonly number[][] = [
  [-0.18981818181818177, 0.030545454545454542, 0.1236363636363636],
  [
    -0.19737388121515695, -0.056463477262061239, 0.068724494221815327, 0.10605068485060931, 0.11655859703345103,
    0.1172383869174399,
  ],
  [
    -0.19076850040899762, -0.11363597365602873, 0.026728958319648274, 0.073946775228532075, 0.09118328788406535,
    0.096646870824080758, 0.09698419551110371, 0.09498863874473161, 0.09194560746822987, 0.088482114529533321,
    0.084914312624485525,
  ],
];

describe('negatedSolution', () => {
  it.each(SOLUTIONS.map((solution) => [solution.length, solution] as const))(
    'is that of Eigen for %i rows, to the last bit',
    (n, solution) => {
      const a = Float64Array.from({ length: n * n }, (_, at) => {
        const [i, j] = [at % n, Math.floor(at / n)];
        return 1 / (i + j + 1) + (i === j ? 0.125 * i : 0);
      });
      const b = Float64Array.from({ length: n }, (_, i) => 1 / (i + 3) - 0.2);
      expect([...negatedSolution(a, b)]).toEqual(solution);
    },
  );

  it('takes for 0 what a singular matrix leaves open', () => {
    const a = Float64Array.from({ length: 16 }, (_, at) => {
      const [i, j] = [(at % 4) % 3, Math.floor(at / 4) % 3];
      return ((i + 1) * (j + 1)) / 7 + (i === j ? 1 : 0);
    });
    const solution = negatedSolution(a, Float64Array.of(1, 2, 3, 4));
    expect([...solution]).toEqual([-0.33333333333333331, -0.66666666666666652, -1.0000000000000002, -0]);
    expect([...negatedSolution(new Float64Array(4), Float64Array.of(1, 2))]).toEqual([-0, -0]);
  });
});
