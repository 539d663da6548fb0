import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { contributionTold } from '../../adapters/report/explanation-words.js';
import { type ReportInput, renderReport } from '../../adapters/report/index.js';
import { KOREAN } from '../../adapters/report/korean.js';
import { ENGLISH } from '../../adapters/report/say.js';
import { CHROMIUM } from '../chromium.js';
import { simulatedCard } from './simulated-card.js';
import { simulatedReport } from './simulated-report.js';

/** A report with everything that a report can have. */
const everything = (): ReportInput => {
  const { instruments, ...rest } = simulatedReport();
  const [first, ...others] = instruments;
  const failures = [{ member: 'lgbm', horizons: [1, 3], code: 'NO_MODEL', message: 'nothing was trained' }];
  const explanation = { code: '005930', baseDate: '2026-11-20', member: 'lgbm', horizon: 1, sources: [] };
  const numbers = (['scale', 'return', 'down', 'flat', 'up'] as const).flatMap((name) => {
    const text = contributionTold(name, 0.1, ENGLISH);
    const contributions = [{ feature: 'rsi_14', value: 0.5, adds: 0.1, text }];
    return [
      { name, text: 'in English', total: 0.3, expected: 0.1, share: 0.5, contributions },
      { name, text: 'in English', total: 0, expected: 0, contributions: [] },
    ];
  });
  const skill = { forecaster: 'ensemble', loss: '(loss)', skill: 0.01, low: 0.005, high: 0.02 };
  return {
    ...rest,
    instruments: [
      {
        ...first,
        latest: { ...first.latest!, failures },
        explanations: [{ ...explanation, numbers } as never],
      },
      ...others,
    ],
    skills: (['better', 'worse', 'not distinguishable'] as const).map((state, i) => ({
      ...skill,
      state,
      horizon: 2 * i + 1,
    })),
    scorecard: simulatedCard,
  };
};

/** Texts of a page: between tags, in labels and in data-labels. */
function textsOf(html: string): string[] {
  const body = html.slice(html.indexOf('<body>')).replace(/<defs.*?<\/defs>/g, '');
  const labels = [...body.matchAll(/(?:aria-label|data-label)="([^"]*)"/g)].map(([, text]) => text);
  return [...labels, ...body.split(/<[^>]*>/)].map((text) => text.trim()).filter((text) => text !== '');
}

/** What a Korean reader sees in English all the same: the host's own words, names of members, and what has no other name. */
const LEFT =
  /\([a-z]+\)|Two markets that never were|Simulated prices: geometric Brownian motion\. Nothing here is a real market\.|Samsung Electronics|S&amp;P|SPX|KRW|Asia\/Seoul|chronolight|EWMA|Wilson|[Cc]hronos|[Ll]gbm|ensemble|NO_MODEL|rsi_14|\be-4|mine|&\w+;/g;

let korean: string;
beforeAll(async () => {
  korean = await renderReport({ ...everything(), language: 'ko' });
}, 60_000);

describe('a report in Korean', () => {
  it('has no English left', () => {
    const left = textsOf(korean).filter((text) => /[A-Za-z]{2}/.test(text.replace(LEFT, '')));
    expect([...new Set(left)]).toEqual([]);
    expect(korean).toContain('<html lang="ko">');
    expect(korean).toContain('아직 학습된 모델이 없습니다. (NO_MODEL)');
    expect(korean).toContain('변동성: EWMA 변동성의 1.16배, 평소에는 1.05배');
    expect(korean).toContain('수익률: +30.00%, 평소에는 +10.00%, 모델이 말하는 것의 50%');
  });

  it('says what its English says: the same numbers in the same places', async () => {
    const english = await renderReport(everything());
    const cells = (html: string) => [...html.matchAll(/<td class="n"[^>]*>([^<]*)</g)].map(([, text]) => text);
    const numbersOf = (texts: string[]) =>
      texts.map((text) =>
        text
          .match(/[\d.,]+%?/g)
          ?.sort()
          .join(' '),
      );
    expect(cells(korean).length).toBeGreaterThan(100);
    expect(numbersOf(cells(korean))).toEqual(numbersOf(cells(english)));
  });

  it('is written by a table in which each phrase fills the same places as its English', () => {
    const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    // 'on {days} days' of one day has its 1 in words
    for (const [phrase, words] of Object.entries(KOREAN)) {
      expect([phrase, places(words)]).toEqual([phrase, places(phrase)]);
      expect(words).toMatch(/[\uac00-\ud7a3{]/);
    }
  });
});

it('a language that is not spoken is refused', async () => {
  const input = { ...everything(), instruments: [], language: 'fr' as never };
  await expect(renderReport(input)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'language' });
});

describe.skipIf(CHROMIUM === undefined)('on a screen (skipped where there is no Chromium)', () => {
  it('nothing is wider than its place, numbers in tables included, at 390 px and at 1280, in either language', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chronolight-report-'));
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
    try {
      for (const language of ['en', 'ko'] as const) {
        const file = join(folder, `${language}.html`);
        writeFileSync(file, language === 'ko' ? korean : await renderReport(everything()));
        for (const width of [390, 1280]) {
          const page = await browser.newPage({ viewport: { width, height: 900 } });
          await page.goto(pathToFileURL(file).href);
          const wide = await page.evaluate(`(() => {
            for (const details of document.querySelectorAll('details')) details.open = true;
            const tooWide = [document.documentElement, ...document.querySelectorAll('.scroll')];
            return tooWide.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.getAttribute('aria-label') ?? 'the page');
          })()`);
          expect([language, width, wide]).toEqual([language, width, []]);
          await page.close();
        }
      }
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true });
    }
  }, 120_000);
});
