import type { Calibration, Distribution, Weights } from '../ensemble/index.js';
import { invalid } from '../errors.js';
import {
  checkBoolean,
  checkCode,
  checkCount,
  checkDate,
  checkHorizon,
  checkInstant,
  checkNumber,
  checkObject,
  checkPrice,
  checkText,
  checkWord,
  type FieldPath,
  pathTo,
} from './check-fields.js';
import type {
  ForecastLoss,
  IssuedForecast,
  MemberLoss,
  OutcomeRecord,
  PerformanceRecord,
  PredictionKey,
  PredictionRecord,
  PredictionVoid,
  WeightsRecord,
} from './records.js';

/*
 * What every store does first with what it is given: each function returns a deep copy with exactly the record's
 * fields (absent ones left out, -0 as 0), or throws the error that names the field. After that a store trusts.
 */

const DIRECTIONS = ['up', 'flat', 'down'] as const;

/** Returns the key's three fields. @throws ForecastError `INVALID_KEY`, `INVALID_DATE`, `INVALID_HORIZON` */
export function checkKey(key: PredictionKey, where: string, path = 'key'): PredictionKey {
  const at = { where, path };
  checkObject(key, at);
  return {
    code: checkCode(key.code, at),
    baseDate: checkDate(key.baseDate, at, 'baseDate'),
    horizon: checkHorizon(key.horizon, at),
  };
}

/** Returns the arguments of getWeights. @throws ForecastError `INVALID_KEY`, `INVALID_HORIZON`, `INVALID_DATE` */
export function checkWeightsKey(
  code: string,
  horizon: number,
  asOf: string | undefined,
  where: string,
): { code: string; horizon: number; asOf?: string } {
  const at = { where, path: '' };
  const key = { code: checkCode(code, at), horizon: checkHorizon(horizon, at) };
  return asOf === undefined ? key : { ...key, asOf: checkDate(asOf, at, 'asOf') };
}

/** Returns what `check` makes of each record. @throws ForecastError `INVALID_ARGUMENT` if it is no array, and what `check` throws */
export function checkAll<T, Checked>(
  records: readonly T[],
  where: string,
  check: (record: T, at: FieldPath) => Checked,
): Checked[] {
  if (!Array.isArray(records)) throw invalid('INVALID_ARGUMENT', where, 'records', 'an array', records);
  return records.map((record: T, index) => {
    const at = { where, path: () => `records[${index}]` };
    checkObject(record, at);
    return check(record, at);
  });
}

/** Returns a copy fit to be stored. @throws ForecastError naming the field */
export function checkPrediction(record: PredictionRecord, at: FieldPath): PredictionRecord {
  const copy: PredictionRecord = {
    code: checkCode(record.code, at),
    baseDate: checkDate(record.baseDate, at, 'baseDate'),
    horizon: checkHorizon(record.horizon, at),
    targetDate: checkDate(record.targetDate, at, 'targetDate'),
    baseClose: checkPrice(record.baseClose, at, 'baseClose'),
    issue: checkWord(record.issue, ['close', 'open'] as const, at, 'issue'),
    userTriggered: checkBoolean(record.userTriggered, at, 'userTriggered'),
    ...issuedForecast(record, at),
  };
  if (copy.targetDate <= copy.baseDate) {
    throw invalid('INVALID_DATE', at.where, pathTo(at, 'targetDate'), 'a date after baseDate', copy.targetDate);
  }
  if (record.earlier !== undefined) {
    const place = inside(at, 'earlier');
    checkObject(record.earlier, place);
    copy.earlier = issuedForecast(record.earlier, place);
  }
  if (record.void !== undefined) copy.void = checkVoid(record.void, inside(at, 'void'));
  return copy;
}

function issuedForecast(forecast: IssuedForecast, at: FieldPath): IssuedForecast {
  const copy: IssuedForecast = {
    issuedAt: checkInstant(forecast.issuedAt, at, 'issuedAt'),
    ...withoutNotes(distribution(forecast, at)),
    weights: sharesOf(forecast.weights, at),
    members: membersOf(forecast.members, at, distribution),
    sourcesUsed: textsOf(forecast.sourcesUsed, at, 'sourcesUsed'),
  };
  if (forecast.calibration !== undefined) copy.calibration = calibrationOf(forecast.calibration, at);
  return copy;
}

/** Notes are the members': the ensemble's row has no place for them. */
function withoutNotes({ notes: _, ...forecast }: Distribution): Distribution {
  return forecast;
}

const VOID_REASONS = ['no-base', 'no-close', 'unknown-code'] as const;

/** Returns a copy fit to be stored. @throws ForecastError naming the field */
export function checkVoid(record: PredictionVoid, at: FieldPath): PredictionVoid {
  checkObject(record, at);
  return {
    reason: checkWord(record.reason, VOID_REASONS, at, 'reason'),
    voidedAt: checkInstant(record.voidedAt, at, 'voidedAt'),
  };
}

/** Returns a copy fit to be stored. @throws ForecastError naming the field */
export function checkOutcome(record: OutcomeRecord, at: FieldPath): OutcomeRecord {
  const copy: OutcomeRecord = {
    code: checkCode(record.code, at),
    baseDate: checkDate(record.baseDate, at, 'baseDate'),
    horizon: checkHorizon(record.horizon, at),
    actualDate: checkDate(record.actualDate, at, 'actualDate'),
    baseClose: checkPrice(record.baseClose, at, 'baseClose'),
    actualClose: checkPrice(record.actualClose, at, 'actualClose'),
    actualReturn: checkNumber(record.actualReturn, at, 'actualReturn'),
    actualDirection: checkWord(record.actualDirection, DIRECTIONS, at, 'actualDirection'),
    ...forecastLoss(record, at),
    matchedAt: checkInstant(record.matchedAt, at, 'matchedAt'),
  };
  if (record.earlier !== undefined) {
    const place = inside(at, 'earlier');
    checkObject(record.earlier, place);
    copy.earlier = forecastLoss(record.earlier, place);
  }
  if (record.baseChange !== undefined) {
    copy.baseChange = checkWord(record.baseChange, ['adjusted', 'corrected'] as const, at, 'baseChange');
  }
  return copy;
}

function forecastLoss(loss: ForecastLoss, at: FieldPath): ForecastLoss {
  return {
    directionHit: checkBoolean(loss.directionHit, at, 'directionHit'),
    absError: checkNumber(loss.absError, at, 'absError', 0),
    covered: checkBoolean(loss.covered, at, 'covered'),
    members: membersOf(loss.members, at, memberLoss),
  };
}

/** Returns a copy fit to be stored. @throws ForecastError naming the field */
export function checkWeights(record: WeightsRecord, at: FieldPath): WeightsRecord {
  const rates = checkObject(record.hitRates, at, 'hitRates');
  const hitRates: WeightsRecord['hitRates'] = {};
  for (const name of Object.keys(rates)) {
    if (rates[name] === undefined) continue;
    checkName(name, at, 'hitRates');
    hitRates[name] = checkNumber(rates[name], at, `hitRates.${name}`, 0, 1);
  }
  const copy: WeightsRecord = {
    code: checkCode(record.code, at),
    horizon: checkHorizon(record.horizon, at),
    asOf: checkDate(record.asOf, at, 'asOf'),
    weights: sharesOf(record.weights, at),
    hitRates,
    sampleCount: checkCount(record.sampleCount, at, 'sampleCount'),
  };
  if (record.calibration !== undefined) copy.calibration = calibrationOf(record.calibration, at);
  return copy;
}

/** Returns a copy fit to be stored. @throws ForecastError naming the field */
export function checkPerformance(record: PerformanceRecord, at: FieldPath): PerformanceRecord {
  const copy: PerformanceRecord = {
    code: checkCode(record.code, at),
    horizon: checkHorizon(record.horizon, at),
    asOf: checkDate(record.asOf, at, 'asOf'),
    windowDays: checkCount(record.windowDays, at, 'windowDays', 1),
    sampleCount: checkCount(record.sampleCount, at, 'sampleCount'),
  };
  for (const share of ['hitRate', 'baseRate', 'coverage'] as const) {
    if (record[share] !== undefined) copy[share] = checkNumber(record[share], at, share, 0, 1);
  }
  for (const error of ['meanAbsError', 'naiveMeanAbsError'] as const) {
    if (record[error] !== undefined) copy[error] = checkNumber(record[error], at, error, 0);
  }
  return copy;
}

/** Returns shares by member that sum to 1. */
function sharesOf(value: Weights, at: FieldPath): Weights {
  checkObject(value, at, 'weights');
  const copy: Weights = {};
  let sum = 0;
  for (const name of Object.keys(value)) {
    checkName(name, at, 'weights');
    copy[name] = checkNumber(value[name], at, `weights.${name}`, 0, 1);
    sum += copy[name];
  }
  if (Math.abs(sum - 1) <= 1e-6) return copy;
  throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, 'weights'), 'shares that sum to 1', sum);
}

function calibrationOf(value: Calibration, at: FieldPath): Calibration {
  checkObject(value, at, 'calibration');
  return {
    low: checkPrice(value.low, at, 'calibration.low'),
    high: checkPrice(value.high, at, 'calibration.high'),
  };
}

const MEMBER_NAME = /^[a-z][a-z0-9_]{0,39}$/;

function checkName(name: string, at: FieldPath, field: string): void {
  if (MEMBER_NAME.test(name)) return;
  throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, field), "members' names: small letters, digits and _", name);
}

function membersOf<T extends object>(
  value: Record<string, T>,
  at: FieldPath,
  check: (member: T, at: FieldPath) => T,
): Record<string, T> {
  checkObject(value, at, 'members');
  const copy: Record<string, T> = {};
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (member === undefined) continue;
    checkName(name, at, 'members');
    const place = { where: at.where, path: () => pathTo(at, `members.${name}`) };
    checkObject(member, place);
    copy[name] = check(member, place);
  }
  return copy;
}

function distribution(forecast: Distribution, at: FieldPath): Distribution {
  const copy: Distribution = {
    pointClose: checkPrice(forecast.pointClose, at, 'pointClose'),
    levels: numbersOf(forecast.levels, at, 'levels'),
    quantiles: numbersOf(forecast.quantiles, at, 'quantiles'),
    ciLow: checkPrice(forecast.ciLow, at, 'ciLow'),
    ciHigh: checkPrice(forecast.ciHigh, at, 'ciHigh'),
    probUp: checkNumber(forecast.probUp, at, 'probUp', 0, 1),
    probFlat: checkNumber(forecast.probFlat, at, 'probFlat', 0, 1),
    probDown: checkNumber(forecast.probDown, at, 'probDown', 0, 1),
    direction: checkWord(forecast.direction, DIRECTIONS, at, 'direction'),
    expectedReturn: checkNumber(forecast.expectedReturn, at, 'expectedReturn'),
  };
  if (forecast.notes !== undefined) copy.notes = textsOf(forecast.notes, at, 'notes');
  const { levels, quantiles, ciLow, pointClose, ciHigh } = copy;
  if (levels.length !== quantiles.length) {
    throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, 'quantiles'), 'as long as levels', forecast.quantiles);
  }
  for (let i = 0; i < levels.length; i++) {
    if (!(levels[i] > (i === 0 ? 0 : levels[i - 1]) && levels[i] < 1)) {
      throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, `levels[${i}]`), 'ascending and in (0, 1)', levels[i]);
    }
    if (!(quantiles[i] > 0 && (i === 0 || quantiles[i] >= quantiles[i - 1]))) {
      throw invalid(
        'INVALID_ARGUMENT',
        at.where,
        pathTo(at, `quantiles[${i}]`),
        '> 0 and non-decreasing',
        quantiles[i],
      );
    }
  }
  if (!(ciLow <= pointClose && pointClose <= ciHigh)) {
    throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, 'pointClose'), `in [ciLow, ciHigh]`, pointClose);
  }
  return copy;
}

function inside(at: FieldPath, field: string): FieldPath {
  return { where: at.where, path: () => pathTo(at, field) };
}

function memberLoss(member: MemberLoss, at: FieldPath): MemberLoss {
  const copy: MemberLoss = {
    absError: checkNumber(member.absError, at, 'absError', 0),
    covered: checkBoolean(member.covered, at, 'covered'),
    directionHit: checkBoolean(member.directionHit, at, 'directionHit'),
    logLoss: checkNumber(member.logLoss, at, 'logLoss'),
  };
  if (member.pinball !== undefined) copy.pinball = checkNumber(member.pinball, at, 'pinball');
  return copy;
}

function numbersOf(value: readonly number[], at: FieldPath, field: string): number[] {
  if (!Array.isArray(value)) throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, field), 'an array', value);
  const copy = value.slice(); // keeps doubles unboxed, which map does not: lists are read by the hundred thousand
  for (let index = 0; index < copy.length; index++) copy[index] = checkNumber(copy[index], at, field);
  return copy;
}

function textsOf(value: readonly string[], at: FieldPath, field: string): string[] {
  if (!Array.isArray(value)) throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, field), 'an array', value);
  return value.map((item: unknown) => checkText(item, at, field));
}
