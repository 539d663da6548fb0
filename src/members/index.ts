export { type BaselineMemberOptions, garch, har, randomWalk } from './baseline-members.js';
export type { ChronosCovariates } from './chronos-covariates.js';
export { type ChronosMemberOptions, chronosMember } from './chronos-member.js';
export type { Driver, DriverOptions } from './drivers/driver.js';
export { withDrivers } from './drivers/with-drivers.js';
export { type InstrumentLgbmOptions, instrumentLgbm } from './instrument/instrument-lgbm.js';
export type { LgbmMemberOptions } from './lgbm/training-options.js';
export { type PooledLgbmOptions, pooledLgbm } from './pooled/pooled-lgbm.js';
