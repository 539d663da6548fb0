// Trains random sets of each line of training-cases.ts here and with Python's lightgbm.train 4.6, and compares all that comes out.
//
//   node test/parity/lgbm/training-parity.mjs [--simd] [lines = all] [count = 200] [first seed = 1] [python = python3]
//   node test/parity/lgbm/training-parity.mjs --store test/fixtures/lgbm-training [lines = all] [python = python3]
//
// Needs the packages of requirements.txt in that Python. Trains in plain TypeScript, or with --simd what kernels know on the SIMD kernel. Prints each difference, then totals by line; exits with 1 if there is one.
// --store writes native's answers to seeds 1 to 6 of each line, which `npm test` compares with.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';

const given = process.argv.slice(2);
const onSimd = given[0] === '--simd' && given.shift() !== undefined;
const target = given[0] === '--store' ? given.splice(0, 2)[1] : undefined;
const [only = 'all', count = '200', first = '1', python = 'python3'] = target ? [given[0], '6', '1', given[1]] : given;
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lgbm-training-'));
await build({
  entryPoints: [here('compare-training.ts'), here('training-cases.ts')],
  outdir: folder,
  bundle: true,
  platform: 'node',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  logLevel: 'error',
});
const load = (name) => import(pathToFileURL(join(folder, name)).href);
const { differencesOf, loadSimdKernel, plainKernel, requestOf } = await load('compare-training.mjs');
const { trainingCase, TRAINING_LINES } = await load('training-cases.mjs');
const kernel = onSimd ? await loadSimdKernel() : plainKernel;

const native = spawn(python, [here('native-training.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
const lines = createInterface({ input: native.stdout })[Symbol.asyncIterator]();
const ask = async (request) => {
  native.stdin.write(`${JSON.stringify(request)}\n`);
  return JSON.parse((await lines.next()).value.replaceAll(/(?<=[[ :])-?Infinity|NaN(?=[,\]}])/g, 'null'));
};

if (target) mkdirSync(target, { recursive: true });
for (const line of only === 'all' ? TRAINING_LINES : only.split(',')) {
  const totals = { same: 0, different: 0, aborted: 0 };
  const stored = [];
  for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
    const drawn = trainingCase(line, seed);
    const answer = await ask(requestOf(drawn));
    stored.push({ seed, ...answer });
    // a split that leaves one side empty ends native
    if (answer.error?.includes('> (0)')) {
      totals.aborted++;
      continue;
    }
    let differences;
    try {
      differences = answer.error ? [`native: ${answer.error}`] : differencesOf(drawn, answer, kernel);
    } catch (error) {
      differences = [String(error)];
    }
    if (differences.length === 0) totals.same++;
    else {
      totals.different++;
      for (const difference of differences) console.log(`${line} ${seed}: ${difference}`);
    }
  }
  console.log(
    `${line}: ${totals.same} identical, ${totals.different} different, ${totals.aborted} where native aborts`,
  );
  if (totals.different > 0) process.exitCode = 1;
  if (target) writeFileSync(join(target, `${line}.json.br`), brotliCompressSync(JSON.stringify(stored)));
}
native.stdin.end();
