// What other rooms of this house use of this one, and hosts do not: index.ts is what is published.

export { dateInZone } from './date-in-zone.js';
export { DIRECTIONS, directionOf, FLAT_BAND } from './direction.js';
export { daysInMonth, parseEpochDay, weekdayOf } from './epoch-day.js';
export { weekdayCalendar } from './trading-calendar.js';
export { tradingDaysBetween } from './trading-days.js';
export { leakOf } from './wick-leak.js';
export { keptByZone } from './zone-format.js';
