import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles chronolight/chronos for a page, as `chronos.js` in the folder. */
export async function bundleForPage(folder: string): Promise<void> {
  await build({
    entryPoints: { chronos: fileURLToPath(new URL('../../src/chronos/index.ts', import.meta.url)) },
    outdir: folder,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    external: ['node:*'],
    logLevel: 'error',
  });
}
