// Where the project lives: read from package.json, the one place that says it (`npm run home -- URL` sets it).
import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

export const version = manifest.version;
/** The entries of the package, in the order of package.json: 'chronolight', 'chronolight/series', ... */
export const entries = Object.entries(manifest.exports)
  .filter(([, target]) => typeof target === 'object')
  .map(([entry]) => manifest.name + entry.slice(1));
/** The repository's page, without a slash at its end. */
export const repository = manifest.repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
/** The site's address; its path is what the pages are served under. */
export const site = new URL(manifest.homepage);
