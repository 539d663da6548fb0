import type { Scorecard } from '../../src/pipeline/index.js';

const share = (estimate: number, low: number, high: number) => ({ estimate, low, high, count: 240, dates: 120 });
const skill = { verdict: 'better', estimate: 0.012, low: 0.004, high: 0.02, count: 240, dates: 120 } as const;
const few = { verdict: 'too few days', count: 12, dates: 6 } as const;

/** A scorecard with something of everything. */
export const simulatedCard: Scorecard = {
  from: '2026-01-02',
  to: '2026-11-20',
  yardstick: 'naive',
  issued: 300,
  matched: 240,
  waiting: 40,
  overdue: 5,
  void: { 'no-base': 0, 'no-close': 10, 'unknown-code': 5 },
  unreadable: 0,
  newestClose: '2026-11-20',
  horizons: [
    {
      horizon: 5,
      issued: 300,
      matched: 240,
      withoutYardstick: 0,
      skill: { pinball: skill, interval: { ...skill, verdict: 'not distinguishable' }, point: few },
      coverage: {
        nominal: 0.8,
        overall: share(0.57, 0.5, 0.64),
        wild: share(0.78, 0.7, 0.86),
        lately: share(0.95, 0.9, 1),
      },
      calibration: {
        up: [
          { from: 0.4, to: 0.5, count: 230, forecast: 0.46, came: share(0.5, 0.42, 0.58) },
          { from: 0.5, to: 0.6, count: 10 },
        ],
        flat: [],
        down: [],
      },
      members: [{ member: '<b>mine', weight: { mean: 0.6, least: 0.5, largest: 0.7, count: 300 }, skill }],
    },
  ],
  sinceLastWeek: {
    since: '2026-11-13',
    issued: 10,
    matched: 8,
    void: 0,
    horizons: [{ horizon: 5, skillNow: skill, weights: [] }],
  },
};
