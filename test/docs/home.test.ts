import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

/** Runs `npm run home -- ...args` in a copy of what it writes. */
function home(args: readonly string[], env: Record<string, string> = {}) {
  const script = join(folder, 'scripts/home.mjs');
  const clean = { ...process.env, GITHUB_REPOSITORY: '', ...env };
  return spawnSync(process.execPath, [script, ...args], { cwd: folder, env: clean, encoding: 'utf8' });
}
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chronolight-home-'));
  mkdirSync(join(folder, 'scripts'));
  for (const name of ['package.json', 'README.md', 'scripts/home.mjs']) cpSync(join(root, name), join(folder, name));
  execFileSync('git', ['init', '--quiet'], { cwd: folder });
  execFileSync('git', ['remote', 'add', 'origin', 'git@git.example.org:mine/forecasts.git'], { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('npm run home', () => {
  it('refuses to publish from anywhere but the repository that package.json names', () => {
    const { status, stderr } = home(['--check']);
    expect(status).toBe(1);
    expect(stderr).toContain('npm run home -- https://git.example.org/mine/forecasts');
  });

  it('writes repository, issues, site and the links of README in one go; then publishing may go on', () => {
    const before = JSON.parse(read('package.json'));
    const old = before.repository.url.replace(/^git\+|\.git$/g, '');
    expect(home(['https://git.example.org/mine/forecasts/', 'https://forecasts.example.org']).status).toBe(0);
    const after = JSON.parse(read('package.json'));
    expect(after).toEqual({
      ...before,
      repository: { type: 'git', url: 'git+https://git.example.org/mine/forecasts.git' },
      bugs: { url: 'https://git.example.org/mine/forecasts/issues' },
      homepage: 'https://forecasts.example.org/',
    });
    expect(read('README.md')).not.toContain(`${old}/`);
    expect(read('README.md')).not.toContain(before.homepage);
    expect(read('README.md')).toContain('https://git.example.org/mine/forecasts/blob/main/docs/start.md');
    expect(home(['--check']).status).toBe(0);
    const workflow = { GITHUB_REPOSITORY: 'else/where', GITHUB_SERVER_URL: 'https://github.com' };
    expect(home(['--check'], workflow).stderr).toContain('comes from https://github.com/else/where');
  });

  it.each([[[]], [['https://git.example.org/only-owner']], [['a', 'b', 'c']], [['no address']]])(
    'refuses %j',
    (args) => {
      const before = read('package.json');
      expect(home(args).status).toBe(1);
      expect(read('package.json')).toBe(before);
    },
  );
});
