// Makes the checkout ready: installs the locked dependencies unless they are there, and builds dist/ unless it is newer
// than its sources. Called by `npm test` and `npm run demo`, so that either works on a fresh clone with Node alone.
// --no-native leaves better-sqlite3 uncompiled where Node has SQLite itself: compiling it takes longer than all the rest.
// --demo does no more than the demo needs: a part of the packages, nothing native, no declarations.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...names) => join(root, ...names);

const isForDemo = process.argv.includes('--demo');
const hasSqlite = process.getBuiltinModule('node:sqlite') !== undefined;
const needsNative = !isForDemo && !(hasSqlite && process.argv.includes('--no-native'));

function run(command, args, cwd = root) {
  console.error(`> ${command} ${args.join(' ')}`);
  const { status } = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', 2, 2],
    // npm is a script there; a path to node may hold blanks
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (status !== 0) process.exit(status ?? 1);
}

// one package alone has a script that matters, and runs it below
const install = (cwd) => run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], cwd);

function newest(path) {
  const stats = statSync(at(path));
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(at(path)).map((name) => newest(join(path, name))));
}

/** The packages of a lock file, by their place in the tree. */
const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/** Of the locked packages those with the given names and all that they need, by their place in the tree. */
function withNeeds(locked, names) {
  const found = {};
  const add = (name, from) => {
    // where Node finds it: beside what needs it, or further out
    const inner = from === '' ? '' : `${from}/`;
    const place = `${inner}node_modules/${name}`;
    if (locked[place] === undefined) {
      if (from !== '') add(name, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))));
      return;
    }
    if (place in found) return;
    found[place] = locked[place];
    const { dependencies, optionalDependencies, peerDependencies = {}, peerDependenciesMeta } = locked[place];
    const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta?.[name]?.optional);
    for (const need of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]) add(need, place);
  };
  for (const name of names) add(name, '');
  return found;
}

/** Whether what npm says that it installed holds the given packages of the lock file; whoever installed it. */
function isInstalled(packages) {
  const installed = at('node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const there = packagesOf(installed);
  return Object.entries(packages).every(
    ([place, { version, optional }]) =>
      place === '' || there[place]?.version === version || (optional && !there[place]),
  );
}

/** Installs a part of the lock file, in the place of the same packages; the next whole `npm ci` replaces it. */
function installPart(packages, names) {
  const side = at('node_modules', '.part');
  rmSync(side, { recursive: true, force: true });
  mkdirSync(side, { recursive: true });
  const versions = names.map((name) => [name, packages[`node_modules/${name}`].version]);
  const manifest = { name: 'part', version: '0.0.0', dependencies: Object.fromEntries(versions) };
  const lock = { ...manifest, lockfileVersion: 3, requires: true, packages: { '': manifest, ...packages } };
  writeFileSync(join(side, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(side, 'package-lock.json'), JSON.stringify(lock));
  install(side);
  for (const name of readdirSync(join(side, 'node_modules'))) {
    rmSync(at('node_modules', name), { recursive: true, force: true });
    renameSync(join(side, 'node_modules', name), at('node_modules', name));
  }
  rmSync(side, { recursive: true });
}

const locked = packagesOf(at('package-lock.json'));
/** What the demo imports, builds with (tsup does not start without typescript) and reads. */
const demoNames = [...Object.keys(locked[''].dependencies), 'echarts', 'tsup', 'typescript', 'vega-datasets'];
const wanted = isForDemo ? withNeeds(locked, demoNames) : locked;
if (!isInstalled(wanted)) {
  if (lstatSync(at('node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
    console.error(
      'node_modules is a link, and what it leads to is not what package-lock.json asks for; npm ci would empty it',
    );
    process.exit(1);
  }
  if (isForDemo) installPart(wanted, demoNames);
  else install(root);
}
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
if (!isForDemo && (!existsSync(typed) || statSync(typed).mtimeMs < statSync(built).mtimeMs)) {
  run(process.execPath, [at('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']);
  writeFileSync(typed, '');
}
