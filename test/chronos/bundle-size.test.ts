import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';

/** What a page downloads before its first forecast, minified, in bytes: issue 12, item 5. */
const BOLT_LIMIT = 80_000;
const ALL_LIMIT = 150_000;
/** What forecasting with Chronos-Bolt on the built-in runtime loads beside the entry. */
const BOLT_PARTS = ['open-builtin-model.ts', 'families/bolt.ts', 'runtime/builtin/bolt-session.ts'];

async function bundle(splitting: boolean): Promise<Metafile['outputs']> {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL('../../src/chronos/index.ts', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    splitting,
    external: ['node:*'],
    outdir: 'bundle',
    write: false,
    metafile: true,
  });
  return metafile.outputs;
}

describe('the bundle of chronolight/chronos', () => {
  it('loads little for Chronos-Bolt alone: nothing of other families, of ONNX graphs, and of no package', async () => {
    const outputs = await bundle(true);
    const wanted = Object.keys(outputs).filter((file) =>
      ['index.ts', ...BOLT_PARTS].some((part) => outputs[file].entryPoint?.endsWith(`src/chronos/${part}`)),
    );
    expect(wanted).toHaveLength(1 + BOLT_PARTS.length);
    const loaded = new Set<string>();
    const load = (file: string) => {
      if (loaded.has(file)) return;
      loaded.add(file);
      for (const { path, kind, external } of outputs[file].imports)
        if (kind === 'import-statement' && !external) load(path);
    };
    wanted.forEach(load);
    const bytes = [...loaded].reduce((sum, file) => sum + outputs[file].bytes, 0);
    const sources = [...loaded].flatMap((file) => Object.keys(outputs[file].inputs));
    expect(sources.filter((source) => /node_modules|-graph\.ts|t5-network|chronos2-network/.test(source))).toEqual([]);
    expect(bytes).toBeLessThanOrEqual(BOLT_LIMIT);
  });

  it('is light with all families in one file', async () => {
    const [output, ...others] = Object.values(await bundle(false));
    expect(others).toEqual([]);
    expect(output.bytes).toBeLessThanOrEqual(ALL_LIMIT);
  });
});
