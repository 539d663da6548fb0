// Solves the normal equations of linear leaves here and by Eigen 3.4.0, compiled from its headers, and compares every bit.
//
//   node test/parity/lgbm/eigen-parity.mjs EIGEN_HEADERS [least unknowns = 1] [most = 40] [systems of each = 300]
//
// Needs g++ on x86-64. EIGEN_HEADERS is the folder that holds `Eigen/`. Exits with 1 if a system differs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [headers, from = '1', to = '40', each = '300'] = process.argv.slice(2);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lgbm-eigen-'));
const outfile = join(folder, 'solve.mjs');
await build({
  entryPoints: [here('../../../src/lgbm/numbers/full-pivot-solve.ts')],
  outfile,
  bundle: true,
  format: 'esm',
  logLevel: 'error',
});
const { negatedSolution } = await import(pathToFileURL(outfile).href);
// or another, by the usual variable
const compiler = process.env.CXX ?? 'g++';
const program = join(folder, 'systems');
execFileSync(compiler, ['-O3', '-I', headers, here('eigen-systems.cpp'), '-o', program]);
const bytes = execFileSync(program, [from, to, each], { maxBuffer: 2 ** 31 - 1 });
const numbers = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));

const totals = { same: 0, different: 0 };
let at = 0;
const take = (count) => {
  at += count;
  return numbers.slice(at - count, at);
};
while (at < numbers.length) {
  const [n] = take(1);
  const [a, b, native] = [take(n * n), take(n), take(n)];
  const solved = negatedSolution(a, b);
  // a zero's sign is lost in the model
  if (native.every((value, i) => Object.is(value + 0, solved[i] + 0))) totals.same++;
  else totals.different++;
}
console.log(`${totals.same} identical, ${totals.different} different`);
if (totals.different > 0) process.exitCode = 1;
