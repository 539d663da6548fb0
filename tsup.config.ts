import { defineConfig } from 'tsup';
import manifest from './package.json' with { type: 'json' };

/** Every published entry, read from package.json's exports, so that the two cannot drift: './lgbm' is built from the source named here. */
const sources: Record<string, string> = {
  index: 'src/index.ts',
  series: 'src/series/index.ts',
  features: 'src/features/index.ts',
  lgbm: 'src/lgbm/index.ts',
  chronos: 'src/chronos/index.ts',
  baselines: 'src/baselines/index.ts',
  scoring: 'src/scoring/index.ts',
  ensemble: 'src/ensemble/index.ts',
  weights: 'src/weights/index.ts',
  pipeline: 'src/pipeline/index.ts',
  testing: 'src/testing/index.ts',
};

export default defineConfig({
  entry: sources,
  format: 'esm',
  target: 'node20',
  platform: 'neutral',
  splitting: true,
  sourcemap: true,
  clean: false,
  removeNodeProtocol: false,
  external: [/^node:/, ...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)],
});
