import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../examples/04-custom-store/', import.meta.url));

it('04-custom-store passes the suite under node:test, and says what it leaves out', async () => {
  const args = ['--test', '--test-reporter=tap', `${folder}json-lines-store.test.js`];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 120_000 });
  const count = (word: string) => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(stdout)?.[1]);
  expect(count('fail')).toBe(0);
  expect(count('pass')).toBeGreaterThan(50);
  expect(count('skipped')).toBe(2);
  for (const reason of [
    'one process has the folder open at a time',
    'a damaged line is found when the folder is opened',
  ]) {
    expect(stdout).toContain(`(skipped: ${reason})`);
  }
});

it('04-custom-store stays short enough for an afternoon: under 250 lines', async () => {
  const text = await readFile(`${folder}json-lines-store.js`, 'utf8');
  expect(text.trimEnd().split('\n').length).toBeLessThan(250);
});
