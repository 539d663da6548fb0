// Trains random data and parameter sets here and with native LightGBM 4.6, and compares all that comes out, bit by bit.
//
//   node test/parity/lgbm/random-parity.mjs [--simd] [count = 500] [first seed = 1] [python = python3]
//
// Needs the packages of requirements.txt in that Python. Trains in plain TypeScript, or on the SIMD kernel. Prints each difference, then the totals; exits with 1 if there is one.
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const given = process.argv.slice(2);
const onSimd = given[0] === '--simd';
const [count = '500', first = '1', python = 'python3'] = onSimd ? given.slice(1) : given;
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const bundled = join(mkdtempSync(join(tmpdir(), 'lgbm-parity-')), 'compare.mjs');
await build({
  entryPoints: [here('compare.ts')],
  outfile: bundled,
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
});
const { compareCase, loadSimdKernel, plainKernel } = await import(pathToFileURL(bundled).href);
const kernel = onSimd ? await loadSimdKernel() : plainKernel;

const native = spawn(python, [here('native.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
const lines = createInterface({ input: native.stdout })[Symbol.asyncIterator]();
const ask = async (request) => {
  native.stdin.write(`${JSON.stringify(request)}\n`);
  const { value } = await lines.next();
  // Python writes infinities bare; models that diverge have them
  return JSON.parse(value.replace(/(?<=[[ :])(-?Infinity|NaN)(?=[,\]}])/g, '"$1"'));
};

const totals = { same: 0, different: 0, aborted: 0 };
const worst = { contrib: 0, value: 0 };
for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
  const { differences, aborted, contrib, value } = await compareCase(seed, ask, kernel);
  worst.contrib = Math.max(worst.contrib, contrib ?? 0);
  worst.value = Math.max(worst.value, value ?? 0);
  if (aborted) totals.aborted++;
  else if (differences.length === 0) totals.same++;
  else {
    totals.different++;
    for (const difference of differences) console.log(`seed ${seed}: ${difference}`);
  }
}
native.stdin.end();
console.log(`${totals.same} identical, ${totals.different} different, ${totals.aborted} where native aborts`);
console.log(
  `largest relative difference of contributions ${worst.contrib.toExponential(1)}, of converted output ${worst.value.toExponential(1)}`,
);
process.exitCode = totals.different > 0 ? 1 : 0;
