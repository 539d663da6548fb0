export { krx } from './krx.js';
export { defineMarket, type FormerHours, type Market, type SpecialHours } from './market.js';
export { everyDay, weekdays } from './round-the-clock.js';
export { JOB_NAMES, type JobName, type Schedule } from './schedule.js';
export { sessionClose, sessionCloses, sessionOpen } from './session.js';
export { us } from './us.js';
