import { defineConfig } from 'tsup';
import manifest from './package.json' with { type: 'json' };

/**
 * Every published entry, from package.json's exports, so that the two cannot drift: the declarations of
 * dist/types/src/lgbm/index.d.ts come from src/lgbm/index.ts, which becomes dist/lgbm.js.
 */
const entry = Object.fromEntries(
  Object.values(manifest.exports)
    .filter((target) => typeof target === 'object')
    .map(({ types, default: file }) => [
      file.replace(/^\.\/dist\/|\.js$/g, ''),
      types.replace(/^\.\/dist\/types\//, '').replace(/\.d\.ts$/, '.ts'),
    ]),
);

/** The commands, from package.json's bin: dist/cli/chronolight.js comes from adapters/cli/chronolight.ts. */
const commands = Object.fromEntries(
  Object.values(manifest.bin).map((file) => {
    const name = file.replace(/^\.\/dist\/|\.js$/g, '');
    return [name, `adapters/${name}.ts`];
  }),
);

/** What pages get in the place of a module that is too large for them: see `imports` in package.json. */
const without = { 'chronos/no-default-checkpoint': 'src/chronos/no-default-checkpoint.ts' };

export default defineConfig({
  entry: { ...entry, ...commands, ...without },
  format: 'esm',
  target: 'node20',
  platform: 'neutral',
  splitting: true,
  sourcemap: false,
  removeNodeProtocol: false,
  loader: { '.safetensors': 'binary' },
  external: [/^node:/, /^#/, ...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)],
});
