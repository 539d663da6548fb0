import type { Distribution } from '../../../src/ensemble/index.js';
import { labelDirection } from '../../../src/ensemble/inside.js';
import { fromBase64 } from '../../../src/store/base64.js';
import type { IssuedForecast } from '../../../src/store/records.js';
import type { SqlRow } from './driver.js';

/*
 * Forecasts as rows hold them. What readers in SQL look for is text; the quantiles, the ensemble's and the members', are doubles in one column of
 * bytes: most of a row's numbers, which as text are twice as long and take most of the time of writing and reading a row.
 */

/** What a row holds of a forecast: what follows from the rest only where it is something else. */
type Stated = Omit<Distribution, 'direction' | 'expectedReturn'> & Partial<Distribution>;

/** What rows of the first version hold of one: levels only where a member had them, and an interval that may leave out its own point. */
type FirstStated = Omit<Stated, 'levels' | 'quantiles'> & Partial<Distribution>;

/** What is known of a forecast before the bytes are read: its quantiles are there, and a member's levels where they are the ensemble's. */
type Packed = Partial<Pick<Distribution, 'levels' | 'quantiles'>>;

type Members = Record<string, Distribution>;

/** Returns the text of a row's column `members`; levels only where they are not the ensemble's, and no quantiles. */
export function membersText(members: Members, baseClose: number, ensembleLevels: readonly number[]): string {
  const json: Record<string, object> = {};
  for (const name of Object.keys(members)) {
    if (members[name] === undefined) continue;
    const levels = sameNumbers(members[name].levels, ensembleLevels) ? undefined : members[name].levels;
    json[name] = statedOf(members[name], baseClose, levels, undefined);
  }
  return JSON.stringify(json);
}

/** Returns a row's column `quantiles`: the ensemble's, then the members' in the order of their text, as doubles, little-endian. */
export function quantileBytes({ quantiles, members }: Pick<IssuedForecast, 'quantiles' | 'members'>): Uint8Array {
  const names = Object.keys(members);
  let count = quantiles.length;
  for (const name of names) count += members[name]?.quantiles.length ?? 0;
  const view = new DataView(new ArrayBuffer(8 * count));
  let offset = 0;
  const put = (numbers: readonly number[]) => {
    for (let i = 0; i < numbers.length; i++, offset += 8) view.setFloat64(offset, numbers[i], true);
  };
  put(quantiles);
  for (const name of names) if (members[name] !== undefined) put(members[name].quantiles);
  return new Uint8Array(view.buffer);
}

let lastLevels: { numbers: readonly number[]; text: string } = { numbers: [], text: '{"levels":[]}' };

/** Returns the text of a row's column `distribution`: nearly every row has the same. */
export function distributionText(levels: readonly number[]): string {
  if (!sameNumbers(levels, lastLevels.numbers)) {
    lastLevels = { numbers: levels.slice(), text: JSON.stringify({ levels }) };
  }
  return lastLevels.text;
}

/** Returns the text of a row's column `earlier`, whole: few rows have it. */
export function earlierText({ members, ...forecast }: IssuedForecast, baseClose: number): string {
  const json: Record<string, object> = {};
  for (const name of Object.keys(members)) {
    if (members[name] === undefined) continue;
    json[name] = statedOf(members[name], baseClose, members[name].levels, members[name].quantiles);
  }
  return JSON.stringify({ ...forecast, members: json });
}

/** Returns a member's forecast without what follows from the rest, where it is what follows. */
function statedOf(
  member: Distribution,
  baseClose: number,
  levels: readonly number[] | undefined,
  quantiles: readonly number[] | undefined,
): object {
  const { pointClose, ciLow, ciHigh, probUp, probFlat, probDown, notes } = member;
  const expectedReturn = returnOf(pointClose, baseClose);
  const direction = labelDirection(member, expectedReturn);
  return {
    pointClose,
    levels,
    quantiles,
    ciLow,
    ciHigh,
    probUp,
    probFlat,
    probDown,
    direction: member.direction === direction ? undefined : member.direction,
    expectedReturn: member.expectedReturn === expectedReturn ? undefined : member.expectedReturn,
    notes,
  };
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function returnOf(pointClose: number, baseClose: number): number {
  return pointClose / baseClose - 1 + 0;
}

/** Fills in what follows from the rest, in the object itself, which was read for this. */
function distributionOf(stated: Stated, baseClose: number): Distribution {
  const expectedReturn = returnOf(stated.pointClose, baseClose);
  if (stated.direction === undefined) stated.direction = labelDirection(stated, expectedReturn);
  if (stated.expectedReturn === undefined) stated.expectedReturn = expectedReturn;
  return stated as Distribution;
}

/** Returns a forecast of the first version as a whole distribution: it is known at 0.1, 0.5 and 0.9 at least, and in order. */
export function firstDistributionOf(stated: FirstStated, baseClose: number): Distribution {
  const { pointClose, levels, quantiles } = stated;
  const ciLow = Math.min(stated.ciLow, stated.ciHigh, pointClose);
  const ciHigh = Math.max(stated.ciLow, stated.ciHigh, pointClose);
  return distributionOf(
    {
      ...stated,
      ciLow,
      ciHigh,
      levels: levels ?? [0.1, 0.5, 0.9],
      quantiles: quantiles ? [...quantiles].sort((a, b) => a - b) : [ciLow, pointClose, ciHigh],
    },
    baseClose,
  );
}

/**
 * Returns the ensemble's levels and quantiles, undefined in rows of the first version, and the members' forecasts of a row. What is no forecast is
 * left to the checks.
 */
export function forecastsOf(row: SqlRow, baseClose: number): { whole: Packed | undefined; members: Members } {
  const { distribution, members: text, quantiles } = row;
  const whole = isText(distribution) ? (JSON.parse(distribution) as Packed) : undefined;
  const members = JSON.parse(text as string) as Record<string, Stated | FirstStated>;
  if (typeof members !== 'object' || members === null) return { whole, members };
  if (whole && quantiles !== null && quantiles !== undefined) unpack(whole, members, quantiles as string | Uint8Array);
  return { whole, members: completed(members, baseClose, whole === undefined) };
}

const isText = (value: unknown): value is string => value !== null && value !== undefined;

function completed(members: Record<string, Stated | FirstStated>, baseClose: number, first: boolean): Members {
  for (const name of Object.keys(members)) {
    const stated = members[name];
    if (typeof stated !== 'object' || stated === null) continue;
    members[name] = first ? firstDistributionOf(stated, baseClose) : distributionOf(stated as Stated, baseClose);
  }
  return members as Members;
}

/**
 * Gives the forecasts their quantiles out of the bytes, or their text in base 64. Forecasts that state them were put by a process of the schema
 * before, which knew no bytes: what stands there is of another forecast.
 */
function unpack(whole: Packed, members: Record<string, Packed>, packed: string | Uint8Array): void {
  const waiting: Packed[] = whole.quantiles === undefined ? [whole] : [];
  for (const name of Object.keys(members)) {
    const member = members[name];
    if (typeof member === 'object' && member !== null && member.quantiles === undefined) waiting.push(member);
  }
  if (waiting.length === 0) return;
  const { buffer, byteOffset, byteLength } = typeof packed === 'string' ? fromBase64(packed) : packed;
  const view = new DataView(buffer, byteOffset, byteLength);
  let offset = 0;
  for (const forecast of waiting) {
    const levels = forecast.levels ?? whole.levels!.slice();
    const quantiles = levels.slice();
    for (let i = 0; i < quantiles.length; i++, offset += 8) quantiles[i] = view.getFloat64(offset, true);
    forecast.levels = levels;
    forecast.quantiles = quantiles;
  }
  if (offset !== byteLength) throw new Error(`quantiles: expected ${offset} bytes for the levels, got ${byteLength}`);
}

/** Returns the forecast at the close that the row's one took the place of. */
export function earlierOf(text: unknown, baseClose: number): IssuedForecast | undefined {
  if (text === null || text === undefined) return undefined;
  const stored = JSON.parse(text as string) as IssuedForecast & { issuedAt: string };
  const { members } = stored;
  if (typeof members === 'object' && members !== null) completed(members, baseClose, false);
  return { ...stored, issuedAt: new Date(stored.issuedAt) };
}
