import { describe, expect, it } from 'vitest';
import { renderReport } from '../../adapters/report/index.js';
import type { Scorecard } from '../../src/pipeline/index.js';

const share = (estimate: number, low: number, high: number) => ({ estimate, low, high, count: 240, dates: 120 });
const skill = { verdict: 'better', estimate: 0.012, low: 0.004, high: 0.02, count: 240, dates: 120 } as const;
const few = { verdict: 'too few days', count: 12, dates: 6 } as const;

const card: Scorecard = {
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

const input = {
  title: 'Record',
  instruments: [],
  notes: [],
  generatedAt: new Date('2026-11-20T09:00:00Z'),
  timeZone: 'Asia/Seoul',
};

describe('the scorecard in a report', () => {
  it('counts what became of forecasts, void ones by reason', async () => {
    const html = await renderReport({ ...input, scorecard: card });
    expect(html).toContain('<dt>issued</dt><dd>300</dd>');
    expect(html).toContain(
      '<dt>void</dt><dd>15<small>10 no bar long after the day, 5 the source forgot the code</small></dd>',
    );
    expect(html).toContain('href="#scorecard"');
  });

  it('shows no number without its interval and count, and none where too few days tell', async () => {
    const html = await renderReport({ ...input, scorecard: card });
    const row = (name: string) => {
      const cells = new RegExp(`${name}</th>(.*?)</tr>`).exec(html)![1];
      return [...cells.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, cell]) => cell);
    };
    expect(row('Skill of the distribution \\(pinball loss\\)')).toEqual([
      '+1.2%',
      '+0.4% to +2.0%',
      '240 on 120 days',
      'better',
    ]);
    expect(row('Skill of the point \\(absolute error\\)')).toEqual(['', '', '12 on 6 days', 'too few days']);
    expect(html).toContain('too few to show');
  });

  it('marks an interval that does not keep its promise, either way', async () => {
    const html = await renderReport({ ...input, scorecard: card });
    expect(html.match(/badge alarm">too narrow/g)).toHaveLength(1);
    expect(html.match(/badge alarm">too wide/g)).toHaveLength(1);
    expect(html).toContain('as promised');
  });

  it('escapes what comes from outside, and has no broken number', async () => {
    const html = await renderReport({ ...input, scorecard: card });
    expect(html).not.toContain('<b>mine');
    expect(html).not.toMatch(/NaN|undefined|\[object/);
  });
});
