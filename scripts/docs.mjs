// Builds the site into docs/.vitepress/dist: the pages of docs/, the reference by typedoc, the playground. With --dev it serves them instead, and
// shows what changes. VitePress has a package.json of its own in docs/; it is installed when its lock file changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const docs = join(root, 'docs');
const unknown = process.argv.slice(2).filter((argument) => argument !== '--dev');
if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(' ')}; there is only --dev`);
const isServing = process.argv.includes('--dev');

function run(command, args, cwd = root) {
  const shell = process.platform === 'win32' && command === 'npm';
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit', shell });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
const runNode = (...args) => run(process.execPath, args);

const stamp = join(docs, 'node_modules', '.chronolight-lock');
const lock = createHash('sha256')
  .update(readFileSync(join(docs, 'package-lock.json')))
  .digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  // esbuild's binary comes as a package of its own: no install script has to run
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], docs);
  writeFileSync(stamp, lock);
}

/** How typedoc lays out the reference: a page an entry, properties and parameters as tables, no paths of this machine. */
const LAYOUT = {
  docsRoot: 'docs',
  outputFileStrategy: 'modules',
  entryFileName: 'index',
  readme: 'none',
  hideBreadcrumbs: 'true',
  disableSources: 'true',
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
};

// typedoc's warnings are errors; its plugins are installed in docs/ and use the typedoc of the folder above
rmSync(join(docs, 'api'), { recursive: true, force: true });
const plugins = [
  'node_modules/typedoc-plugin-markdown',
  'node_modules/typedoc-vitepress-theme',
  '.vitepress/name-entries.mjs',
];
runNode(
  'node_modules/typedoc/bin/typedoc',
  ...plugins.flatMap((name) => ['--plugin', `./docs/${name}${name.endsWith('.mjs') ? '' : '/dist/index.js'}`]),
  ...Object.entries(LAYOUT).flatMap(([name, value]) => [`--${name}`, value]),
);
runNode('scripts/build-playground.mjs');
run(process.execPath, ['node_modules/vitepress/bin/vitepress.js', isServing ? 'dev' : 'build', '.'], docs);
if (!isServing) runNode('scripts/check-site.mjs');
