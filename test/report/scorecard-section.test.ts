import { describe, expect, it } from 'vitest';
import { renderReport } from '../../adapters/report/index.js';
import { simulatedCard } from './simulated-card.js';

const card = simulatedCard;
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
