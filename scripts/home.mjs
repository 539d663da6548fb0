// Where the project lives. `npm run home -- https://github.com/OWNER/NAME [https://SITE/]` writes it to package.json and to the links of README.md,
// which have to be absolute to lead anywhere from npm; the site reads package.json. `--check` fails if they differ, or if the repository is not the
// one that is published from: provenance needs it to be.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const read = (name) => readFileSync(new URL(name, root), 'utf8');
const bare = (url) =>
  url
    .replace(/^git\+/, '')
    .replace(/\.git$/, '')
    .replace(/^git@([^:]+):/, 'https://$1/');

const manifest = JSON.parse(read('package.json'));
const now = bare(manifest.repository.url);
const [first, second, ...rest] = process.argv.slice(2);
if (first === undefined || rest.length > 0) fail('home --check, or home REPOSITORY [SITE]');

if (first === '--check') {
  const source = process.env['GITHUB_REPOSITORY']
    ? `${process.env['GITHUB_SERVER_URL'] ?? 'https://github.com'}/${process.env['GITHUB_REPOSITORY']}`
    : bare(execFileSync('git', ['remote', 'get-url', 'origin'], { cwd: fileURLToPath(root), encoding: 'utf8' }).trim());
  if (source !== now) fail(`package.json says ${now}, this checkout comes from ${source}: npm run home -- ${source}`);
  if (manifest.bugs.url !== `${now}/issues`)
    fail(`package.json's bugs is ${manifest.bugs.url}: npm run home -- ${now}`);
} else {
  const next = new URL(first).href.replace(/\/$/, '');
  const [, owner, name] = new URL(next).pathname.split('/');
  if (!name) fail(`a repository is https://HOST/OWNER/NAME, not ${first}`);
  const site = second ? new URL(second.replace(/\/?$/, '/')).href : `https://${owner}.github.io/${name}/`;
  let text = read('package.json');
  for (const [from, to] of [
    [manifest.repository.url, `git+${next}.git`],
    [manifest.bugs.url, `${next}/issues`],
    [manifest.homepage, site],
  ]) {
    text = text.replace(JSON.stringify(from), JSON.stringify(to));
  }
  writeFileSync(new URL('package.json', root), text);
  const readme = read('README.md');
  writeFileSync(
    new URL('README.md', root),
    readme.replaceAll(`${now}/`, `${next}/`).replaceAll(manifest.homepage, site),
  );
  console.log(`${next}, ${site}`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
