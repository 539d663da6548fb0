// Builds dist/: every published entry, the command, and a chunk for what several of them share. Declarations are typescript's (setup.mjs).
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const nameOf = (file) => file.replace(/^\.\/dist\/|\.js$/g, '');

/**
 * Every published entry, from package.json's exports, so that the two cannot drift: the declarations of
 * dist/types/src/lgbm/index.d.ts come from src/lgbm/index.ts, which becomes dist/lgbm.js.
 */
const entries = Object.values(manifest.exports)
  .filter((target) => typeof target === 'object')
  .map(({ types, default: file }) => [
    nameOf(file),
    types.replace(/^\.\/dist\/types\//, '').replace(/\.d\.ts$/, '.ts'),
  ]);

/** The commands, from package.json's bin: dist/cli/chronolight.js comes from adapters/cli/chronolight.ts. */
const commands = Object.values(manifest.bin).map((file) => [nameOf(file), `adapters/${nameOf(file)}.ts`]);

/** What pages get in the place of a module that is too large for them: see `imports` in package.json. */
const without = [['chronos/no-default-checkpoint', 'src/chronos/no-default-checkpoint.ts']];

await build({
  absWorkingDir: root,
  entryPoints: Object.fromEntries([...entries, ...commands, ...without]),
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'node20',
  platform: 'neutral',
  loader: { '.safetensors': 'binary' },
  external: ['node:*', '#*', ...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)],
  logLevel: 'warning',
});
