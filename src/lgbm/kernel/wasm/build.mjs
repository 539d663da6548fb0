// Compiles split-search.as, with the places of records.ts before it, into split-search-binary.ts.
//
//   node src/lgbm/kernel/wasm/build.mjs [--check]
//
// Needs the network once, for the pinned compiler: npx fetches assemblyscript. With --check nothing is written; the exit code says
// whether the committed binary is what the committed source compiles to.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const COMPILER = 'assemblyscript@0.28.20';
const OPTIONS = [
  ...['-O3', '--runtime', 'stub', '--noAssert', '--importMemory'],
  ...['--enable', 'simd', '--enable', 'bulk-memory', '--enable', 'nontrapping-f2i'],
];
// a module states in its binary whether its memory is shared, so there is one for each
const VARIANTS = {
  PRIVATE_MEMORY: [],
  SHARED_MEMORY: ['--sharedMemory', '--maximumMemory', '32768', '--enable', 'threads'],
};

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'split-search-'));
// the compiler takes no other extension; the source has its own so that TypeScript leaves it alone
writeFileSync(join(folder, 'split-search.ts'), `${await places()}${readFileSync(here('split-search.as'), 'utf8')}`);

/** The fields of records.ts as constants: LEAF.leftGradient becomes LEAF_LEFT_GRADIENT. */
async function places() {
  const outfile = join(folder, 'records.mjs');
  await build({ entryPoints: [here('records.ts')], outfile, format: 'esm', logLevel: 'error' });
  const records = await import(pathToFileURL(outfile).href);
  const line = (name, value) => `const ${name}: usize = ${value};\n`;
  return Object.entries(records)
    .flatMap(([name, value]) =>
      typeof value === 'number'
        ? [line(name, value)]
        : Object.entries(value).map(([field, at]) =>
            line(`${name}_${field.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`, at),
          ),
    )
    .join('');
}

const constants = Object.entries(VARIANTS).map(([name, options]) => {
  const out = `${name}.wasm`;
  execFileSync('npx', ['--yes', '--package', COMPILER, 'asc', 'split-search.ts', '-o', out, ...OPTIONS, ...options], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const lines = readFileSync(join(folder, out))
    .toString('base64')
    .match(/.{1,112}/g);
  return `export const ${name} =\n  '${lines.join("' +\n  '")}';\n`;
});
const text = `// Made by build.mjs from split-search.as; do not edit.

/** The split search compiled to WebAssembly, base64: for a memory of its own. */
${constants[0]}
/** The same for a memory that threads share. */
${constants[1]}`;

const target = here('split-search-binary.ts');
if (process.argv.includes('--check')) {
  const same = readFileSync(target, 'utf8') === text;
  console.log(
    same ? 'the binary is what the source compiles to' : 'the binary differs from what the source compiles to',
  );
  process.exitCode = same ? 0 : 1;
} else {
  writeFileSync(target, text);
  console.log(`wrote ${target}`);
}
