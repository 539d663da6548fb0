import { describe, expect, it } from 'vitest';
import { cutDisplay, displayWidth, padDisplay } from '../../adapters/report/display-width.js';
import { forecastTable, progressLine, scoreTable } from '../../adapters/report/index.js';
import { textTable } from '../../adapters/report/text-table.js';
import type { Distribution } from '../../src/ensemble/index.js';
import { type Forecast, readable } from '../../src/pipeline/forecast/forecast.js';
import { madeOutcome } from './made-records.js';
import { simulatedInstrument } from './simulated-report.js';

const stated: Distribution = {
  pointClose: 72_500,
  levels: [0.1, 0.5, 0.9],
  quantiles: [71_000, 72_500, 73_900],
  ciLow: 71_000,
  ciHigh: 73_900,
  probUp: 0.5,
  probFlat: 0.2,
  probDown: 0.3,
  direction: 'up',
  expectedReturn: 200 / 72_300,
};

const forecast: Forecast = {
  code: '005930',
  baseDate: '2026-11-20',
  baseClose: 72_300,
  issuedAt: new Date('2026-11-20T07:10:00Z'),
  horizons: [1, 5],
  steps: [1, 5].map((horizon) =>
    readable({
      ...stated,
      horizon,
      targetDate: `2026-11-2${horizon + 2}`,
      weights: { chronos: 1, lgbm: 0, naive: 0 },
      members: { chronos: stated },
    }),
  ),
  sourcesUsed: ['chronos'],
  failures: [{ member: 'lgbm', horizons: [1, 5], code: 'INVALID_MODEL', message: 'line 3 is\u001b[31m cut' }],
  warnings: [],
};

describe('display width', () => {
  it('counts two cells for Hangul, kanji, fullwidth letters and emoji, none for what combines', () => {
    expect(['삼성전자', '東京', 'Ａ', '📈', 'e\u0301', '\u1112\u1161\u11ab'].map(displayWidth)).toEqual([
      8, 4, 2, 2, 1, 2,
    ]);
  });

  it('pads and cuts by cells', () => {
    expect(padDisplay('삼성', 6)).toBe('삼성  ');
    expect(padDisplay('삼성', 6, 'right')).toBe('  삼성');
    expect(cutDisplay('삼성전자 주식회사', 10)).toBe('삼성전...');
    expect(cutDisplay('short', 10)).toBe('short');
  });
});

describe('textTable', () => {
  it('aligns columns in cells, whatever the script', () => {
    const text = textTable(
      [{ title: 'Name' }, { title: 'Close', align: 'right' }],
      [
        ['삼성전자', '72,300'],
        ['S&P 500', '6,032.38'],
      ],
    );
    const ends = text.split('\n').map(displayWidth);
    expect(new Set(ends).size).toBe(1);
    expect(text.split('\n')[2]).toBe('삼성전자    72,300');
  });
});

describe('forecastTable', () => {
  it('is readable', () => {
    expect(forecastTable(forecast, { name: '삼성전자', currency: 'KRW' })).toBe(
      [
        '삼성전자 (005930), close 72,300 KRW on 2026-11-20',
        '',
        'Ahead   For          Point      80% interval  Return   Up  Flat  Down  Label  Members',
        '------  ----------  ------  ----------------  ------  ---  ----  ----  -----  ------------',
        '1 day   2026-11-23  72,500  71,000 to 73,900  +0.28%  50%   20%   30%  up     chronos 100%',
        '5 days  2026-11-27  72,500  71,000 to 73,900  +0.28%  50%   20%   30%  up     chronos 100%',
        'lgbm took no part at 1 day, 5 days: line 3 is [31m cut (INVALID_MODEL)',
      ].join('\n'),
    );
  });

  it('writes the prices of a coin with digits enough', () => {
    const scale = (price: number) => (price / 72_300) * 8.4e-6;
    const small = (of: Distribution) => ({
      ...of,
      pointClose: scale(of.pointClose),
      quantiles: of.quantiles.map(scale),
      ciLow: scale(of.ciLow),
      ciHigh: scale(of.ciHigh),
    });
    const coin = {
      ...forecast,
      baseClose: 8.4e-6,
      failures: [],
      steps: forecast.steps.map((step) => readable({ ...step, ...small(step), members: { chronos: small(stated) } })),
    };
    for (const currency of [undefined, 'USD']) {
      const text = forecastTable(coin, { name: 'Coin', ...(currency && { currency }) });
      expect(text).toContain(`close 0.000008400${currency === undefined ? '' : ' USD'} on`);
      expect(text).toContain('0.000008423  0.000008249 to 0.000008586');
    }
  });

  it('keeps within 100 columns: members that do not fit stand beneath the table', () => {
    const many = ['chronos', 'lgbm', 'har', 'garch', 'naive'];
    const shares = Object.fromEntries(many.map((name) => [name, 0.2]));
    const members = Object.fromEntries(many.map((name) => [name, stated]));
    const steps = forecast.steps.map((step) => readable({ ...step, members, weights: shares }));
    const lines = forecastTable({ ...forecast, steps, failures: [] }, { currency: 'KRW' }).split('\n');
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(100);
    expect(lines.at(-1)).toBe('Members: chronos 20%, garch 20%, har 20%, lgbm 20%, naive 20%');
    const other = readable({ ...steps[1], weights: { ...shares, chronos: 0.3, naive: 0.1 } });
    const apart = forecastTable({ ...forecast, steps: [steps[0], other], failures: [] }).split('\n');
    expect(apart.slice(-2)).toEqual([
      'Members, 1 day: chronos 20%, garch 20%, har 20%, lgbm 20%, naive 20%',
      'Members, 5 days: chronos 30%, garch 20%, har 20%, lgbm 20%, naive 10%',
    ]);
  });

  it('lets no name steer the terminal', () => {
    expect(forecastTable(forecast, { name: 'a\u001b[2Jb\r\n\u202ec' })).toMatch(/^a \[2Jb c \(005930\)/);
  });
});

describe('scoreTable', () => {
  it('says so before any outcome', () => {
    expect(scoreTable([])).toBe('No forecast has met its close yet.');
  });

  it('sets each score beside its reference, and judges nothing from a few days', () => {
    const miss = {
      actualReturn: -0.02,
      actualDirection: 'down',
      directionHit: false,
      covered: false,
      absError: 3,
    } as const;
    const outcomes = [
      madeOutcome(),
      madeOutcome({ baseDate: '2026-01-06' }),
      madeOutcome({ baseDate: '2026-01-07', ...miss }),
    ];
    const lines = scoreTable(outcomes).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[2].split(/ {2,}/)).toEqual([
      '1 day',
      '3',
      '66.7%',
      '66.7%',
      '66.7%',
      '1.667%',
      '2.000%',
      '-16.67%',
      'too few days to tell',
    ]);
  });

  it('keeps within 100 columns', () => {
    const { outcomes } = simulatedInstrument({ code: 'A', firstClose: 100, tick: 0.01, days: 200, seed: 5 });
    expect(Math.max(...scoreTable(outcomes).split('\n').map(displayWidth))).toBeLessThanOrEqual(100);
    expect(Math.max(...scoreTable(outcomes.slice(0, 3)).split('\n').map(displayWidth))).toBeLessThanOrEqual(100);
  });

  it('judges from enough days', () => {
    const { outcomes } = simulatedInstrument({ code: 'A', firstClose: 100, tick: 0.01, days: 200, seed: 5 });
    const verdict = / (better|worse|not distinguishable)$/;
    const lines = scoreTable(outcomes).split('\n').slice(2);
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(verdict);
  });
});

describe('progressLine', () => {
  const stream = (given: { isTTY?: boolean; columns?: number } = {}) => {
    const written: string[] = [];
    return { written, ...given, write: (text: string) => written.push(text) };
  };

  it('writes over one line on a terminal, and only when it changes', () => {
    const tty = stream({ isTTY: true, columns: 60 });
    const line = progressLine(tty, 'Training');
    line.update({ done: 1, total: 4, item: '삼성' });
    line.update({ done: 1, total: 4, item: '삼성' });
    line.update({ done: 4, total: 4 });
    line.end();
    line.end();
    expect(tty.written).toEqual([
      '\rTraining [######..................] 25% (1 of 4) 삼성\u001b[K',
      '\rTraining [########################] 100% (4 of 4)\u001b[K',
      '\n',
    ]);
  });

  it('never fills the last cell of a narrow terminal', () => {
    const tty = stream({ isTTY: true, columns: 30 });
    progressLine(tty, 'Training').update({ done: 1, total: 2, item: '삼성전자 삼성전자' });
    const shown = tty.written[0].replace('\r', '').replace('\u001b[K', '');
    expect(displayWidth(shown)).toBeLessThan(30);
  });

  it('writes a line about every tenth elsewhere', () => {
    const file = stream();
    const line = progressLine(file, 'Training');
    for (let done = 0; done <= 1000; done++) line.update({ done, total: 1000 });
    line.end();
    expect(file.written).toHaveLength(10);
    expect(file.written[0]).toBe('Training 10% (100 of 1,000)\n');
    expect(file.written[9]).toBe('Training 100% (1,000 of 1,000)\n');
  });

  it('starts over with a task that does', () => {
    const file = stream();
    const line = progressLine(file, 'Days');
    for (const done of [1, 2, 1, 2]) line.update({ done, total: 2 });
    expect(file.written).toEqual(['Days 50% (1 of 2)\n', 'Days 100% (2 of 2)\n', 'Days 100% (2 of 2)\n']);
  });

  it('says nothing of an empty task', () => {
    const file = stream();
    progressLine(file, 'Days').update({ done: 0, total: 0 });
    expect(file.written).toEqual([]);
  });
});
