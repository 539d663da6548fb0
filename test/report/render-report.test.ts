import { beforeAll, describe, expect, it } from 'vitest';
import { type ReportInput, renderReport } from '../../adapters/report/index.js';
import { simulatedInstrument, simulatedReport } from './simulated-report.js';

const input = simulatedReport();
const [won, dollars] = input.instruments;
const bare: ReportInput = { ...input, instruments: [], notes: [] };

describe('renderReport', () => {
  let html: string;
  beforeAll(async () => {
    html = await renderReport(input);
  });

  it('gives the same bytes for the same input, whatever was drawn before', async () => {
    const other = await renderReport({ ...input, instruments: [dollars] });
    expect(other).not.toBe(html);
    expect(await renderReport(input)).toBe(html);
  });

  it('needs nothing but itself: no script, no address, no import', () => {
    expect(html).not.toMatch(/<script|<link|<iframe|<img|<object|@import|https?:|\bsrc=/i);
    expect([...html.matchAll(/url\(([^)]*)\)/g)].every(([, target]) => target.startsWith('#'))).toBe(true);
    expect([...html.matchAll(/href="([^"]*)"/g)].every(([, target]) => target.startsWith('#'))).toBe(true);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  it('says why, where it is handed explanations, and nothing where it is not', async () => {
    expect(html).not.toContain('<h4>Why</h4>');
    const contributions = Array.from({ length: 10 }, (_, i) => ({
      ...{ feature: `f${i}<b>`, value: i === 1 ? Number.NaN : 0.123456, adds: -i, text: `return -0.${i}0 %` },
    }));
    const number = { name: 'return', total: 1, expected: 0, contributions, text: 'return: -0.10 % & more' } as const;
    const explanations = [1, 3].map((horizon) => ({
      ...{ code: won.code, member: 'lgbm', horizon, baseDate: '2026-11-20', baseClose: 1, numbers: [number] },
    }));
    const page = await renderReport({ ...input, instruments: [{ ...won, explanations }, dollars] });
    expect(page.match(/<h4>Why<\/h4>/g)).toHaveLength(1);
    expect(page).toContain('<details open><summary>lgbm, 1 day ahead, on 2026-11-20</summary>');
    expect(page).toContain('<details><summary>lgbm, 3 days ahead, on 2026-11-20</summary>');
    expect(page).toContain('<p>return: \u22120.10 % &amp; more</p>');
    expect(page).toContain(
      'f0&lt;b&gt;</th><td class="n" data-label="On the newest bar">0.123</td><td class="n" data-label="Adds">return \u22120.00 %',
    );
    expect(page).toContain('f1&lt;b&gt;</th><td class="n" data-label="On the newest bar">–</td>');
    expect(page).toContain('f7&lt;b&gt;');
    expect(page).not.toContain('f8&lt;b&gt;');
  });

  it('names every chart and keeps its numbers beside it', () => {
    const figures = html.split('<figure ').slice(1);
    // Two instruments with forecast, record, strip and weights; six figures of scores.
    expect(figures).toHaveLength(2 * 4 + 6);
    for (const figure of figures) {
      expect(figure).toMatch(
        /<svg class="chart" role="img" aria-labelledby="([\w-]+)-title" [^>]*><title id="\1-title">[^<]+</,
      );
      expect(figure).toMatch(/<details><summary>Numbers<\/summary>.*<tbody><tr>/s);
    }
  });

  it('uses every id once, and only ids that exist', () => {
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...html.matchAll(/(?:href="#|url\(#|aria-labelledby="|aria-describedby=")([\w-]+)/g)];
    expect(targets.filter(([, id]) => !ids.includes(id))).toEqual([]);
  });

  it('draws only in colours that have a dark counterpart', () => {
    const painted = new Set([...html.matchAll(/ (?:fill|stroke)="(#[0-9a-f]+)"/gi)].map(([, hex]) => hex));
    // Clip paths are filled, and not seen.
    painted.delete('#000');
    expect(painted.size).toBeGreaterThan(5);
    expect([...painted].filter((hex) => !html.includes(`[fill="${hex}"]`))).toEqual([]);
  });

  it('shows the forecasts first, then how they fared, and leads to each', () => {
    const at = ['id="forecasts"', 'id="i0"', 'id="i1"', 'id="record"', 'id="scores"', 'id="reading"'].map((id) =>
      html.indexOf(id),
    );
    expect(at.every((place, index) => place > (at[index - 1] ?? 0))).toBe(true);
    const links = [...html.matchAll(/<nav[^>]*>(.*?)<\/nav>/g)].flatMap(([, nav]) => [
      ...nav.matchAll(/href="#([^"]+)"/g),
    ]);
    expect(links.map(([, id]) => id)).toEqual(['i0', 'i1', 'record', 'scores', 'reading']);
  });

  it('draws rises red and falls blue where the market does, unless told otherwise', async () => {
    expect(won.currency).toBe('KRW');
    const classOf = (page: string, id: string) => new RegExp(`rising-(\\w+)" id="${id}"`).exec(page)?.[1];
    expect([classOf(html, 'i0'), classOf(html, 'i1')]).toEqual(['red', 'green']);
    const turned = await renderReport({ ...input, instruments: [{ ...won, rising: 'green' }] });
    expect(classOf(turned, 'i0')).toBe('green');
    const candles = (page: string) =>
      new Set([...page.matchAll(/ stroke="(#(?:c8242b|1a5bc4|157a45))"/g)].map(([, hex]) => hex));
    expect(candles(await renderReport({ ...input, instruments: [won] }))).toEqual(new Set(['#c8242b', '#1a5bc4']));
    expect(candles(turned)).toEqual(new Set(['#157a45', '#c8242b']));
  });

  it('says who has which weight as a bar and in words', () => {
    expect(html).toMatch(/<i style="flex:0\.6000;background:var\(--member1\)"><\/i>/);
    expect(html).toContain('Chronos 60%</span>');
  });

  it('sounds an alarm where an interval holds 57 % of closes, and none where it holds as promised', async () => {
    expect(html).not.toContain('badge alarm');
    const narrow = won.outcomes.map((outcome, k) => ({ ...outcome, covered: (k * 37) % 100 < 57 }));
    const page = await renderReport({ ...input, instruments: [{ ...won, outcomes: narrow }] });
    expect(page).toContain('<span class="badge alarm">too narrow</span>');
    expect(page).toMatch(/<dd class="alarm">5\d%<small>80% promised; 95% interval \d+% to \d+%/);
    expect(page).toMatch(/The 80% interval was too narrow: it held 5\d% at 1 day/);
    const wide = won.outcomes.map((outcome) => ({ ...outcome, covered: true }));
    expect(await renderReport({ ...input, instruments: [{ ...won, outcomes: wide }] })).toContain(
      '<span class="badge alarm">too wide</span>',
    );
  });

  it('has ticks that are equally far apart, with the ends on one', () => {
    const figure = html.slice(html.indexOf('<figure id="coverage"'));
    const ticks = [...figure.slice(0, figure.indexOf('<details>')).matchAll(/>(\d+)%<\/text>/g)].map(([, text]) =>
      Number(text),
    );
    const gaps = new Set(ticks.slice(1).map((tick, index) => tick - ticks[index]));
    expect(ticks.length).toBeGreaterThan(2);
    expect(gaps.size).toBe(1);
  });

  it('writes won without decimals and dollars with two', () => {
    const close = won.latest?.baseClose ?? 0;
    expect(html).toContain(`Close ${close.toLocaleString('en-US')} KRW`);
    expect(html).toMatch(/Close \d,\d{3}\.\d{2} <span class="quiet">on 2026-11-20/);
  });

  it('writes the prices of a coin with digits enough, on axes too', async () => {
    const coin = simulatedInstrument({ code: 'COIN', firstClose: 8.4e-6, tick: 1e-9, days: 200, seed: 13 });
    const page = await renderReport({ ...bare, instruments: [coin] });
    expect(page).toMatch(/Close 0\.0000\d{4,5} /);
    expect(page).toMatch(/0\.0000\d{4,5} – 0\.0000\d{4,5}/);
    const axis = [...page.matchAll(/<text[^>]*>(0\.\d+)<\/text>/g)].map(([, text]) => text);
    expect(axis.length).toBeGreaterThan(8);
    for (const text of axis) expect(Number(text)).toBeGreaterThan(1e-6);
    expect(page).not.toMatch(/>0\.0+</);
  });

  it('says what the skills that were handed in say', async () => {
    const skill = { forecaster: 'ensemble', loss: 'mean pinball loss', low: 0.003, high: 0.021 } as const;
    const page = await renderReport({
      ...bare,
      skills: [
        { ...skill, horizon: 1, skill: 0.012, state: 'better' },
        { ...skill, horizon: 3, skill: 0.001, low: -0.01, state: 'not distinguishable' },
      ],
    });
    expect(page).toContain('The ensemble beat the random walk at 1 day.');
    expect(page).toContain('The ensemble could not be told from the random walk at 3 days.');
    expect(page).toContain('not distinguishable from chance');
  });

  it('says that nothing was scored while no forecast has met its close', async () => {
    const page = await renderReport({ ...input, instruments: [{ ...won, outcomes: [], weights: [] }] });
    expect(page).toContain('No forecast has met its close yet');
    expect(page).not.toContain('How good the forecasts were');
    expect(page).toContain('id="i0-fan"');
    expect(page).toContain('id="i0-past"');
    expect(page).not.toContain('id="i0-strip"');
  });

  it('counts an instrument without bars in the scores and gives it no section', async () => {
    const silent = { ...dollars, bars: [], latest: undefined };
    const page = await renderReport({ ...input, instruments: [won, silent] });
    expect(page).not.toContain('id="i1"');
    expect(page).toMatch(/942 forecasts made/);
    expect(page).toContain('By instrument');
  });

  it('draws a forecast without any bar, and one with one bar', async () => {
    for (const bars of [[], won.bars.slice(-1)]) {
      const page = await renderReport({ ...input, instruments: [{ ...won, bars, predictions: [], outcomes: [] }] });
      expect(page).toContain('id="i0-fan"');
      expect(page).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  it('has no broken number anywhere', () => {
    expect(html).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });
});

describe('renderReport with text from outside', () => {
  const attack = `"'><img src=x onerror=alert(1)><script>alert(2)</script>`;

  it('escapes titles, notes, codes, names, currencies, dates and messages', async () => {
    const latest = won.latest;
    if (latest === undefined) throw new Error('the simulated instrument has a forecast');
    const failures = [{ member: 'lgbm', horizons: [1], code: attack, message: attack }] as const;
    const html = await renderReport({
      ...input,
      title: attack,
      notes: [attack],
      instruments: [
        {
          ...won,
          code: attack,
          name: attack,
          currency: attack,
          bars: won.bars.map((bar, i) => (i === won.bars.length - 1 ? { ...bar, date: `2026-11-20${attack}` } : bar)),
          latest: {
            ...latest,
            baseDate: `2026-11-20${attack}`,
            steps: latest.steps.map((step) => ({ ...step, targetDate: `2026-11-30${attack}` })),
            failures: failures.map((failure) => ({ ...failure, horizons: [...failure.horizons] })),
          },
        },
        { ...dollars, name: attack },
      ],
      skills: [{ forecaster: attack, horizon: 1, loss: attack, skill: 0, state: 'not distinguishable' }],
    });
    expect(html).not.toContain('<img');
    expect(html).not.toContain('<script');
    expect(html).not.toMatch(/<[^>]*["'\s]onerror=/);
    expect(html).toContain('&quot;&#39;&gt;&lt;img src=x onerror=alert(1)&gt;');
  });

  it('replaces control characters', async () => {
    const html = await renderReport({ ...bare, title: 'a\u0000b\u001bc' });
    expect(html).toContain('<h1>a\ufffdb\ufffdc</h1>');
  });
});

describe('renderReport refuses', () => {
  it.each([
    ['an empty title', { title: ' ' }, 'INVALID_ARGUMENT'],
    ['an unknown time zone', { timeZone: 'Mars/Olympus' }, 'INVALID_ARGUMENT'],
    ['an invalid clock', { generatedAt: new Date(Number.NaN) }, 'INVALID_DATE'],
    ['one code twice', { instruments: [won, won] }, 'INVALID_ARGUMENT'],
  ])('%s', async (_, wrong, code) => {
    await expect(renderReport({ ...bare, ...wrong })).rejects.toMatchObject({ name: 'ForecastError', code });
  });
});
