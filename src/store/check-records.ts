import { type IntervalCalibration, MEMBER_NAMES, type MemberForecast, type Weights } from '../ensemble/index.js';
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
  type Place,
  pathTo,
} from './check-fields.js';
import type {
  MemberLoss,
  OutcomeRecord,
  PerformanceRecord,
  PredictionKey,
  PredictionRecord,
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
  check: (record: T, at: Place) => Checked,
): Checked[] {
  if (!Array.isArray(records)) throw invalid('INVALID_ARGUMENT', where, 'records', 'an array', records);
  return records.map((record: T, index) => {
    const at = { where, path: () => `records[${index}]` };
    checkObject(record, at);
    return check(record, at);
  });
}

/** Returns a copy fit to be stored. @throws ForecastError naming the field */
export function checkPrediction(record: PredictionRecord, at: Place): PredictionRecord {
  const copy: PredictionRecord = {
    code: checkCode(record.code, at),
    baseDate: checkDate(record.baseDate, at, 'baseDate'),
    horizon: checkHorizon(record.horizon, at),
    targetDate: checkDate(record.targetDate, at, 'targetDate'),
    issuedAt: checkInstant(record.issuedAt, at, 'issuedAt'),
    baseClose: checkPrice(record.baseClose, at, 'baseClose'),
    pointClose: checkNumber(record.pointClose, at, 'pointClose'),
    ciLow: checkNumber(record.ciLow, at, 'ciLow'),
    ciHigh: checkNumber(record.ciHigh, at, 'ciHigh'),
    probUp: checkNumber(record.probUp, at, 'probUp', 0, 1),
    probFlat: checkNumber(record.probFlat, at, 'probFlat', 0, 1),
    probDown: checkNumber(record.probDown, at, 'probDown', 0, 1),
    direction: checkWord(record.direction, DIRECTIONS, at, 'direction'),
    expectedReturn: checkNumber(record.expectedReturn, at, 'expectedReturn'),
    userTriggered: checkBoolean(record.userTriggered, at, 'userTriggered'),
    weights: weightsOf(record.weights, at),
    members: membersOf(record.members, at, memberForecast),
    sourcesUsed: textsOf(record.sourcesUsed, at, 'sourcesUsed'),
  };
  if (copy.targetDate <= copy.baseDate) {
    throw invalid('INVALID_DATE', at.where, pathTo(at, 'targetDate'), 'a date after baseDate', copy.targetDate);
  }
  if (record.calibration !== undefined) copy.calibration = calibrationOf(record.calibration, at);
  return copy;
}

/** Returns a copy fit to be stored. @throws ForecastError naming the field */
export function checkOutcome(record: OutcomeRecord, at: Place): OutcomeRecord {
  return {
    code: checkCode(record.code, at),
    baseDate: checkDate(record.baseDate, at, 'baseDate'),
    horizon: checkHorizon(record.horizon, at),
    actualDate: checkDate(record.actualDate, at, 'actualDate'),
    baseClose: checkPrice(record.baseClose, at, 'baseClose'),
    actualClose: checkPrice(record.actualClose, at, 'actualClose'),
    actualReturn: checkNumber(record.actualReturn, at, 'actualReturn'),
    actualDirection: checkWord(record.actualDirection, DIRECTIONS, at, 'actualDirection'),
    directionHit: checkBoolean(record.directionHit, at, 'directionHit'),
    absError: checkNumber(record.absError, at, 'absError', 0),
    covered: checkBoolean(record.covered, at, 'covered'),
    members: membersOf(record.members, at, memberLoss),
    matchedAt: checkInstant(record.matchedAt, at, 'matchedAt'),
  };
}

/** Returns a copy fit to be stored. @throws ForecastError naming the field */
export function checkWeights(record: WeightsRecord, at: Place): WeightsRecord {
  const rates = checkObject(record.hitRates, at, 'hitRates');
  const hitRates: WeightsRecord['hitRates'] = {};
  for (const name of [...MEMBER_NAMES, 'ensemble'] as const) {
    if (rates[name] !== undefined) hitRates[name] = checkNumber(rates[name], at, `hitRates.${name}`, 0, 1);
  }
  const copy: WeightsRecord = {
    code: checkCode(record.code, at),
    horizon: checkHorizon(record.horizon, at),
    asOf: checkDate(record.asOf, at, 'asOf'),
    weights: weightsOf(record.weights, at),
    hitRates,
    sampleCount: checkCount(record.sampleCount, at, 'sampleCount'),
  };
  if (record.calibration !== undefined) copy.calibration = calibrationOf(record.calibration, at);
  return copy;
}

/** Returns a copy fit to be stored. @throws ForecastError naming the field */
export function checkPerformance(record: PerformanceRecord, at: Place): PerformanceRecord {
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

function weightsOf(value: Weights, at: Place): Weights {
  checkObject(value, at, 'weights');
  return {
    chronos: checkNumber(value.chronos, at, 'weights.chronos', 0, 1),
    lgbm: checkNumber(value.lgbm, at, 'weights.lgbm', 0, 1),
    naive: checkNumber(value.naive, at, 'weights.naive', 0, 1),
  };
}

function calibrationOf(value: IntervalCalibration, at: Place): IntervalCalibration {
  checkObject(value, at, 'calibration');
  return {
    low: checkNumber(value.low, at, 'calibration.low'),
    high: checkNumber(value.high, at, 'calibration.high'),
  };
}

function membersOf<T extends object>(
  value: { [name: string]: T | undefined },
  at: Place,
  check: (member: T, at: Place) => T,
): { [name: string]: T } {
  checkObject(value, at, 'members');
  const copy: { [name: string]: T } = {};
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (member === undefined) continue;
    checkWord(name, MEMBER_NAMES, at, 'members');
    const place = { where: at.where, path: () => pathTo(at, `members.${name}`) };
    checkObject(member, place);
    copy[name] = check(member, place);
  }
  return copy;
}

function memberForecast(member: MemberForecast, at: Place): MemberForecast {
  const copy: MemberForecast = {
    pointClose: checkNumber(member.pointClose, at, 'pointClose'),
    ciLow: checkNumber(member.ciLow, at, 'ciLow'),
    ciHigh: checkNumber(member.ciHigh, at, 'ciHigh'),
    probUp: checkNumber(member.probUp, at, 'probUp', 0, 1),
    probFlat: checkNumber(member.probFlat, at, 'probFlat', 0, 1),
    probDown: checkNumber(member.probDown, at, 'probDown', 0, 1),
  };
  if (member.levels !== undefined) copy.levels = numbersOf(member.levels, at, 'levels');
  if (member.quantiles !== undefined) copy.quantiles = numbersOf(member.quantiles, at, 'quantiles');
  if (copy.levels?.length !== copy.quantiles?.length) {
    throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, 'quantiles'), 'as long as levels', member.quantiles);
  }
  return copy;
}

function memberLoss(member: MemberLoss, at: Place): MemberLoss {
  const copy: MemberLoss = {
    absError: checkNumber(member.absError, at, 'absError', 0),
    covered: checkBoolean(member.covered, at, 'covered'),
    directionHit: checkBoolean(member.directionHit, at, 'directionHit'),
    logLoss: checkNumber(member.logLoss, at, 'logLoss'),
  };
  if (member.pinball !== undefined) copy.pinball = checkNumber(member.pinball, at, 'pinball');
  return copy;
}

function numbersOf(value: readonly number[], at: Place, field: string): number[] {
  if (!Array.isArray(value)) throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, field), 'an array', value);
  const copy = value.slice(); // keeps doubles unboxed, which map does not: lists are read by the hundred thousand
  for (let index = 0; index < copy.length; index++) copy[index] = checkNumber(copy[index], at, field);
  return copy;
}

function textsOf(value: readonly string[], at: Place, field: string): string[] {
  if (!Array.isArray(value)) throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, field), 'an array', value);
  return value.map((item: unknown) => checkText(item, at, field));
}
