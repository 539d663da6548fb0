import { build, type Metafile } from 'esbuild';

/** What forecasting with Chronos-Bolt on the built-in runtime loads beside the entry. */
const BOLT_PARTS = ['open-builtin-model.ts', 'families/bolt.ts', 'runtime/builtin/bolt-session.ts'];

/** What a page downloads: bytes, minified, and the sources that they were made of. */
export interface PageBundle {
  readonly bytes: number;
  readonly sources: readonly string[];
}

/** Bundles a page that loads a checkpoint, with all families in one file; `folder`: that of the sources of chronolight/chronos. */
export async function wholeBundle(folder: string): Promise<PageBundle> {
  const outputs = await bundle(folder, false);
  return sizeOf(outputs, Object.keys(outputs));
}

/** The same in pieces: returns those that are loaded before a first forecast of Chronos-Bolt. */
export async function boltBundle(folder: string): Promise<PageBundle> {
  const outputs = await bundle(folder, true);
  const wanted = Object.keys(outputs).filter((file) =>
    ['page.ts', ...BOLT_PARTS].some((part) => outputs[file].entryPoint?.endsWith(part)),
  );
  if (wanted.length !== 1 + BOLT_PARTS.length) throw new Error(`of the parts of Bolt only ${wanted} are in the bundle`);
  const loaded = new Set<string>();
  const load = (file: string) => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { path, kind, external } of outputs[file].imports)
      if (kind === 'import-statement' && !external) load(path);
  };
  wanted.forEach(load);
  return sizeOf(outputs, [...loaded]);
}

function sizeOf(outputs: Metafile['outputs'], files: readonly string[]): PageBundle {
  return {
    bytes: files.reduce((sum, file) => sum + outputs[file].bytes, 0),
    sources: files.flatMap((file) => Object.keys(outputs[file].inputs)),
  };
}

async function bundle(folder: string, splitting: boolean): Promise<Metafile['outputs']> {
  const { metafile } = await build({
    // what else the entry holds falls out of such a page's bundle
    stdin: { contents: "export { loadChronos } from './index.ts';", resolveDir: folder, sourcefile: 'page.ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    splitting,
    external: ['node:*'],
    outdir: 'bundle',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  return metafile.outputs;
}
