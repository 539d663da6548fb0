// Builds the playground into FOLDER (docs/public/playground unless given), where the site serves it: a page, a style sheet, two scripts.
// Prints what travels over the wire, and fails beyond its budget.
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** What a first visit may load, in bytes after gzip. */
const BUDGET = 1_500_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'site/playground');
const out = resolve(process.argv[2] ?? join(root, 'docs/public/playground'));

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  entryPoints: [join(source, 'main.ts'), join(source, 'worker.ts')],
  outdir: out,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  external: ['node:*'],
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
});
for (const file of ['index.html', 'style.css']) await cp(join(source, file), join(out, file));

let total = 0;
for (const file of ['index.html', 'style.css', 'main.js', 'worker.js']) {
  const bytes = await readFile(join(out, file));
  const packed = gzipSync(bytes, { level: 9 }).length;
  total += packed;
  console.log(`${file.padEnd(12)} ${kilobytes(bytes.length)} ${kilobytes(packed)} gzip`);
}
console.log(`${'together'.padEnd(12)} ${''.padStart(9)} ${kilobytes(total)} gzip`);
if (total > BUDGET) throw new Error(`the playground may be ${BUDGET} bytes over the wire, it is ${total}`);

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
}
