import type { SpecialHours } from './market.js';

/** Sessions that share a reason and hours; dates as 'MM-DD' by year, separated by blanks. */
export interface SpecialSessions extends SpecialHours {
  readonly name: string;
  readonly dates: Readonly<Record<string, string>>;
}

/** Returns 'YYYY-MM-DD' of each 'MM-DD' of a table by year. */
export function datesOf(table: Readonly<Record<string, string>>): string[] {
  return Object.entries(table).flatMap(([year, days]) => days.split(' ').map((day) => `${year}-${day}`));
}

/** Returns the hours of each special session, by date. */
export function hoursByDate(table: readonly SpecialSessions[]): Record<string, SpecialHours> {
  return Object.fromEntries(table.flatMap(({ dates, ...hours }) => datesOf(dates).map((date) => [date, hours])));
}
