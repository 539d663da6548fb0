export { letOthersRun } from './let-others-run.js';
export { type LinkedAbort, linkAbort } from './link-abort.js';
export { mapConcurrently } from './map-concurrently.js';
export { pause } from './pause.js';
export { timerMs } from './timer-ms.js';
export { unlessItHangs } from './unless-it-hangs.js';
export { type TimeLimit, withinTime } from './within-time.js';
