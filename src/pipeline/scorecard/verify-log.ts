import { canonicalJson, NO_HASH, sha256 } from './chained-line.js';

/** What a log's chain says. */
export interface LogCheck {
  /** Whether every row is as it was written, in its place. */
  holds: boolean;
  /** Rows that hold, from the first one on. */
  rows: number;
  /** The hash of the last row that holds; 64 zeros before any. */
  head: string;
  /** The first row that does not hold. */
  fault?: LogFault;
}

/** Where a chain breaks, and why. */
export interface LogFault {
  /** The line's number, from 1, blank lines not counted. */
  row: number;
  reason: string;
}

/**
 * Returns whether a log (lines of `exportLog`) is as it was written. The first row that was changed, left out, added or moved is named; nothing
 * is thrown for what the lines hold.
 *
 * A chain cannot tell that its last rows are missing: hand in a head that was published earlier, and it must be among the rows.
 *
 * @param lines without their line ends; a blank line is passed over
 * @example
 * const { holds, head, fault } = await verifyLog(text.split('\n'));
 */
export async function verifyLog(
  lines: Iterable<string> | AsyncIterable<string>,
  { head: published }: { head?: string | undefined } = {},
): Promise<LogCheck> {
  let [rows, head] = [0, NO_HASH];
  let seen = published === undefined || published === NO_HASH;
  for await (const line of lines) {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (text.trim() === '') continue;
    const place = { row: rows + 1, prev: head };
    const checked = await checkRow(text, place);
    if ('reason' in checked) return { holds: false, rows, head, fault: { row: place.row, reason: checked.reason } };
    ({ hash: head } = checked);
    rows++;
    if (head === published) seen = true;
  }
  if (seen) return { holds: true, rows, head };
  const reason = `no row has the published head ${published}: rows are missing, or the log was written anew`;
  return { holds: false, rows, head, fault: { row: rows + 1, reason } };
}

async function checkRow(
  text: string,
  place: { row: number; prev: string },
): Promise<{ hash: string } | { reason: string }> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { reason: 'it is no JSON' };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return { reason: 'it is no JSON object' };
  const { hash, ...rest } = parsed as Record<string, unknown>;
  if (rest['row'] !== place.row) return { reason: `it says it is row ${JSON.stringify(rest['row'])}` };
  if (rest['prev'] !== place.prev) return { reason: 'it does not follow the row before it' };
  if (typeof hash !== 'string' || hash !== (await sha256(canonicalJson(rest)))) {
    return { reason: 'its content is not what its hash was made of' };
  }
  // one content, one text: a key that stands twice would be read differently by different readers
  return text === canonicalJson(parsed) ? { hash } : { reason: 'it is not in canonical form' };
}
