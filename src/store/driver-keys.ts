import type { PredictionKey } from './records.js';

/* The keys that created stores keep their rows under: they sort as lists do. */

/** Between the parts of a key: below every character that a part may hold, so that keys sort as their parts do. */
export const SEPARATOR = '\u0000';
/** Above every character of a part. */
export const LAST = '\u{10ffff}';
export const joined = (...parts: (string | number)[]) =>
  parts.map((part) => (typeof part === 'number' ? String(part).padStart(10, '0') : part)).join(SEPARATOR);
export const forecastKey = ({ baseDate, code, horizon }: PredictionKey) => joined(baseDate, code, horizon);
export const historyKey = (row: { code: string; horizon: number; asOf: string; windowDays?: number }) =>
  joined(row.code, row.horizon, row.asOf, row.windowDays ?? 0);
export const runKey = (run: { job: string; scheduledFor: Date }) => joined(run.job, run.scheduledFor.toISOString());
