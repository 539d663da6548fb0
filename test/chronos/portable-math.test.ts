import { describe, expect, it } from 'vitest';
import { portableAsinh, portableExp, portableLog, portableSinh } from '../../src/chronos/families/portable-math.js';

/** The distance of neighbouring float64 numbers at `value`. */
const ulp = (value: number) => 2 ** Math.max(Math.floor(Math.log2(Math.abs(value))) - 52, -1074);
const grid = (from: number, to: number, count = 5001) =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

describe('portable functions', () => {
  it.each<[string, (x: number) => number, (x: number) => number, number[]]>([
    ['exp', portableExp, Math.exp, [...grid(-20, 20), ...grid(-744, 709.7), 0, 1]],
    [
      'log',
      portableLog,
      Math.log,
      [...grid(0.01, 3), ...grid(3, 1e7), ...grid(-1000, 1000).map((x) => 2 ** x), 5e-324],
    ],
  ])('%s is within two units in the last place of the engine’s', (_, portable, engine, arguments_) => {
    for (const x of arguments_) expect(Math.abs(portable(x) - engine(x))).toBeLessThanOrEqual(2 * ulp(engine(x)) || 0);
  });

  it.each<[string, (x: number) => number, (x: number) => number, number[]]>([
    ['sinh', portableSinh, Math.sinh, grid(-30, 30)],
    ['asinh', portableAsinh, Math.asinh, [...grid(-50, 50), ...grid(-1000, 1000).map((x) => 2 ** x)]],
  ])('%s is within 1e-15 of 1 + its size', (_, portable, engine, arguments_) => {
    for (const x of arguments_)
      expect(Math.abs(portable(x) - engine(x))).toBeLessThanOrEqual(1e-15 * (1 + Math.abs(engine(x))));
  });

  it('keep to the edges', () => {
    expect([portableExp(0), portableExp(-Infinity), portableExp(Infinity), portableExp(800)]).toEqual([
      1,
      0,
      Infinity,
      Infinity,
    ]);
    expect([portableLog(1), portableLog(0), portableLog(Infinity)]).toEqual([0, -Infinity, Infinity]);
    for (const f of [portableExp, portableLog, portableSinh, portableAsinh]) expect(f(Number.NaN)).toBeNaN();
    expect([portableLog(-1), portableSinh(0), portableAsinh(0)]).toEqual([Number.NaN, 0, 0]);
  });
});
