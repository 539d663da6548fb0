import { sessionClose, sessionOpen, us } from '../../src/markets/index.js';
import { addTradingDays } from '../../src/series/index.js';
import type { Plan } from './world.js';

const HOUR_MS = 3_600_000;

/**
 * Returns a life of `sessions` days with everything in it that goes wrong, at the same shares of its length whatever that is.
 *
 * @param sessions at least 60
 * @param instruments at least 6
 */
export function planLife({
  first,
  sessions,
  instruments,
}: {
  first: string;
  sessions: number;
  instruments: number;
}): Plan {
  const days = [addTradingDays(first, 0, us.calendar)];
  while (days.length < sessions) days.push(addTradingDays(days[days.length - 1], 1, us.calendar));
  const day = (share: number, plus = 0) => days[Math.floor(share * sessions) + plus];
  const codes = Array.from({ length: instruments }, (_, i) => `S${String(i).padStart(2, '0')}`);
  const after = (instant: Date, hours: number) => new Date(instant.getTime() + hours * HOUR_MS);
  const close = (date: string) => sessionClose(us, date);
  /** The batch is due half an hour after the close. */
  const briefly = (share: number) => ({ from: close(day(share)), to: after(close(day(share)), 0.9) });
  return {
    days,
    codes,
    asked: 'ASKED',
    horizons: [1, 5],
    // ten days without a process, over two weekends where the week falls so
    down: [{ from: after(close(day(0.55)), 6), to: after(close(day(0.55)), 10 * 24 + 6) }],
    outages: [
      ...[0.12, 0.3, 0.48, 0.77, 0.9].map(briefly),
      // down at the close, and back the next morning
      { from: after(close(day(0.2)), -1), to: after(sessionOpen(us, day(0.2, 1)), -1) },
      // gone for the hours of the matching alone
      { from: after(close(day(0.35)), 0.9), to: after(close(day(0.35)), 3) },
    ],
    clocks: [
      // set back by two hours and seven minutes, mended three days later
      { from: after(close(day(0.25)), 3.1), to: after(close(day(0.25, 3)), 3.2), offMs: -127 * 60_000 },
      // a day and a half ahead for an afternoon, before the close
      { from: after(close(day(0.85)), -4), to: after(close(day(0.85)), -2), offMs: 36 * HOUR_MS + 11 * 60_000 },
    ],
    shut: day(0.42),
    halts: [
      { code: codes[0], from: day(0.16), to: day(0.16, 3) },
      { code: codes[1], from: day(0.6, 8), to: day(0.6, 15) },
    ],
    splits: [
      { code: codes[2], day: day(0.28), ratio: 2 },
      { code: codes[3], day: day(0.65), ratio: 0.1 },
    ],
    delisted: [{ code: codes[4], last: day(0.32), forgotten: day(0.32, Math.min(30, Math.floor(sessions / 5))) }],
    corrections: [
      { code: codes[5], day: day(0.38), factor: 1.02, mended: day(0.38, 2) },
      { code: codes[0], day: day(0.72), factor: 0.985, mended: day(0.72, 3) },
    ],
  };
}
