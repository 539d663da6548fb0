import { describe, type ForecastErrorCode, isForecastError } from '../errors.js';

/** The codes of what no store may take. */
export const BAD_INPUT = ['INVALID_ARGUMENT', 'INVALID_KEY', 'INVALID_DATE', 'INVALID_HORIZON'] as const;

/** Throws an Error with the message unless `holds`. */
export function expectThat(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message);
}

/** Throws unless the two are deeply the same: numbers by Object.is, Dates by instant, objects by their own present fields. */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  const path = firstDifference(actual, expected, '');
  if (path !== undefined) throw new Error(`${what}${path}`);
}

/** Throws unless the call rejects with a ForecastError of the code; returns that error. */
export async function expectRejects(
  call: () => unknown,
  code: ForecastErrorCode | readonly ForecastErrorCode[],
  what: string,
): Promise<Error> {
  const codes = typeof code === 'string' ? [code] : code;
  let answer: unknown;
  try {
    answer = await call();
  } catch (error) {
    if (codes.some((wanted) => isForecastError(error, wanted))) return error as Error;
    throw new Error(`${what}: expected a ForecastError ${codes.join(' or ')}, got ${error}`, { cause: error });
  }
  throw new Error(`${what}: expected a ForecastError ${codes.join(' or ')}, got the answer ${describe(answer)}`);
}

/** Returns where and how two values differ, or undefined. */
function firstDifference(actual: unknown, expected: unknown, path: string): string | undefined {
  const differ = () => ` ${path === '' ? '' : `at ${path} `}expected ${describe(expected)}, got ${describe(actual)}`;
  if (Object.is(actual, expected)) return undefined;
  if (typeof actual !== 'object' || typeof expected !== 'object' || actual === null || expected === null)
    return differ();
  if (actual instanceof Date || expected instanceof Date) {
    const same = actual instanceof Date && expected instanceof Date && actual.getTime() === expected.getTime();
    return same ? undefined : differ();
  }
  if (Array.isArray(actual) !== Array.isArray(expected)) return differ();
  if (Array.isArray(actual) && Array.isArray(expected) && actual.length !== expected.length) return differ();
  const left = actual as Record<string, unknown>;
  const right = expected as Record<string, unknown>;
  for (const field of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const difference = firstDifference(left[field], right[field], path === '' ? field : `${path}.${field}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
