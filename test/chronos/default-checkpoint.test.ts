import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultFolder } from '../../src/chronos/checkpoint/default-checkpoint.js';
import { loadChronos } from '../../src/chronos/index.js';

describe('the default checkpoint', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'chronos-package-'));
    mkdirSync(join(root, 'dist', 'chunks'), { recursive: true });
    mkdirSync(join(root, 'models', 'default'), { recursive: true });
    writeFileSync(join(root, 'package.json'), '{"name":"chronolight"}');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const moduleAt = (...parts: string[]) => pathToFileURL(join(root, ...parts)).href;

  it('is found from any module of the package', async () => {
    const folder = join(root, 'models', 'default');
    writeFileSync(join(folder, 'config.json'), '{}');
    expect(await defaultFolder(moduleAt('dist', 'chunk-AB12.js'))).toBe(folder);
    expect(await defaultFolder(moduleAt('dist', 'chunks', 'x.js'))).toBe(folder);
    expect(await defaultFolder(moduleAt('src', 'chronos', 'default-checkpoint.ts'))).toBe(folder);
  });

  it('is missed in words when the package has none, was bundled, or has no file system', async () => {
    const missing = { code: 'INVALID_CHECKPOINT', message: expect.stringContaining('no default checkpoint ships') };
    await expect(defaultFolder(moduleAt('dist', 'index.js'))).rejects.toMatchObject(missing);
    writeFileSync(join(root, 'package.json'), '{"name":"a-host"}');
    await expect(defaultFolder(moduleAt('dist', 'index.js'))).rejects.toMatchObject(missing);
    await expect(defaultFolder('https://example.org/assets/app.js')).rejects.toMatchObject(missing);
  });

  it('forecasts prices around the last close, in any currency', async () => {
    const model = await loadChronos();
    let close = 70_000;
    const closes = Array.from({ length: 400 }, (_, i) => {
      close *= Math.exp(0.02 * Math.sin(12.9898 * i));
      return close;
    });
    const [won, dollars] = await model.forecast([closes, closes.map((value) => value / 1400)], { horizon: 5 });
    for (let step = 0; step < 5; step++) {
      expect(Math.abs(won.median[step] / close - 1)).toBeLessThan(0.1);
      expect(won.q10[step]).toBeLessThan(won.median[step]);
      expect(won.median[step]).toBeLessThan(won.q90[step]);
      expect(won.median[step] / dollars.median[step]).toBeCloseTo(1400, 0);
    }
    expect(won.q90[4] - won.q10[4]).toBeGreaterThan(won.q90[0] - won.q10[0]);
    await model.dispose();
  });
});
