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
  const copy = {
    code: checkCode(record.code, at),
    baseDate: checkDate(record.baseDate, at, 'baseDate'),
    horizon: checkHorizon(record.horizon, at),
    targetDate: checkDate(record.targetDate, at, 'targetDate'),
    baseClose: checkPrice(record.baseClose, at, 'baseClose'),
    issue: checkWord(record.issue, ISSUES, at, 'issue'),
    userTriggered: checkBoolean(record.userTriggered, at, 'userTriggered'),
  } as PredictionRecord;
  copyForecast(copy, record, at);
  if (copy.targetDate <= copy.baseDate) {
    throw invalid('INVALID_DATE', at.where, pathTo(at, 'targetDate'), 'a date after baseDate', copy.targetDate);
  }
  if (record.earlier !== undefined) {
    const place = inside(at, 'earlier');
    checkObject(record.earlier, place);
    copy.earlier = {} as IssuedForecast;
    copyForecast(copy.earlier, record.earlier, place);
  }
  if (record.void !== undefined) copy.void = checkVoid(record.void, inside(at, 'void'));
  return copy;
}

const ISSUES = ['close', 'open'] as const;

// Copies are made field by field: rows are read by the hundred thousand, and a spread costs as much as all checks of a row together.

/** Notes are the members': the ensemble's row has no place for them. */
function copyForecast(copy: IssuedForecast, forecast: IssuedForecast, at: FieldPath): void {
  copy.issuedAt = checkInstant(forecast.issuedAt, at, 'issuedAt');
  copyDistribution(copy, forecast, at);
  copy.weights = sharesOf(forecast.weights, at);
  copy.members = membersOf(forecast.members, at, memberForecast);
  copy.sourcesUsed = textsOf(forecast.sourcesUsed, at, 'sourcesUsed');
  if (forecast.calibration !== undefined) copy.calibration = calibrationOf(forecast.calibration, at);
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
  const copy = {
    code: checkCode(record.code, at),
    baseDate: checkDate(record.baseDate, at, 'baseDate'),
    horizon: checkHorizon(record.horizon, at),
    actualDate: checkDate(record.actualDate, at, 'actualDate'),
    baseClose: checkPrice(record.baseClose, at, 'baseClose'),
    actualClose: checkPrice(record.actualClose, at, 'actualClose'),
    actualReturn: checkNumber(record.actualReturn, at, 'actualReturn'),
    actualDirection: checkWord(record.actualDirection, DIRECTIONS, at, 'actualDirection'),
  } as OutcomeRecord;
  copyLoss(copy, record, at);
  copy.matchedAt = checkInstant(record.matchedAt, at, 'matchedAt');
  if (record.earlier !== undefined) {
    const place = inside(at, 'earlier');
    checkObject(record.earlier, place);
    copy.earlier = {} as ForecastLoss;
    copyLoss(copy.earlier, record.earlier, place);
  }
  if (record.baseChange !== undefined) {
    copy.baseChange = checkWord(record.baseChange, BASE_CHANGES, at, 'baseChange');
  }
  return copy;
}

const BASE_CHANGES = ['adjusted', 'corrected'] as const;

function copyLoss(copy: ForecastLoss, loss: ForecastLoss, at: FieldPath): void {
  copy.directionHit = checkBoolean(loss.directionHit, at, 'directionHit');
  copy.absError = checkNumber(loss.absError, at, 'absError', 0);
  copy.covered = checkBoolean(loss.covered, at, 'covered');
  copy.members = membersOf(loss.members, at, memberLoss);
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
    const place = inside(at, `members.${name}`);
    checkObject(member, place);
    copy[name] = check(member, place);
  }
  return copy;
}

function memberForecast(forecast: Distribution, at: FieldPath): Distribution {
  const copy = {} as Distribution;
  copyDistribution(copy, forecast, at);
  if (forecast.notes !== undefined) copy.notes = textsOf(forecast.notes, at, 'notes');
  return copy;
}

function copyDistribution(copy: Distribution, forecast: Distribution, at: FieldPath): void {
  copy.pointClose = checkPrice(forecast.pointClose, at, 'pointClose');
  copy.levels = numbersOf(forecast.levels, at, 'levels');
  copy.quantiles = numbersOf(forecast.quantiles, at, 'quantiles');
  copy.ciLow = checkPrice(forecast.ciLow, at, 'ciLow');
  copy.ciHigh = checkPrice(forecast.ciHigh, at, 'ciHigh');
  copy.probUp = checkNumber(forecast.probUp, at, 'probUp', 0, 1);
  copy.probFlat = checkNumber(forecast.probFlat, at, 'probFlat', 0, 1);
  copy.probDown = checkNumber(forecast.probDown, at, 'probDown', 0, 1);
  copy.direction = checkWord(forecast.direction, DIRECTIONS, at, 'direction');
  copy.expectedReturn = checkNumber(forecast.expectedReturn, at, 'expectedReturn');
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
}

function inside(at: FieldPath, field: string): FieldPath {
  return { where: at.where, path: () => pathTo(at, field), sharesLists: at.sharesLists };
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

/** Returns the numbers, which are checked to be > 0 elsewhere: none is -0. */
function numbersOf(value: readonly number[], at: FieldPath, field: string): number[] {
  if (!Array.isArray(value)) throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, field), 'an array', value);
  for (let index = 0; index < value.length; index++) checkNumber(value[index], at, field);
  // slice keeps doubles unboxed, which map does not: lists are read by the hundred thousand
  return at.sharesLists ? (value as number[]) : value.slice();
}

function textsOf(value: readonly string[], at: FieldPath, field: string): string[] {
  if (!Array.isArray(value)) throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, field), 'an array', value);
  return value.map((item: unknown) => checkText(item, at, field));
}
