import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fan-picture-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('the picture of README and site is what the library says today, and so is the text beside it', async () => {
  const file = join(folder, 'fan.svg');
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/fan-picture.mjs', file]);
  expect(await readFile(file, 'utf8')).toBe(await readFile('docs/public/fan.svg', 'utf8'));
  const counted = /\d+ of 20 inside the 80 % band/.exec(stdout)?.[0];
  expect(counted).toBeDefined();
  for (const page of ['README.md', 'docs/index.md']) expect(await readFile(page, 'utf8')).toContain(counted);
});
