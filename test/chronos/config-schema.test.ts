import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from '../../src/chronos/checkpoint/config-schema.js';
import { parseConfig } from '../../src/chronos/checkpoint/parse-config.js';
import { fixture } from './fixtures.js';

/** The fault of a value, as "path: expected, got actual"; undefined if it fits. */
function fault(schema: z.Schema<unknown>, value: unknown): string | undefined {
  try {
    schema.read(value, '', (path, expected, actual) => {
      throw new RangeError(`${path}: ${expected}, got ${actual}`);
    });
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

const read = <T>(schema: z.Schema<T>, value: unknown): T =>
  schema.read(value, '', (path) => {
    throw new RangeError(path);
  });

describe('the schemas of configs', () => {
  it.each<[string, z.Schema<unknown>, unknown, string | undefined]>([
    ['a whole number', z.int().positive(), 3, undefined],
    ['a broken one', z.int(), 1.5, ': a whole number, got 1.5'],
    ['one beyond float64', z.int(), 2 ** 53, ': a whole number, got 9007199254740992'],
    ['0 where it must be above', z.int().positive(), 0, ': above 0, got 0'],
    ['NaN', z.number(), Number.NaN, ': a finite number, got NaN'],
    ['a number as text', z.number(), '1', ': a finite number, got "1"'],
    ['both bounds', z.number().gt(0).lt(1), 1, ': below 1, got 1'],
    ['an edge that counts', z.number().min(0).max(1), 1, undefined],
    ['another word', z.enum(['raw', 'log']), 'sqrt', ': one of "raw", "log", got "sqrt"'],
    ['no string', z.string(), null, ': a string, got null'],
    ['1 for true', z.boolean(), 1, ': true or false, got 1'],
    ['a list with a fault', z.array(z.number()), [1, 'x'], '.1: a finite number, got "x"'],
    ['too short a list', z.array(z.number()).min(2), [1], ': 2 values or more, got an array of 1'],
    ['a tuple of another length', z.tuple([z.number(), z.string()]), [1], ': an array of 2, got an array of 1'],
    ['a nested field', z.object({ a: z.object({ b: z.int() }) }), { a: {} }, 'a.b: a whole number, got undefined'],
    ['an array for an object', z.object({}), [], ': an object, got an array of 0'],
    [
      'a field unknown',
      z.strictObject({ a: z.int() }),
      { a: 1, b: 2 },
      ': an object of no other fields than a, got "b"',
    ],
    ['a field of the prototype', z.object({ constructor: z.string() }), {}, 'constructor: a string, got undefined'],
  ])('judge %s', (_, schema, value, expected) => {
    expect(fault(schema, value)).toBe(expected);
  });

  it('fill in what is missing, and leave out what is not asked for', () => {
    const schema = z.object({ a: z.int().default(7), b: z.string().optional(), c: z.int().nullish() });
    expect(read(schema, { c: null, d: 1 })).toEqual({ a: 7, b: undefined, c: null });
    expect(read(schema.extend({ e: z.literal('x').nullable() }).omit({ a: true }), { e: null })).toEqual({ e: null });
  });
});

describe('parseConfig', () => {
  const bolt = JSON.parse(readFileSync(`${fixture('bolt-wide-heads')}/config.json`, 'utf8'));

  it.each<[string, (config: typeof bolt) => void, string]>([
    ['a missing field', (config) => delete config.d_model, 'd_model'],
    [
      'a nested field of another type',
      (config) => (config.chronos_config.context_length = '64'),
      'chronos_config.context_length',
    ],
    ['levels out of order', (config) => config.chronos_config.quantiles.reverse(), 'chronos_config.quantiles'],
    ['a level of 1', (config) => (config.chronos_config.quantiles[8] = 1), 'chronos_config.quantiles.8'],
    ['a transform with a field unknown', (config) => (config.chronolight = { scale: 2 }), 'chronolight'],
  ])('names %s', (_, spoil, field) => {
    const config = structuredClone(bolt);
    spoil(config);
    expect(() => parseConfig(config)).toThrowError(
      expect.objectContaining({
        code: 'INVALID_CHECKPOINT',
        field,
        message: expect.stringContaining(`config.json: ${field} must be`),
      }),
    );
  });

  it.each<[string, unknown]>([
    ['nested deeper than a stack', JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)],
    ['that every object has a field of', ['constructor']],
    ['that is no text', [{ toString: 1 }]],
    ['that is not there', undefined],
  ])('refuses an architecture %s', (_, architectures) => {
    const refused = { code: 'UNSUPPORTED_CHECKPOINT', field: expect.stringContaining('architectures') };
    expect(() => parseConfig({ ...bolt, architectures })).toThrowError(expect.objectContaining(refused));
  });
});
