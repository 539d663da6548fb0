import { ForecastError } from '../errors.js';

/** Whether this is Node or something that behaves like it. */
export function hasFileSystem(): boolean {
  return typeof process !== 'undefined' && typeof process.versions?.node === 'string';
}

/** Returns a module of Node's own as `nodeModule` does; undefined where there are none. */
export function foundModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  return hasFileSystem() ? process.getBuiltinModule?.(name) : undefined;
}

/**
 * Returns a module of Node's own. Not by `import`, which bundlers follow: a page has none of them, and its bundle should need no settings.
 *
 * @throws ForecastError RUNTIME_MISSING where there are none
 */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] {
  const module = foundModule(name);
  if (module === undefined) {
    throw new ForecastError('RUNTIME_MISSING', `${name} is needed: this is not Node 20.19 or later`, {
      expected: name,
    });
  }
  return module;
}

/** The modules that are used. */
interface NodeModules {
  'node:crypto': typeof import('node:crypto');
  'node:diagnostics_channel': typeof import('node:diagnostics_channel');
  'node:fs': typeof import('node:fs');
  'node:fs/promises': typeof import('node:fs/promises');
  'node:os': typeof import('node:os');
  'node:path': typeof import('node:path');
  'node:url': typeof import('node:url');
  'node:worker_threads': typeof import('node:worker_threads');
}
