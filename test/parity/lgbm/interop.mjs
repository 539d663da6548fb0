// Reads models that native LightGBM trained in ways this engine does not: categories, linear trees, forests, other objectives.
//
//   node test/parity/lgbm/interop.mjs [python = python3]
//
// Needs the packages of requirements.txt in that Python. Raw scores must be equal, text written back unchanged.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [python = 'python3'] = process.argv.slice(2);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lgbm-interop-'));
const outfile = join(folder, 'lgbm.mjs');
await build({
  entryPoints: [here('../../../src/lgbm/index.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
});
const { parseModel } = await import(pathToFileURL(outfile).href);

execFileSync(python, [here('interop.py'), folder], { stdio: 'inherit' });
for (const [name, native] of Object.entries(JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')))) {
  const values = Float64Array.from(native.values, (value) => value ?? Number.NaN);
  const booster = parseModel(native.text);
  const { rows } = native;
  const raw = booster.predict(values, { rows, kind: 'raw' });
  const value = booster.predict(values, { rows });
  const rawDiffer = raw.filter((x, i) => x !== native.raw[i]).length;
  const valueDiffer = value.reduce((most, x, i) => Math.max(most, Math.abs(x / native.value[i] - 1)), 0);
  const same = booster.toText() === native.text;
  console.log(
    `${name}: ${rawDiffer} raw scores differ, values by ${valueDiffer.toExponential(1)}, text ${same ? 'unchanged' : 'CHANGED'}`,
  );
  if (rawDiffer > 0 || !(valueDiffer <= 1e-15) || !same) process.exitCode = 1;
}
