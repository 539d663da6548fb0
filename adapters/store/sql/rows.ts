import type { Distribution } from '../../../src/ensemble/index.js';
import { ForecastError, isForecastError } from '../../../src/errors.js';
import {
  checkCode,
  checkCount,
  checkInstant,
  checkText,
  checkWord,
  type FieldPath,
} from '../../../src/store/check-fields.js';
import { checkFailures, checkFigures } from '../../../src/store/check-queries.js';
import { checkOutcome, checkPerformance, checkPrediction, checkWeights } from '../../../src/store/check-records.js';
import type {
  ForecastLoss,
  JobRunRecord,
  OutcomeRecord,
  PerformanceRecord,
  PredictionRecord,
  PredictionVoid,
  WeightsRecord,
} from '../../../src/store/records.js';
import type { SqlRow, SqlValue } from './driver.js';
import {
  distributionText,
  earlierOf,
  earlierText,
  firstDistributionOf,
  forecastsOf,
  membersText,
  quantileBytes,
} from './forecast-columns.js';

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
    ...pairWeights(record.weights),
    orNull(record.calibration?.low),
    orNull(record.calibration?.high),
    membersText(record.members, record.baseClose, record.levels),
    JSON.stringify(record.sourcesUsed),
    distributionText(record.levels),
    JSON.stringify(record.weights),
    record.issue,
    record.earlier === undefined ? null : earlierText(record.earlier, record.baseClose),
    record.void?.reason ?? null,
    record.void?.voidedAt.toISOString() ?? null,
    quantileBytes(record),
  ];
}

/** The columns that the first version had for its three members. */
function pairWeights(weights: Record<string, number>): number[] {
  return [weights['chronos'] ?? 0, weights['lgbm'] ?? 0, weights['naive'] ?? 0];
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
    record.earlier === undefined ? null : JSON.stringify(record.earlier),
    record.baseChange ?? null,
  ];
}

export function weightsValues(record: WeightsRecord): SqlValue[] {
  const { weights, hitRates, calibration } = record;
  return [
    record.code,
    record.horizon,
    record.asOf,
    ...pairWeights(weights),
    orNull(hitRates['chronos']),
    orNull(hitRates['lgbm']),
    orNull(hitRates['naive']),
    orNull(hitRates['ensemble']),
    orNull(calibration?.low),
    orNull(calibration?.high),
    record.sampleCount,
    JSON.stringify(weights),
    JSON.stringify(hitRates),
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

const optionalJson = <T>(value: unknown) => (value === null || value === undefined ? undefined : json<T>(value));

function weightsIn(row: SqlRow): Record<string, number> {
  const weights = optionalJson<Record<string, number>>(row['weights']);
  return weights ?? { chronos: number(row['w_chronos']), lgbm: number(row['w_lgbm']), naive: number(row['w_naive']) };
}

export function predictionOf(row: SqlRow, at: FieldPath): PredictionRecord {
  const baseClose = number(row['base_close']);
  const { whole, members } = forecastsOf(row, baseClose);
  const stated = {
    pointClose: number(row['point_close']),
    levels: whole?.levels,
    quantiles: whole?.quantiles,
    ciLow: number(row['ci_low']),
    ciHigh: number(row['ci_high']),
    probUp: number(row['prob_up']),
    probFlat: number(row['prob_flat']),
    probDown: number(row['prob_down']),
    direction: row['direction'] as PredictionRecord['direction'],
    expectedReturn: number(row['expected_return']),
  };
  const forecast = whole ? (stated as Distribution) : firstDistributionOf(stated, baseClose);
  const { pointClose, levels, quantiles, ciLow, ciHigh, probUp, probFlat, probDown, direction, expectedReturn } =
    forecast;
  // no spread: it costs as much as all checks of the row
  const record: PredictionRecord = {
    code: text(row['code']),
    baseDate: text(row['base_date']),
    horizon: number(row['horizon']),
    targetDate: text(row['target_date']),
    issuedAt: instant(row['issued_at']),
    baseClose,
    pointClose,
    levels,
    quantiles,
    ciLow,
    ciHigh,
    probUp,
    probFlat,
    probDown,
    direction,
    expectedReturn,
    userTriggered: boolean(row['user_triggered']),
    weights: weightsIn(row),
    calibration: calibration(row),
    members,
    sourcesUsed: json<string[]>(row['sources_used']),
    issue: row['issue'] as PredictionRecord['issue'],
    earlier: earlierOf(row['earlier'], baseClose),
    void:
      row['void_reason'] === null
        ? undefined
        : { reason: row['void_reason'] as PredictionVoid['reason'], voidedAt: instant(row['voided_at']) },
  };
  return checkPrediction(record, at);
}

export function outcomeOf(row: SqlRow, at: FieldPath): OutcomeRecord {
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
    earlier: optionalJson<ForecastLoss>(row['earlier']),
    baseChange: (row['base_change'] ?? undefined) as OutcomeRecord['baseChange'],
  };
  return checkOutcome(record, at);
}

function pairHitRates(row: SqlRow): Record<string, number> {
  const rates: Record<string, number> = {};
  for (const name of ['chronos', 'lgbm', 'naive', 'ensemble']) {
    const rate = optional(row[`hit_rate_${name}`]);
    if (rate !== undefined) rates[name] = rate;
  }
  return rates;
}

export function weightsOf(row: SqlRow, at: FieldPath): WeightsRecord {
  const record = {
    code: text(row['code']),
    horizon: number(row['horizon']),
    asOf: text(row['as_of']),
    weights: weightsIn(row),
    hitRates: optionalJson<Record<string, number>>(row['hit_rates']) ?? pairHitRates(row),
    calibration: calibration(row),
    sampleCount: number(row['sample_count']),
  };
  return checkWeights(record, at);
}

export function performanceOf(row: SqlRow, at: FieldPath): PerformanceRecord {
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

export function jobRunOf(row: SqlRow, at: FieldPath): JobRunRecord {
  const record: JobRunRecord = {
    job: checkCode(row['job'], at, 'job'),
    scheduledFor: checkInstant(instant(row['scheduled_for']), at, 'scheduledFor'),
    status: checkWord(row['status'], ['running', 'done', 'failed'] as const, at, 'status'),
    owner: checkCode(row['owner'], at, 'owner'),
    startedAt: checkInstant(instant(row['started_at']), at, 'startedAt'),
    leaseUntil: checkInstant(instant(row['lease_until']), at, 'leaseUntil'),
    attempts: checkCount(number(row['attempts']), at, 'attempts', 1),
  };
  if (row['finished_at'] !== null) record.finishedAt = checkInstant(instant(row['finished_at']), at, 'finishedAt');
  if (row['summary'] !== null) record.summary = checkText(row['summary'], at, 'summary');
  if (row['figures'] !== null) record.figures = checkFigures(json(row['figures']), at);
  if (row['failures'] !== null) record.failures = checkFailures(json(row['failures']), at);
  return record;
}

/**
 * Returns the rows as records. A row that cannot be read back is told to `onCorruptRow` and left out.
 * @throws ForecastError `CORRUPT_ROW` naming table and key, if there is no `onCorruptRow`
 */
export function recordsOf<Record>(
  rows: readonly SqlRow[],
  table: { name: string; key: readonly string[] },
  recordOf: (row: SqlRow, at: FieldPath) => Record,
  onCorruptRow?: (error: ForecastError) => void,
): Record[] {
  const records: Record[] = [];
  for (const row of rows) {
    try {
      records.push(recordOf(row, { where: table.name, path: 'row', sharesLists: true }));
    } catch (cause) {
      if (isForecastError(cause, 'CORRUPT_ROW')) {
        if (onCorruptRow === undefined) throw cause;
        onCorruptRow(cause);
        continue;
      }
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
  recordOf: (row: SqlRow, at: FieldPath) => Record,
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
