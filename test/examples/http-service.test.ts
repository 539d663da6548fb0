import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('06-http-service answers three callers, stores, judges and ends', async () => {
  const file = fileURLToPath(new URL('../../examples/06-http-service.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 120_000 });
  const lines = stdout.trim().split('\n');
  expect(lines.slice(0, 3).map((line) => line.replace(/from .*/, ''))).toEqual([
    '005930 after 2026-11-20: 80 % for 2026-11-23 ',
    '000660 after 2026-11-20: 80 % for 2026-11-23 ',
    '035420 after 2026-11-20: 80 % for 2026-11-23 ',
  ]);
  expect(lines.slice(3)).toEqual([
    '1 stored; nobody: UNKNOWN_CODE',
    'the scorecard: 3 issued, 3 wait for their day',
    'health: ok',
  ]);
});
