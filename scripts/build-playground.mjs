// Builds the playground into FOLDER (docs/public/playground unless given), where the site serves it: a page, a style sheet, scripts, and the checkpoint, which
// is loaded on demand. Prints what travels over the wire, and fails beyond its budget.
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** What a visit may load, in bytes after gzip, with everything that can be asked for. */
const BUDGET = 1_500_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'site/playground');
const out = resolve(process.argv[2] ?? join(root, 'docs/public/playground'));

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  entryPoints: ['main.ts', 'worker.ts', 'chronos-worker.ts'].map((file) => join(source, file)),
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
for (const file of ['config.json', 'model.safetensors']) {
  await cp(join(root, 'models/default', file), join(out, 'checkpoint', file));
}

let total = 0;
const sent = ['index.html', 'style.css', 'main.js', 'worker.js'];
const onDemand = ['chronos-worker.js', 'checkpoint/config.json', 'checkpoint/model.safetensors'];
for (const file of [...sent, ...onDemand]) {
  const bytes = await readFile(join(out, file));
  const packed = gzipSync(bytes, { level: 9 }).length;
  total += packed;
  console.log(`${file.padEnd(30)} ${kilobytes(bytes.length)} ${kilobytes(packed)} gzip`);
}
console.log(`${'together'.padEnd(30)} ${''.padStart(9)} ${kilobytes(total)} gzip`);
if (total > BUDGET) throw new Error(`the playground may be ${BUDGET} bytes over the wire, it is ${total}`);

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
}
