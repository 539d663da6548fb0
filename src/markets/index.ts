export { krx } from './krx.js';
export { defineMarket, type Market, type SpecialHours } from './market.js';
export { everyDay, weekdays } from './round-the-clock.js';
export { JOB_NAMES, type JobName, type Schedule } from './schedule.js';
export { us } from './us.js';
