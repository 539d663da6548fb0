// Makes the checkout ready: installs the locked dependencies unless they are there, and builds dist/ unless it is newer
// than its sources. Called by `npm test` and `npm run demo`, so that either works on a fresh clone with Node alone.
// --no-native leaves better-sqlite3 uncompiled where Node has SQLite itself: compiling it takes longer than all the rest.
// --no-types leaves the declarations out, which nothing that only runs needs: they take longer than the code.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...names) => join(root, ...names);

function run(command, args) {
  console.error(`> ${command} ${args.join(' ')}`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    // npm is a script there; a path to node may hold blanks
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (status !== 0) process.exit(status ?? 1);
}

function newest(path) {
  const stats = statSync(at(path));
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(at(path)).map((name) => newest(join(path, name))));
}

/** Whether what npm says that it installed is what the lock file asks for; whoever installed it. */
function isInstalled() {
  const installed = at('node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const there = packagesOf(installed);
  return Object.entries(packagesOf(at('package-lock.json'))).every(
    ([place, { version, optional }]) =>
      place === '' || there[place]?.version === version || (optional && !there[place]),
  );
}

if (!isInstalled()) {
  if (lstatSync(at('node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
    console.error(
      'node_modules is a link, and what it leads to is not what package-lock.json asks for; npm ci would empty it',
    );
    process.exit(1);
  }
  // one package alone has a script that matters, and runs it below
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
}
const needsNative = !process.argv.includes('--no-native') || process.getBuiltinModule('node:sqlite') === undefined;
if (needsNative && !existsSync(at('node_modules', 'better-sqlite3', 'build', 'Release', 'better_sqlite3.node'))) {
  run('npm', ['rebuild', 'better-sqlite3']);
}

const built = at('dist', '.built');
const sources = ['src', 'adapters', 'models/default', 'package.json', 'tsup.config.ts', 'tsconfig.build.json'];
if (!existsSync(built) || statSync(built).mtimeMs < Math.max(...sources.map(newest))) {
  rmSync(at('dist'), { recursive: true, force: true });
  run(process.execPath, [at('node_modules', 'tsup', 'dist', 'cli-default.js'), '--silent']);
  writeFileSync(built, '');
}
const typed = at('dist', '.typed');
const needsTypes = !process.argv.includes('--no-types');
if (needsTypes && (!existsSync(typed) || statSync(typed).mtimeMs < statSync(built).mtimeMs)) {
  run(process.execPath, [at('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']);
  writeFileSync(typed, '');
}
