import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { anchorOf } from '../../docs/.vitepress/anchor.mjs';
import { forecastAll, LEVELS } from '../../site/playground/forecast.js';
import { simulatedBars } from '../../site/playground/simulated-bars.js';
import { loadChronos } from '../../src/chronos/index.js';
import { parseSeries, sliceSeries } from '../../src/series/index.js';
import { CHROMIUM } from '../chromium.js';

const TYPES: Record<string, string> = {
  html: 'text/html',
  css: 'text/css',
  js: 'text/javascript',
  json: 'application/json',
};

/** 400 days of a made-up stock as a CSV text. */
const BARS = simulatedBars('stock-usd').slice(-400);
const CSV = ['date,open,high,low,close,volume']
  .concat(BARS.map(({ date, open, high, low, close, volume }) => [date, open, high, low, close, volume].join()))
  .join('\n');

describe.skipIf(CHROMIUM === undefined)(
  'the playground in a browser (skipped where there is no Chromium; CHROMIUM_PATH names one)',
  () => {
    let folder: string;
    let server: Server;
    let browser: Browser;
    let home: string;
    let page: Page;
    let foreign: string[];
    let broken: string[];

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'playground-'));
      const script = fileURLToPath(new URL('../../scripts/build-playground.mjs', import.meta.url));
      execFileSync(process.execPath, [script, folder], { stdio: 'pipe' });
      server = createServer((request, response) => {
        const path = join(folder, new URL(request.url ?? '/', home).pathname.replace(/\/$/, '/index.html'));
        if (!existsSync(path)) response.writeHead(404).end();
        else
          response
            .writeHead(200, { 'content-type': TYPES[path.split('.').pop()!] ?? 'application/octet-stream' })
            .end(readFileSync(path));
      });
      await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
      home = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
      browser = await chromium.launch({ executablePath: CHROMIUM, args });
    }, 120_000);
    afterEach(async () => {
      expect(foreign).toEqual([]);
      expect(broken).toEqual([]);
      await page.close();
    });
    afterAll(async () => {
      await browser?.close();
      server?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    async function open({ width = 1280, hash = '', query = '' } = {}): Promise<void> {
      page = await browser.newPage({ viewport: { width, height: 844 } });
      [foreign, broken] = [[], []];
      page.on('request', (request) => {
        if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(home)) foreign.push(request.url());
      });
      page.on('pageerror', (error) => broken.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') broken.push(message.text());
      });
      await page.goto(home + query + hash);
      await page.waitForSelector('#fan svg');
    }

    /** Drops a file onto the page, as a person does. */
    async function drop(name: string, text: string): Promise<void> {
      const transfer = await page.evaluateHandle(
        `(() => { const t = new DataTransfer(); t.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)})); return t; })()`,
      );
      await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
    }

    const lastRow = () => page.locator('#steps tbody tr').last().locator('td').allTextContents();

    it('shows the fan that the library forecasts in Node, and how it fared with n and verdict', async () => {
      await open({ hash: '#series=stock-usd&days=3' });
      const { forecasts } = forecastAll(parseSeries(simulatedBars('stock-usd')), 3);
      const price = (value: number) => value.toFixed(2);
      const expected = forecasts[0].quantiles[2];
      expect((await lastRow()).slice(1, 4)).toEqual([
        price(expected[LEVELS.indexOf(0.5)]),
        `${price(expected[2])} – ${price(expected[4])}`,
        `${price(expected[1])} – ${price(expected[5])}`,
      ]);
      expect(await page.locator('#fan polygon.band').count()).toBe(3);
      await page.waitForSelector('#scores:not([hidden])', { timeout: 60_000 });
      const scores = await page.locator('#scores tbody tr').allInnerTexts();
      expect(scores).toHaveLength(3);
      for (const row of scores) expect(row).toMatch(/\d+ of 250/);
      expect(scores[2]).toMatch(/Random walk[\s\S]*the yardstick/);
    }, 120_000);

    it('forecasts a dropped file, and says which day the cursor is on when keys move it', async () => {
      await open();
      await drop('MINE.csv', CSV);
      await page.waitForSelector('#title:text-is("MINE.csv")');
      const last = BARS[BARS.length - 1];
      expect(await page.locator('#steps caption').textContent()).toContain(`After the close of ${last.date}`);
      // the fan is drawn anew, and the cursor starts anew, when the network's answer comes
      await page.waitForSelector('#scores:not([hidden])', { timeout: 60_000 });
      await page.locator('#fan').focus();
      await page.keyboard.press('Home');
      const first = BARS[BARS.length - 120];
      expect(await page.locator('#cursor').textContent()).toContain(`${first.date}: closed at`);
      await page.keyboard.press('ArrowRight');
      expect(await page.locator('#fan').getAttribute('aria-valuetext')).toContain(BARS[BARS.length - 119].date);
      await page.keyboard.press('End');
      expect(await page.locator('#cursor').textContent()).toContain('80 % from');
    }, 60_000);

    it('names code, file and line of a broken file, shows no forecast for it, and recovers', async () => {
      await open();
      await drop('BAD.csv', CSV.replace(`\n${BARS[3].date},${BARS[3].open}`, `\n${BARS[3].date},abc`));
      await page.waitForSelector('#fault:not([hidden])');
      expect(await page.locator('#fault').innerText()).toMatch(/INVALID_CSV BAD\.csv, line 5: column open: .*"abc"/);
      expect(await page.locator('#fan svg').count()).toBe(0);
      await drop('PRICES.xlsx', 'PK\u0003\u0004');
      await page.waitForSelector('#fault:has-text("save the sheet as CSV")');
      await drop('SHORT.csv', CSV.split('\n').slice(0, 4).join('\n'));
      await page.waitForSelector('#fault:has-text("SERIES_TOO_SHORT")');
      await drop('MINE.csv', CSV);
      await page.waitForSelector('#fault', { state: 'hidden' });
      expect(await page.locator('#fan svg').count()).toBe(1);
    }, 60_000);

    it('says of a short file which forecaster is left out, and that the past is too short to judge by', async () => {
      await open();
      await drop('YOUNG.csv', CSV.split('\n').slice(0, 101).join('\n'));
      await page.waitForSelector('#title:text-is("YOUNG.csv")');
      expect(await page.locator('#notes').textContent()).toMatch(/Ranges \(HAR\) left out: .*at least/);
      await page.waitForSelector('#record-fault:not([hidden])');
      expect(await page.locator('#record-fault').innerText()).toMatch(/SERIES_TOO_SHORT.*bars/);
      expect(await page.locator('#train').isDisabled()).toBe(true);
    }, 60_000);

    it('trains LightGBM in a worker and judges it like the others; a cancelled training leaves the page as it was', async () => {
      await open();
      await page.waitForSelector('#train:enabled', { timeout: 60_000 });
      await page.click('#train');
      await page.click('#train-cancel');
      expect(await page.locator('#train-note').textContent()).toBe('Cancelled.');
      expect(await page.locator('#scores tbody tr').count()).toBe(3);
      await page.click('#train');
      await page.waitForSelector('#scores tr:nth-child(4)', { timeout: 120_000 });
      expect(await page.locator('#scores tr.chosen').innerText()).toMatch(/LightGBM[\s\S]*\d+ of 250/);
      expect(await page.locator('#fan .whisker').count()).toBe(3);
      expect(await page.locator('#train-note').textContent()).toMatch(/Trained on \d+ days up to 20\d\d-/);
    }, 180_000);

    it('asks the checkpoint that ships, by the built-in runtime, for the quantiles that Node gives', async () => {
      await open({ hash: '#series=stock-usd&days=3' });
      await page.waitForSelector('#chronos:enabled', { timeout: 60_000 });
      await page.click('#chronos');
      await page.waitForSelector('#scores tr:nth-child(4)', { timeout: 120_000 });
      const model = await loadChronos(new URL('../../models/default/', import.meta.url), { runtime: 'builtin' });
      const series = parseSeries(simulatedBars('stock-usd'));
      const [expected] = await model.forecast([sliceSeries(series, -256)], { horizon: 3, levels: LEVELS });
      await model.dispose();
      const [q10, median, q90] = [1, 3, 5].map((level) => expected.quantiles[2 * LEVELS.length + level].toFixed(2));
      const row = await lastRow();
      expect([row[1], row[3]]).toEqual([median, `${q10} – ${q90}`]);
      expect(await page.locator('#scores tr.chosen').innerText()).toMatch(/Chronos[\s\S]*\d+ of 250/);
    }, 180_000);

    it.each(['stock-krw', 'stock-usd', 'coin-usd'])(
      'fits 390 pixels without scrolling sideways: %s',
      async (series) => {
        const widest = `Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll('.scroll')].map((box) => box.scrollWidth - box.clientWidth + innerWidth))`;
        for (const days of [1, 3, 20]) {
          await open({ width: 390, hash: `#series=${series}&days=${days}` });
          await page.waitForSelector('#scores:not([hidden])', { timeout: 60_000 });
          expect({ days, widest: await page.evaluate(widest) }).toEqual({ days, widest: 390 });
          if (days !== 20) await page.close();
        }
      },
      180_000,
    );

    it('fits 390 pixels with a price of nine figures that has cents', async () => {
      await open({ width: 390 });
      const long = CSV.replace(
        /(,)(\d+\.?\d*)(?=,\d)/g,
        (_, comma, price) => `${comma}${(Number(price) * 9e6).toFixed(2)}`,
      );
      await drop('LONG.csv', long);
      await page.waitForSelector('#title:text-is("LONG.csv")');
      expect(
        await page.evaluate(
          'document.querySelector("#steps").parentElement.scrollWidth - document.querySelector("#steps").parentElement.clientWidth',
        ),
      ).toBe(0);
    }, 60_000);

    it('links an error to its section of the errors page', async () => {
      await open();
      await drop('SHORT.csv', CSV.split('\n').slice(0, 4).join('\n'));
      await page.waitForSelector('#fault a');
      const link = (await page.locator('#fault a').getAttribute('href'))!;
      const anchors = [
        ...readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8').matchAll(/^### (.+)$/gm),
      ];
      expect(link).toBe('../errors.html#series_too_short');
      expect(anchors.map(([, heading]) => anchorOf(heading))).toContain(link.split('#')[1]);
    }, 60_000);

    it('takes a file that the site around it hands on', async () => {
      await open({ query: '?framed' });
      await page.evaluate(
        `postMessage({ dropped: new File([${JSON.stringify(CSV)}], 'HANDED.csv') }, location.origin)`,
      );
      await page.waitForSelector('#title:text-is("HANDED.csv")');
    }, 60_000);

    it('is light or dark as the site around it is, at once', async () => {
      await open({ query: '?framed' });
      const paper = () => page.evaluate('getComputedStyle(document.querySelector("section")).backgroundColor');
      expect(await paper()).toBe('rgb(255, 255, 255)');
      // what the site's switch does, in the page around this one
      await page.evaluate(
        `localStorage.setItem('vitepress-theme-appearance', 'dark'); dispatchEvent(new StorageEvent('storage'))`,
      );
      expect(await paper()).toBe('rgb(27, 31, 36)');
      expect(await page.locator('h1').isVisible()).toBe(false);
    }, 60_000);
  },
);
