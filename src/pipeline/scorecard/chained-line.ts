import { ForecastError } from '../../errors.js';

/** What stands before the first row. */
export const NO_HASH = '0'.repeat(64);

/** A row of a log without its place in the chain: plain JSON. */
export type LogBody = Readonly<Record<string, unknown>>;

/** Returns plain data as JSON with sorted keys and no blanks: one text for one content. What is undefined is left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value instanceof Date) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, held]) => held !== undefined);
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, held]) => `${JSON.stringify(key)}:${canonicalJson(held)}`).join(',')}}`;
}

/**
 * Returns the SHA-256 of a text's UTF-8 bytes in hex, by Web Crypto.
 *
 * @throws ForecastError `RUNTIME_MISSING` where there is none, as on a page that came by plain http
 */
export async function sha256(text: string): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    throw new ForecastError(
      'RUNTIME_MISSING',
      'log: there is no Web Crypto here (crypto.subtle); serve the page by https',
      {
        expected: 'crypto.subtle',
      },
    );
  }
  const digest = await subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Returns the row's line: its number, the hash before it, and its own hash over all the rest. */
export async function chainedLine(body: LogBody, { row, prev }: { row: number; prev: string }) {
  const unsigned = { ...body, row, prev };
  const hash = await sha256(canonicalJson(unsigned));
  return { line: canonicalJson({ ...unsigned, hash }), hash };
}
