export { krx } from './krx.js';
export { defineMarket, type FormerHours, type Market, type SpecialHours } from './market.js';
export { everyDay, weekdays } from './round-the-clock.js';
export type { JobName, Schedule } from './schedule.js';
export { sessionClose, sessionOpen } from './session.js';
export { us } from './us.js';
