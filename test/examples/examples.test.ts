import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

/** Runs an example as a user would, on the built package, and returns what it prints. */
async function output(name: string): Promise<string[]> {
  const file = fileURLToPath(new URL(`../../examples/${name}.js`, import.meta.url));
  const { stdout } = await run(process.execPath, [file], { timeout: 120_000 });
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
});
