import { describe } from '../../errors.js';

// A few of zod's combinators under zod's names, in a hundredth of its code: what is downloaded, and parsed at every start, before a first
// forecast.

/** Called with the path of a value that does not fit, what would have been right, and what came. */
export type Refuse = (path: string, expected: string, actual: string) => never;

/** Reads a value of a config: returns it checked, with defaults filled in, or refuses it. */
export interface Schema<T> {
  readonly read: (value: unknown, path: string, refuse: Refuse) => T;
  optional(): Schema<T | undefined>;
  nullable(): Schema<T | null>;
  nullish(): Schema<T | null | undefined>;
  /** What stands for a value that is not there. */
  default(value: T): Schema<T>;
  /** A condition that the value must meet; `expected` says it in words. */
  refine(meets: (value: T) => boolean, expected: string): Schema<T>;
}

/** What a schema returns. */
type Checked<S> = S extends Schema<infer T> ? T : never;

export type { Checked as infer };

function schema<T>(read: Schema<T>['read']): Schema<T> {
  return {
    read,
    optional: () => schema((value, path, refuse) => (value === undefined ? undefined : read(value, path, refuse))),
    nullable: () => schema((value, path, refuse) => (value === null ? null : read(value, path, refuse))),
    nullish: () =>
      schema((value, path, refuse) => (value === undefined || value === null ? value : read(value, path, refuse))),
    default: (fallback) =>
      schema((value, path, refuse) => (value === undefined ? fallback : read(value, path, refuse))),
    refine: (meets, expected) => schema(refined(read, meets, expected)),
  };
}

function refined<T>(read: Schema<T>['read'], meets: (value: T) => boolean, expected: string): Schema<T>['read'] {
  return (value, path, refuse) => {
    const checked = read(value, path, refuse);
    return meets(checked) ? checked : refuse(path, expected, describe(value));
  };
}

function ofType<T>(is: (value: unknown) => value is T, expected: string): Schema<T> {
  return schema((value, path, refuse) => (is(value) ? value : refuse(path, expected, describe(value))));
}

/** A schema of numbers, with its bounds. */
export interface NumberSchema extends Schema<number> {
  gt(bound: number): NumberSchema;
  lt(bound: number): NumberSchema;
  min(bound: number): NumberSchema;
  max(bound: number): NumberSchema;
  positive(): NumberSchema;
  negative(): NumberSchema;
}

function numbers(read: Schema<number>['read']): NumberSchema {
  const bounded = (meets: (value: number) => boolean, expected: string) => numbers(refined(read, meets, expected));
  return {
    ...schema(read),
    gt: (bound) => bounded((value) => value > bound, `above ${bound}`),
    lt: (bound) => bounded((value) => value < bound, `below ${bound}`),
    min: (bound) => bounded((value) => value >= bound, `at least ${bound}`),
    max: (bound) => bounded((value) => value <= bound, `at most ${bound}`),
    positive: () => bounded((value) => value > 0, 'above 0'),
    negative: () => bounded((value) => value < 0, 'below 0'),
  };
}

/** A finite number. */
export function number(): NumberSchema {
  return numbers(ofType((value): value is number => Number.isFinite(value), 'a finite number').read);
}

/** A whole number that float64 holds exactly. */
export function int(): NumberSchema {
  return numbers(ofType((value): value is number => Number.isSafeInteger(value), 'a whole number').read);
}

export function string(): Schema<string> {
  return ofType((value): value is string => typeof value === 'string', 'a string');
}

export function boolean(): Schema<boolean> {
  return ofType((value): value is boolean => typeof value === 'boolean', 'true or false');
}

/** That value and no other. */
export function literal<const T extends string>(wanted: T): Schema<T> {
  return ofType((value): value is T => value === wanted, describe(wanted));
}

function oneOf<const T extends string>(wanted: readonly T[]): Schema<T> {
  return ofType((value): value is T => wanted.includes(value as T), `one of ${wanted.map(describe).join(', ')}`);
}

export { oneOf as enum };

/** A list of values of one kind. */
export function array<T>(item: Schema<T>): Schema<T[]> & { min(length: number): Schema<T[]> } {
  const list = schema<T[]>((value, path, refuse) =>
    Array.isArray(value)
      ? value.map((one, i) => item.read(one, `${path}.${i}`, refuse))
      : refuse(path, 'an array', describe(value)),
  );
  return { ...list, min: (length) => list.refine((value) => value.length >= length, `${length} values or more`) };
}

/** A list of so many values, each of its kind. */
export function tuple<const Items extends readonly Schema<unknown>[]>(
  items: Items,
): Schema<{ -readonly [I in keyof Items]: Checked<Items[I]> }> {
  return schema((value, path, refuse) => {
    if (!Array.isArray(value) || value.length !== items.length)
      return refuse(path, `an array of ${items.length}`, describe(value));
    const read = items.map((item, i) => item.read(value[i], `${path}.${i}`, refuse));
    return read as { -readonly [I in keyof Items]: Checked<Items[I]> };
  });
}

/** Fields of an object and what they hold. */
type Shape = Readonly<Record<string, Schema<unknown>>>;
type Fields<S extends Shape> = { [Key in keyof S]: Checked<S[Key]> };

/** A schema of objects, which others are made from. */
export interface ObjectSchema<S extends Shape> extends Schema<Fields<S>> {
  extend<More extends Shape>(more: More): ObjectSchema<Omit<S, keyof More> & More>;
  omit<Key extends keyof S>(keys: Readonly<Record<Key, true>>): ObjectSchema<Omit<S, Key>>;
}

/** An object with these fields; others are left out of what is returned. */
export function object<S extends Shape>(shape: S): ObjectSchema<S> {
  return objects(shape, false);
}

/** An object with these fields and no others. */
export function strictObject<S extends Shape>(shape: S): ObjectSchema<S> {
  return objects(shape, true);
}

function objects<S extends Shape>(shape: S, strict: boolean): ObjectSchema<S> {
  const read = (value: unknown, path: string, refuse: Refuse): Fields<S> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return refuse(path, 'an object', describe(value));
    const unknown = strict ? Object.keys(value).find((key) => !Object.hasOwn(shape, key)) : undefined;
    if (unknown !== undefined)
      return refuse(path, `an object of no other fields than ${Object.keys(shape).join(', ')}`, describe(unknown));
    const fields = Object.entries(shape).map(([key, field]) => {
      const own = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
      return [key, field.read(own, path === '' ? key : `${path}.${key}`, refuse)];
    });
    return Object.fromEntries(fields) as Fields<S>;
  };
  return {
    ...schema(read),
    extend: (more) => objects({ ...shape, ...more }, strict) as never,
    omit: (keys) =>
      objects(Object.fromEntries(Object.entries(shape).filter(([key]) => !(key in keys))), strict) as never,
  };
}
