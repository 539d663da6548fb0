import { invalid, refuseUnknown } from '../../errors.js';
import { parseEpochDay } from '../../series/inside.js';
import { compareCodes } from '../../store/order.js';
import type { IssuedForecast, OutcomeRecord, PredictionRecord } from '../../store/records.js';
import { checkCodes } from '../check-request.js';
import { CALL_OPTIONS, type CallOptions, type Context, requireStoring, type StoringContext } from '../context.js';
import { pagedOutcomes, pagedPredictions } from '../paged.js';
import { chainedLine, type LogBody, NO_HASH } from './chained-line.js';
import { verifyLog } from './verify-log.js';

export interface ExportLogOptions extends CallOptions {
  /** Only these instruments; default all. */
  codes?: readonly string[] | undefined;
  /** First and last base date, 'YYYY-MM-DD'; default all. */
  from?: string | undefined;
  to?: string | undefined;
  /** The lines published so far: only rows that they lack are exported, and the chain goes on from their last one. */
  previous?: Iterable<string> | AsyncIterable<string> | undefined;
}

const KEYS = [...CALL_OPTIONS, 'codes', 'from', 'to', 'previous'];

/**
 * Yields the track record as JSON lines, each with the SHA-256 of the line before it, so that it can be shown not to have been rewritten.
 *
 * Rows come in the order of events: 'forecast' when issued, 'outcome' when matched, 'void' when given up. A forecast that was issued again is
 * another row, if `previous` holds the first. Publish the lines, and the last line's hash somewhere that others keep, before the next open.
 *
 * @returns lines without their line ends: {"prev":...,"row":1,...,"hash":...} in canonical JSON (sorted keys, no blanks)
 * @throws ForecastError `INVALID_ARGUMENT` for the call or a `previous` that does not hold, naming its row; `INVALID_DATE`; `RUNTIME_MISSING`
 *   without Web Crypto; whatever the store throws (`CORRUPT_ROW`: a log with holes is none); the signal's reason
 * @example
 * for await (const line of exportLog(context)) file.write(line + '\n');
 */
export async function* exportLog(context: Context, options: ExportLogOptions = {}): AsyncGenerator<string> {
  const where = 'exportLog';
  const storing = requireStoring(where, context, options);
  refuseUnknown(where, options, KEYS);
  const { from, to, signal } = options;
  for (const [field, day] of Object.entries({ from, to })) {
    if (day !== undefined && parseEpochDay(day) === undefined) {
      throw invalid('INVALID_DATE', where, field, "an existing day 'YYYY-MM-DD'", day);
    }
  }
  const codes = options.codes && new Set(checkCodes(where, options.codes));
  const { known, ...place } = await readPrevious(options.previous ?? []);
  const events = await readEvents(storing, { from, to, codes, signal });
  let { row, prev } = place;
  for (const event of events.sort(inOrder)) {
    signal?.throwIfAborted();
    if (known.has(identityOf(event.body))) continue;
    const { line, hash } = await chainedLine(event.body, { row, prev });
    yield line;
    row++;
    prev = hash;
  }
}

interface LogEvent {
  at: Date;
  body: LogBody & { type: string; at: string; code: string; baseDate: string; horizon: number };
}

async function readEvents(
  { store }: StoringContext,
  { from, to, codes, signal }: Pick<ExportLogOptions, 'from' | 'to' | 'signal'> & { codes: Set<string> | undefined },
): Promise<LogEvent[]> {
  const events: LogEvent[] = [];
  const query = { ...(from && { fromBaseDate: from }), ...(to && { toBaseDate: to }) };
  for await (const page of pagedPredictions(store, query)) {
    signal?.throwIfAborted();
    for (const prediction of page) if (codes?.has(prediction.code) ?? true) events.push(...issuedEvents(prediction));
  }
  for await (const page of pagedOutcomes(store, query)) {
    signal?.throwIfAborted();
    for (const outcome of page) if (codes?.has(outcome.code) ?? true) events.push(outcomeEvent(outcome));
  }
  return events;
}

function issuedEvents(prediction: PredictionRecord): LogEvent[] {
  const { code, baseDate, horizon, targetDate, baseClose, issue, earlier, void: found } = prediction;
  const key = { code, baseDate, horizon };
  const forecast = (issued: IssuedForecast, when: PredictionRecord['issue']): LogEvent => {
    const { issuedAt, pointClose, ciLow, ciHigh, levels, quantiles, probUp, probFlat, probDown } = issued;
    const { direction, expectedReturn, weights, calibration, members, sourcesUsed } = issued;
    return {
      at: issuedAt,
      body: {
        ...{ type: 'forecast', at: issuedAt.toISOString(), ...key, targetDate, baseClose, issue: when },
        ...{ pointClose, ciLow, ciHigh, levels, quantiles, probUp, probFlat, probDown, direction, expectedReturn },
        ...{ weights, calibration, members, sourcesUsed },
      },
    };
  };
  const events = [forecast(prediction, issue)];
  if (earlier !== undefined) events.push(forecast(earlier, 'close'));
  if (found !== undefined) {
    const { reason, voidedAt } = found;
    events.push({ at: voidedAt, body: { type: 'void', at: voidedAt.toISOString(), ...key, reason } });
  }
  return events;
}

function outcomeEvent({ matchedAt, ...outcome }: OutcomeRecord): LogEvent {
  return { at: matchedAt, body: { type: 'outcome', at: matchedAt.toISOString(), ...outcome } };
}

const TYPES = ['forecast', 'outcome', 'void'];

function inOrder(a: LogEvent, b: LogEvent): number {
  return (
    a.at.getTime() - b.at.getTime() ||
    TYPES.indexOf(a.body.type) - TYPES.indexOf(b.body.type) ||
    (a.body.baseDate < b.body.baseDate ? -1 : Number(a.body.baseDate > b.body.baseDate)) ||
    compareCodes(a.body.code, b.body.code) ||
    a.body.horizon - b.body.horizon
  );
}

/** What makes two rows the same event. */
function identityOf({ type, at, code, baseDate, horizon }: Record<string, unknown>): string {
  return JSON.stringify([type, at, code, baseDate, horizon]);
}

async function readPrevious(lines: Iterable<string> | AsyncIterable<string>) {
  const known = new Set<string>();
  const texts: string[] = [];
  for await (const line of lines) texts.push(line);
  const { holds, rows, head, fault } = await verifyLog(texts);
  if (!holds) {
    throw invalid(
      'INVALID_ARGUMENT',
      'exportLog',
      'previous',
      'a log whose chain holds',
      `row ${fault!.row}: ${fault!.reason}`,
    );
  }
  for (const text of texts) if (text.trim() !== '') known.add(identityOf(JSON.parse(text)));
  return { known, row: rows + 1, prev: rows === 0 ? NO_HASH : head };
}
