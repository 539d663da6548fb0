import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

/** Bundles chronolight/chronos for a page, as `chronos.js` in the folder. */
export function bundleForPage(folder: string): Promise<void> {
  return build({
    entry: { chronos: fileURLToPath(new URL('../../src/chronos/index.ts', import.meta.url)) },
    outDir: folder,
    format: 'esm',
    platform: 'browser',
    noExternal: [/^(?!node:)/],
    external: [/^node:/],
    removeNodeProtocol: false,
    splitting: false,
    config: false,
    silent: true,
  });
}
