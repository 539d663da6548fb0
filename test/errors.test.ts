import { readFileSync } from 'node:fs';
import { expect, it, describe as suite } from 'vitest';
import { definedOf, describe, ForecastError, invalid, isForecastError } from '../src/errors.js';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

suite('ForecastError', () => {
  it('names field, expectation and what came', () => {
    const error = invalid('INVALID_HORIZON', 'predict', 'horizon', 'a whole number >= 1', 0.5);
    expect(error.message).toBe('predict: horizon must be a whole number >= 1, got 0.5');
    expect(error).toMatchObject({
      code: 'INVALID_HORIZON',
      field: 'horizon',
      expected: 'a whole number >= 1',
      actual: '0.5',
    });
    expect(error).toBeInstanceOf(Error);
  });

  it('keeps its cause', () => {
    const cause = new Error('disk');
    expect(new ForecastError('STORE_FAILED', 'x', { cause }).cause).toBe(cause);
    expect('cause' in new ForecastError('STORE_FAILED', 'x')).toBe(false);
  });

  it('is recognised by name and code, also when its class comes from another copy of the package', () => {
    const foreign = Object.assign(new Error('x'), { name: 'ForecastError', code: 'TIMEOUT' });
    expect(isForecastError(foreign)).toBe(true);
    expect(isForecastError(foreign, 'TIMEOUT')).toBe(true);
    expect(isForecastError(foreign, 'STORE_BUSY')).toBe(false);
    expect(isForecastError(new Error('x'))).toBe(false);
    expect(isForecastError({ name: 'ForecastError', code: 'TIMEOUT' })).toBe(false);
  });

  it.each([
    ['a'.repeat(100), `"${'a'.repeat(77)}..."`],
    [[1, 2], 'an array of 2'],
    [new Float64Array(1), 'a Float64Array'],
    [new Date(Number.NaN), 'an invalid Date'],
    [undefined, 'undefined'],
    [12n, '12n'],
  ])('describes %o on one line', (value, text) => {
    expect(describe(value)).toBe(text);
  });

  it('takes an option that is undefined for one that was not given', () => {
    expect(definedOf({ a: 0, b: undefined, c: null, d: '' })).toStrictEqual({ a: 0, c: null, d: '' });
  });

  it('has a heading in the docs for every code, and no heading without a code', () => {
    const codes = [...read('src/errors.ts').matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map((match) => match[1]);
    const headings = [...read('docs/errors.md').matchAll(/^### ([A-Z_]+)$/gm)].map((match) => match[1]);
    expect(codes.length).toBeGreaterThan(20);
    expect([...headings].sort()).toEqual([...codes].sort());
  });
});
