// What other rooms of this house use of this one, and hosts do not: index.ts is what is published.
export { JOB_NAMES } from './schedule.js';
export { sessionCloses } from './session.js';
