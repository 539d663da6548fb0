import { ForecastError } from '../../../src/errors.js';
import { checkCode, checkInstant, checkText, checkWord, type Place } from '../../../src/store/check-fields.js';
import { checkOutcome, checkPerformance, checkPrediction, checkWeights } from '../../../src/store/check-records.js';
import type {
  JobRunRecord,
  OutcomeRecord,
  PerformanceRecord,
  PredictionRecord,
  WeightsRecord,
} from '../../../src/store/records.js';
import type { SqlRow, SqlValue } from './driver.js';

/* Records to rows of values, in the order of tables.ts, and rows back to records. */

const flag = (value: boolean) => (value ? 1 : 0);
const orNull = (value: number | undefined) => value ?? null;

export function predictionValues(record: PredictionRecord): SqlValue[] {
  return [
    record.code,
    record.baseDate,
    record.horizon,
    record.targetDate,
    record.issuedAt.toISOString(),
    record.baseClose,
    record.pointClose,
    record.ciLow,
    record.ciHigh,
    record.probUp,
    record.probFlat,
    record.probDown,
    record.direction,
    record.expectedReturn,
    flag(record.userTriggered),
    record.weights.chronos,
    record.weights.lgbm,
    record.weights.naive,
    orNull(record.calibration?.low),
    orNull(record.calibration?.high),
    JSON.stringify(record.members),
    JSON.stringify(record.sourcesUsed),
  ];
}

export function outcomeValues(record: OutcomeRecord): SqlValue[] {
  return [
    record.code,
    record.baseDate,
    record.horizon,
    record.actualDate,
    record.baseClose,
    record.actualClose,
    record.actualReturn,
    record.actualDirection,
    flag(record.directionHit),
    record.absError,
    flag(record.covered),
    JSON.stringify(record.members),
    record.matchedAt.toISOString(),
  ];
}

export function weightsValues(record: WeightsRecord): SqlValue[] {
  const { weights, hitRates, calibration } = record;
  return [
    record.code,
    record.horizon,
    record.asOf,
    weights.chronos,
    weights.lgbm,
    weights.naive,
    orNull(hitRates.chronos),
    orNull(hitRates.lgbm),
    orNull(hitRates.naive),
    orNull(hitRates.ensemble),
    orNull(calibration?.low),
    orNull(calibration?.high),
    record.sampleCount,
  ];
}

export function performanceValues(record: PerformanceRecord): SqlValue[] {
  return [
    record.code,
    record.horizon,
    record.asOf,
    record.windowDays,
    record.sampleCount,
    orNull(record.hitRate),
    orNull(record.baseRate),
    orNull(record.meanAbsError),
    orNull(record.naiveMeanAbsError),
    orNull(record.coverage),
  ];
}

// What a row holds is not trusted: the same checks that let a record in look at it on its way out. The casts below only
// pass values on to them.
const text = (value: unknown) => value as string;
const instant = (value: unknown) => new Date(value as string);
const json = <T>(value: unknown) => JSON.parse(value as string) as T;
const number = (value: unknown) => (typeof value === 'string' && value !== '' ? Number(value) : (value as number));
const optional = (value: unknown) => (value === null || value === undefined ? undefined : number(value));
const boolean = (value: unknown) =>
  value === 1 || value === 'true' ? true : value === 0 || value === 'false' ? false : (value as boolean);
const calibration = (row: SqlRow) =>
  row['calibration_low'] === null && row['calibration_high'] === null
    ? undefined
    : { low: number(row['calibration_low']), high: number(row['calibration_high']) };

export function predictionOf(row: SqlRow, at: Place): PredictionRecord {
  const record = {
    code: text(row['code']),
    baseDate: text(row['base_date']),
    horizon: number(row['horizon']),
    targetDate: text(row['target_date']),
    issuedAt: instant(row['issued_at']),
    baseClose: number(row['base_close']),
    pointClose: number(row['point_close']),
    ciLow: number(row['ci_low']),
    ciHigh: number(row['ci_high']),
    probUp: number(row['prob_up']),
    probFlat: number(row['prob_flat']),
    probDown: number(row['prob_down']),
    direction: row['direction'] as PredictionRecord['direction'],
    expectedReturn: number(row['expected_return']),
    userTriggered: boolean(row['user_triggered']),
    weights: { chronos: number(row['w_chronos']), lgbm: number(row['w_lgbm']), naive: number(row['w_naive']) },
    calibration: calibration(row),
    members: json<PredictionRecord['members']>(row['members']),
    sourcesUsed: json<string[]>(row['sources_used']),
  };
  return checkPrediction(record, at);
}

export function outcomeOf(row: SqlRow, at: Place): OutcomeRecord {
  const record = {
    code: text(row['code']),
    baseDate: text(row['base_date']),
    horizon: number(row['horizon']),
    actualDate: text(row['actual_date']),
    baseClose: number(row['base_close']),
    actualClose: number(row['actual_close']),
    actualReturn: number(row['actual_return']),
    actualDirection: row['actual_direction'] as OutcomeRecord['actualDirection'],
    directionHit: boolean(row['direction_hit']),
    absError: number(row['abs_error']),
    covered: boolean(row['covered']),
    members: json<OutcomeRecord['members']>(row['members']),
    matchedAt: instant(row['matched_at']),
  };
  return checkOutcome(record, at);
}

export function weightsOf(row: SqlRow, at: Place): WeightsRecord {
  const record = {
    code: text(row['code']),
    horizon: number(row['horizon']),
    asOf: text(row['as_of']),
    weights: { chronos: number(row['w_chronos']), lgbm: number(row['w_lgbm']), naive: number(row['w_naive']) },
    hitRates: {
      chronos: optional(row['hit_rate_chronos']),
      lgbm: optional(row['hit_rate_lgbm']),
      naive: optional(row['hit_rate_naive']),
      ensemble: optional(row['hit_rate_ensemble']),
    },
    calibration: calibration(row),
    sampleCount: number(row['sample_count']),
  };
  return checkWeights(record, at);
}

export function performanceOf(row: SqlRow, at: Place): PerformanceRecord {
  const record = {
    code: text(row['code']),
    horizon: number(row['horizon']),
    asOf: text(row['as_of']),
    windowDays: number(row['window_days']),
    sampleCount: number(row['sample_count']),
    hitRate: optional(row['hit_rate']),
    baseRate: optional(row['base_rate']),
    meanAbsError: optional(row['mean_abs_error']),
    naiveMeanAbsError: optional(row['naive_mean_abs_error']),
    coverage: optional(row['coverage']),
  };
  return checkPerformance(record, at);
}

export function jobRunOf(row: SqlRow, at: Place): JobRunRecord {
  const record: JobRunRecord = {
    job: checkCode(row['job'], at, 'job'),
    scheduledFor: checkInstant(instant(row['scheduled_for']), at, 'scheduledFor'),
    status: checkWord(row['status'], ['running', 'done', 'failed'] as const, at, 'status'),
    owner: checkCode(row['owner'], at, 'owner'),
    startedAt: checkInstant(instant(row['started_at']), at, 'startedAt'),
    leaseUntil: checkInstant(instant(row['lease_until']), at, 'leaseUntil'),
  };
  if (row['finished_at'] !== null) record.finishedAt = checkInstant(instant(row['finished_at']), at, 'finishedAt');
  if (row['summary'] !== null) record.summary = checkText(row['summary'], at, 'summary');
  return record;
}

/**
 * Returns the rows as records. A row that cannot be read back is told to `onCorruptRow` and left out.
 * @throws ForecastError `CORRUPT_ROW` naming table and key, if there is no `onCorruptRow`
 */
export function recordsOf<Record>(
  rows: readonly SqlRow[],
  table: { name: string; key: readonly string[] },
  recordOf: (row: SqlRow, at: Place) => Record,
  onCorruptRow?: (error: ForecastError) => void,
): Record[] {
  const records: Record[] = [];
  for (const row of rows) {
    try {
      records.push(recordOf(row, { where: table.name, path: 'row' }));
    } catch (cause) {
      const key = table.key.map((column) => String(row[column])).join(' ');
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message = `${table.name}: the row ${key} cannot be read back: ${reason}`;
      const error = new ForecastError('CORRUPT_ROW', message, { field: table.name, actual: key, cause });
      if (onCorruptRow === undefined) throw error;
      onCorruptRow(error);
    }
  }
  return records;
}

/**
 * Returns up to `limit` records that can be read back, reading on behind rows that cannot.
 *
 * @param read returns up to `count` rows after the given row, in the list's order
 */
export async function readableRecords<Record>(
  read: (after: SqlRow | undefined, count: number) => Promise<SqlRow[]>,
  limit: number,
  table: { name: string; key: readonly string[] },
  recordOf: (row: SqlRow, at: Place) => Record,
  onCorruptRow?: (error: ForecastError) => void,
): Promise<Record[]> {
  const records: Record[] = [];
  let after: SqlRow | undefined;
  for (;;) {
    const count = limit - records.length;
    const rows = await read(after, count);
    for (const record of recordsOf(rows, table, recordOf, onCorruptRow)) records.push(record);
    if (records.length === limit || rows.length < count) return records;
    after = rows[rows.length - 1];
  }
}
