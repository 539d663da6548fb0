// Makes the checkout ready: installs the locked dependencies unless they are there, and builds dist/ unless it is newer
// than its sources. Called by `npm test` and `npm run demo`, so that either works on a fresh clone with Node alone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'node_modules', '.chronolight-lock');

/** onnxruntime-node's install script fetches GPU libraries from a vendor's site; its tarball already holds all that the CPU needs. */
const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };

function run(command, args) {
  console.error(`> ${command} ${args.join(' ')}`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    env,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

function newest(path) {
  const stats = statSync(join(root, path));
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(join(root, path)).map((name) => newest(join(path, name))));
}

const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  run('npm', ['ci', '--no-audit', '--no-fund']);
  writeFileSync(stamp, lock);
}

const built = join(root, 'dist', '.built');
const sources = ['src', 'adapters', 'package.json', 'tsup.config.ts', 'tsconfig.build.json'];
if (!existsSync(built) || statSync(built).mtimeMs < Math.max(...sources.map(newest))) {
  run('npm', ['run', '--silent', 'build']);
  writeFileSync(built, '');
}
