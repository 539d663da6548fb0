import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { simulateBars } from '../pipeline/simulated-market.js';

const run = promisify(execFile);

/** Runs an example as a user would, on the built package, and returns what it prints. */
async function output(name: string, args: readonly string[] = []): Promise<string[]> {
  const file = fileURLToPath(new URL(`../../examples/${name}.js`, import.meta.url));
  const { stdout } = await run(process.execPath, [file, ...args], { timeout: 120_000 });
  return stdout.trim().split('\n');
}

describe('the examples', () => {
  it('01-predict forecasts three horizons around the base close', async () => {
    const [head, ...steps] = await output('01-predict');
    const close = Number(/at (\d+), by chronos:$/.exec(head)?.[1]);
    expect(close).toBeGreaterThan(0);
    const horizons = steps.map((line) =>
      /^(\d) days, (2026-11-\d\d): (\d+) \(80 %: (\d+) to (\d+)\)/.exec(line)!.slice(1),
    );
    expect(horizons.map(([horizon, date]) => [horizon, date])).toEqual([
      ['1', '2026-11-23'],
      ['3', '2026-11-25'],
      ['5', '2026-11-27'],
    ]);
    for (const [, , point, low, high] of horizons) {
      expect(Number(low)).toBeLessThan(Number(point));
      expect(Number(point)).toBeLessThan(Number(high));
      expect(Math.abs(Number(point) / close - 1)).toBeLessThan(0.05);
    }
  });

  it('02-store-and-match matches all three forecasts', async () => {
    const lines = await output('02-store-and-match');
    expect(lines[0]).toBe('3 forecasts met their close, 0 wait');
    expect(lines.slice(1).map((line) => line.slice(0, 7))).toEqual(['1 days:', '3 days:', '5 days:']);
  });

  it('03-retrain publishes what can be trained and names what cannot', async () => {
    const lines = await output('03-retrain');
    expect(lines.filter((line) => /^\d\/6 /.test(line))).toHaveLength(6);
    expect(lines.filter((line) => line.includes('published'))).toHaveLength(4);
    expect(lines).toContain('lgbm unknown h1: failed (UNKNOWN_CODE)');
    expect(lines.at(-1)).toMatch(/^lgbm_h1, lgbm_h3: \d+, \d+$/);
  });

  it('05-own-member: a plain function is stored, scored, earns a weight, and is in the report', async () => {
    const [learned, ...lines] = await output('05-own-member');
    const [own, naive] = /^learned from 96 outcomes: past_moves (\d\.\d\d), naive (\d\.\d\d)$/.exec(learned)!.slice(1);
    expect(Number(own)).toBeGreaterThan(0.5);
    expect(Number(own) + Number(naive)).toBeCloseTo(1, 10);
    const scored = lines.slice(0, -1).map((line) => /^(\w+): pinball loss 0\.\d+ over 96 forecasts/.exec(line)?.[1]);
    expect(scored.sort()).toEqual(['ensemble', 'naive', 'past_moves']);
    expect(Number(/names it (\d+) times$/.exec(lines.at(-1)!)?.[1])).toBeGreaterThan(3);
  });

  it('07-remote-member: a service that is slow, broken or mad is its own failure, with a code', async () => {
    const lines = await output('07-remote-member');
    expect(lines.map((line) => line.replace(/; 80 % .*/, ''))).toEqual([
      'well: chronos 67 %, remote 33 %, naive 0 %',
      'slow: chronos 100 %, remote 0 %, naive 0 %, remote failed with TIMEOUT',
      'broken: chronos 100 %, remote 0 %, naive 0 %, remote failed with NO_FORECAST',
      'mad: chronos 100 %, remote 0 %, naive 0 %, remote failed with INVALID_FORECAST',
    ]);
  });

  it('08-traces makes a span of everything, each within its own, and names what failed', async () => {
    expect(await output('08-traces')).toEqual([
      'chronolight forecast instruments=1 horizons=1: ok',
      '  chronolight prices code=005930: ok',
      '  chronolight member member=har instruments=1: ok',
      '  chronolight member member=broken instruments=1: TypeError',
      '  chronolight member member=naive instruments=1: ok',
      '  chronolight store method=getManyWeights: ok',
      'chronolight store method=upsertPredictions: ok',
    ]);
  });

  it('the demo lives through days of a real index with the default members and draws a report', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chronolight-demo-'));
    try {
      const lines = await output('demo/main', ['--days', '6', '--out', folder]);
      expect(lines[0]).toMatch(/^S&P 500: \d{4} daily bars, 2000-01-03 to 2020-\d\d-\d\d$/);
      const members = lines.filter((line) => /chronos \d+%.*lgbm \d+%/.test(line));
      expect(members).toHaveLength(3);
      expect(lines.filter((line) => line.startsWith('Note:'))).toEqual([]);
      expect((await readFile(join(folder, 'report.html'), 'utf8')).length).toBeGreaterThan(50_000);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    ['demo/main', 'npm run demo'],
    ['backtest/main', 'node examples/backtest/main.js --prices FOLDER'],
  ])('%s tells by --help how it is called', async (name, call) => {
    expect((await output(name, ['--help'])).join('\n')).toContain(call);
  });

  const span = ['--prices', '.', '--from', '2024-03-20', '--to', '2024-03-29'];
  it.each([
    ['demo/main', ['--misspelt'], "Unknown option '--misspelt'"],
    ['demo/main', ['--days', '0'], '--days must be a whole number >= 1, got 0'],
    ['demo/main', ['--csv', 'no.csv', '--code', 'A'], 'ENOENT'],
    ['backtest/main', [], '--prices FOLDER --from DAY --to DAY are needed'],
    ['backtest/main', ['--misspelt'], "Unknown option '--misspelt'"],
    ['backtest/main', [...span, '--market', 'kr'], '--market must be krx'],
    ['backtest/main', [...span, '--to', '2024-02-30'], '--to must be a day, YYYY-MM-DD, got 2024-02-30'],
    ['backtest/main', [...span, '--to', '2024-03-01'], '--to must not be before --from'],
    ['backtest/main', [...span, '--horizons', '1,x'], '--horizons must be a whole number >= 1, got x'],
    ['backtest/main', [...span, '--retrain-every', 'week'], '--retrain-every must be a whole number >= 1, got week'],
    ['backtest/main', [...span, '--prices', 'nowhere'], '--prices must be a folder, got nowhere'],
  ])('%s %j ends with one line and exit code 2', async (name, args, line) => {
    const file = fileURLToPath(new URL(`../../examples/${name}.js`, import.meta.url));
    const cwd = await mkdtemp(join(tmpdir(), 'chronolight-options-'));
    const failed = await run(process.execPath, [file, ...args], { cwd }).catch((error) => error);
    await rm(cwd, { recursive: true });
    const [first, ...rest] = failed.stderr.trim().split('\n');
    expect(first).toContain(line);
    expect(rest).toEqual(['--help shows how it is called']);
    expect(failed.code).toBe(2);
  });

  it('the backtest scores every member on bars of a folder, and the market and the setup are chosen by name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chronolight-backtest-'));
    try {
      const prices = join(folder, 'prices');
      await mkdir(prices);
      for (const [index, code] of ['A', 'B'].entries()) {
        const bars = simulateBars(index + 1, { count: 300 });
        const rows = bars.map(({ date, open, high, low, close, volume }) =>
          [date, open, high, low, close, volume].join(),
        );
        await writeFile(join(prices, `${code}.csv`), ['date,open,high,low,close,volume', ...rows].join('\n'));
      }
      const span = ['--prices', prices, '--from', '2024-03-20', '--to', '2024-03-29', '--out', join(folder, 'out')];
      for (const setup of ['reference', 'default']) {
        const how = ['--setup', setup, '--market', 'krx', '--retrain-every', 'never', '--horizons', '1'];
        const lines = await output('backtest/main', [...span, ...how]);
        expect(lines.slice(0, 3).map((line) => line.slice(0, 12).trim())).toEqual([
          'h=1 ensemble',
          'h=1 chronos',
          'h=1 naive',
        ]);
        // 8 trading days, the outcome of the last of which has not come
        expect(lines.find((line) => line.startsWith('2 instruments, 8 days'))).toContain('14 outcomes');
      }
      const drivers = ['--drivers', prices, '--retrain-every', 'never', '--horizons', '1', '--json'];
      const { results, codes } = JSON.parse((await output('backtest/main', [...span, ...drivers])).join('\n'));
      expect(codes).toEqual(['A', 'B']);
      expect(results.map(({ issue }: { issue: string }) => issue)).toEqual(['close', 'open']);
      for (const { scores } of results)
        expect(scores[0]).toMatchObject({ forecaster: 'ensemble', horizon: 1, count: 14 });
      const records = (await readFile(join(folder, 'out', 'records.jsonl'), 'utf8')).trim().split('\n');
      // and on the first morning from the day before
      expect(records.filter((record) => record.startsWith('{"issue":"open"'))).toHaveLength(16);
      const cold = await output('backtest/main', [...span, '--setup', 'cold', '--horizons', '1', '--codes', 'every:2']);
      expect(cold.find((line) => line.startsWith('1 instruments, 8 days'))).toContain('7 outcomes');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
