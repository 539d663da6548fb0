import { ForecastError } from '../../errors.js';
import { hasFileSystem, nodeModule } from '../../host/node.js';

/** The folder of the checkpoint that ships with this package, from the package's root. */
const DEFAULT_FOLDER = 'models/default';

/**
 * Returns the path of the default checkpoint's folder.
 *
 * The package's root is the nearest folder above this module whose package.json names the package: src/chronos and any file
 * of dist lead to it alike.
 *
 * @throws ForecastError INVALID_CHECKPOINT when no default checkpoint ships, or there is no file system to read it from
 */
export async function defaultFolder(moduleUrl: string | undefined = import.meta.url): Promise<string> {
  const missing = (why: string) =>
    new ForecastError('INVALID_CHECKPOINT', `loadChronos: no default checkpoint ships with this package (${why})`, {
      field: 'source',
    });
  // a bundle in CommonJS has no URL
  if (!hasFileSystem() || !moduleUrl?.startsWith('file:')) {
    throw missing(
      `there is no file system: hand in the URL under which ${DEFAULT_FOLDER} is served, or what chronolight/chronos/default-checkpoint exports`,
    );
  }
  const { existsSync, readFileSync } = nodeModule('node:fs');
  const { dirname, join } = nodeModule('node:path');
  const { fileURLToPath } = nodeModule('node:url');
  for (let folder = dirname(fileURLToPath(moduleUrl)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'chronolight') {
      const path = join(folder, DEFAULT_FOLDER);
      if (!existsSync(join(path, 'config.json'))) throw missing(`there is no checkpoint in ${path}`);
      return path;
    }
    if (folder === dirname(folder)) throw missing('its package.json was not found: was it bundled?');
  }
}

/**
 * Returns the default checkpoint: its folder, else (in a bundle, without a file system) its copy as a module. What a page is bundled from
 * has no such copy, see `imports` in package.json: weights of a megabyte are for the host to ask for.
 *
 * @throws ForecastError INVALID_CHECKPOINT as `defaultFolder` does, when there is no copy either
 */
export async function defaultCheckpoint(): Promise<string | { config: object; weights: Uint8Array }> {
  try {
    return await defaultFolder();
  } catch (error) {
    const { config, weights } = await import('#default-checkpoint').catch(() => ({
      config: undefined,
      weights: undefined,
    }));
    if (config === undefined || weights === undefined) throw error;
    return { config, weights };
  }
}
