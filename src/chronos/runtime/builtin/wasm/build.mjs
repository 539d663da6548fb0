// Compiles network-kernel.as into network-kernel-binary.ts.
//
//   node src/chronos/runtime/builtin/wasm/build.mjs [--check]
//
// Needs the network once, for the pinned compiler: npx fetches assemblyscript. With --check nothing is written; the exit code says
// whether the committed binary is what the committed source compiles to.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMPILER = 'assemblyscript@0.28.20';
const OPTIONS = [
  ...['-O3', '--runtime', 'stub', '--noAssert', '--importMemory'],
  ...['--enable', 'simd', '--enable', 'bulk-memory', '--enable', 'nontrapping-f2i'],
];

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'network-kernel-'));
// the compiler takes no other extension; the source has its own so that TypeScript leaves it alone
copyFileSync(here('network-kernel.as'), join(folder, 'network-kernel.ts'));
const command = ['--yes', '--package', COMPILER, 'asc', 'network-kernel.ts', '-o', 'kernel.wasm', ...OPTIONS];
execFileSync('npx', command, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
const binary = readFileSync(join(folder, 'kernel.wasm'));
rmSync(folder, { recursive: true });
const lines = binary.toString('base64').match(/.{1,112}/g);
const text = `// Made by build.mjs from network-kernel.as; do not edit.

/** The kernels of a network compiled to WebAssembly, base64. */
export const NETWORK_KERNEL =
  '${lines.join("' +\n  '")}';
`;

const target = here('network-kernel-binary.ts');
if (process.argv.includes('--check')) {
  const same = readFileSync(target, 'utf8') === text;
  console.log(
    same ? 'the binary is what the source compiles to' : 'the binary differs from what the source compiles to',
  );
  process.exitCode = same ? 0 : 1;
} else {
  writeFileSync(target, text);
  console.log(`wrote ${target}: ${binary.length} bytes`);
}
