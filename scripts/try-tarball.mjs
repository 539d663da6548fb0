// Installs the packed package as a user would, in an empty folder and without install scripts, and forecasts a file with its command;
// then runs Chronos in Node, Bun and Deno, which must give the same bytes (hosts), and builds examples/hosts/next as a standalone server and
// asks it (next, not on Windows): node scripts/try-tarball.mjs [npm | pnpm | bun | hosts | next | all]. Needs the registry; dist/ is built
// before (scripts/setup.mjs). npm 12 asks for Node 22.22.2.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const onWindows = process.platform === 'win32';
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], shell: onWindows });

/** How each package manager is got and asked; each leaves out install scripts by itself or is told to. */
const MANAGERS = {
  npm: { packages: ['npm@12'], add: (bin, tarball) => [bin('npm'), ['install', '--no-audit', '--no-fund', tarball]] },
  pnpm: { packages: ['pnpm@10'], add: (bin, tarball) => [bin('pnpm'), ['add', tarball]] },
  bun: { packages: ['bun@1'], add: (bin, tarball) => [bin('bun'), ['add', tarball]] },
};
const TRIES = {
  ...Object.fromEntries(Object.keys(MANAGERS).map((name) => [name, tryOne])),
  hosts: tryHosts,
  ...(onWindows ? {} : { next: tryNext }),
};
const wanted = process.argv[2] ?? 'all';
if (wanted !== 'all' && !(wanted in TRIES))
  throw new Error(`one of ${Object.keys(TRIES).join(', ')}, all; not ${wanted}`);

const folder = mkdtempSync(join(tmpdir(), 'chronolight-tarball-'));
try {
  run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], root);
  const tarball = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.tgz')),
  );
  writeFileSync(join(folder, 'prices.csv'), simulatedCsv());
  for (const name of wanted === 'all' ? Object.keys(TRIES) : [wanted]) await TRIES[name](name, tarball);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** An empty folder of a host, and another one with tools. */
function prepare(name, packages) {
  const tools = join(folder, `tools-${name}`);
  const host = join(folder, `host-${name}`);
  mkdirSync(tools);
  mkdirSync(host);
  writeFileSync(join(tools, 'package.json'), '{ "private": true }');
  writeFileSync(join(host, 'package.json'), '{ "name": "host", "private": true, "type": "module" }');
  // bun's own package fetches nothing: its binary is a package for each platform, linked by a script
  const scripts = packages.some((one) => one.startsWith('bun@')) ? [] : ['--ignore-scripts'];
  run('npm', ['install', '--no-audit', '--no-fund', ...scripts, ...packages], tools);
  return { host, bin: (tool) => join(tools, 'node_modules', '.bin', onWindows ? `${tool}.cmd` : tool) };
}

function tryHosts(name, tarball) {
  const { host, bin } = prepare(name, ['bun@1', 'deno@2']);
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', tarball], host);
  cpSync(join(root, 'scripts', 'same-bytes.mjs'), join(host, 'same-bytes.mjs'));
  const expected = run(process.execPath, ['same-bytes.mjs'], host);
  for (const [runtime, args] of Object.entries({ bun: [], deno: ['run', '-A'] })) {
    const text = run(bin(runtime), [...args, 'same-bytes.mjs'], host);
    if (text !== expected) throw new Error(`${runtime} differs from Node:\n${text}${expected}`);
    const [version] = run(bin(runtime), ['--version'], host).match(/\d+\.\d+\.\d+/);
    console.log(`${runtime} ${version}: the bytes of Node ${process.version}`);
  }
}

async function tryNext(name, tarball) {
  const host = join(folder, `host-${name}`);
  cpSync(join(root, 'examples', 'hosts', 'next'), host, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(host, 'package.json'), 'utf8'));
  manifest.dependencies.chronolight = `file:${tarball}`;
  writeFileSync(join(host, 'package.json'), JSON.stringify(manifest));
  mkdirSync(join(host, 'data'));
  cpSync(join(folder, 'prices.csv'), join(host, 'data', '005930.csv'));
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], host);
  run('npm', ['run', 'build'], host);
  const port = await freePort();
  // a group of its own, since npm starts a shell that starts the server
  const env = { ...process.env, PORT: String(port), HOSTNAME: '127.0.0.1' };
  const server = spawn('npm', ['start'], { cwd: host, env, stdio: ['ignore', 'ignore', 'inherit'], detached: true });
  try {
    const ask = (code) => fetch(`http://127.0.0.1:${port}/api/forecast/${code}`);
    const known = await answered(() => ask('005930'));
    const text = await known.text();
    if (known.status !== 200) throw new Error(`next answers ${known.status}: ${text}`);
    const [first] = JSON.parse(text).steps;
    if (!(first.ciLow < first.pointClose && first.pointClose < first.ciHigh)) throw new Error(`no forecast in ${text}`);
    const { status } = await ask('nobody');
    if (status !== 404) throw new Error(`next should not find nobody, and answers ${status}`);
  } finally {
    process.kill(-server.pid);
  }
  const { version } = JSON.parse(readFileSync(join(host, 'node_modules', 'next', 'package.json'), 'utf8'));
  console.log(`next ${version}: built standalone, and its route forecasts`);
}

/** A port that nobody listens to. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** What a server answers that is about to listen, within 30 seconds. */
async function answered(ask) {
  for (const end = performance.now() + 30_000; ; ) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function tryOne(name, tarball) {
  const { host, bin } = prepare(name, MANAGERS[name].packages);
  const started = performance.now();
  run(...MANAGERS[name].add(bin, tarball), host);
  const installed = performance.now();
  const command = join(host, 'node_modules', 'chronolight', 'dist', 'cli', 'chronolight.js');
  const args = [command, 'predict', join(folder, 'prices.csv'), '--market', 'weekdays', '--json', '--quiet'];
  const { stdout: text, stderr: noise } = spawnSync(process.execPath, args, { cwd: host, encoding: 'utf8' });
  if (noise !== '') throw new Error(`${name}: the command should say nothing but its answer, and says ${noise}`);
  const answer = JSON.parse(text);
  const [first] = answer.forecasts[0].steps;
  if (!(first?.ciLow < first?.pointClose && first?.pointClose < first?.ciHigh))
    throw new Error(`${name}: no forecast in ${text}`);
  const seconds = (from, to) => ((to - from) / 1000).toFixed(1);
  console.log(
    `${name}: installed in ${seconds(started, installed)} s, forecast in ${seconds(installed, performance.now())} s`,
  );
}

function simulatedCsv() {
  const lines = ['date,open,high,low,close,volume'];
  let close = 100;
  for (let day = Date.now() - 420 * 86_400_000; day < Date.now() - 86_400_000; day += 86_400_000) {
    const date = new Date(day);
    if (date.getUTCDay() % 6 === 0) continue;
    const open = close;
    close *= 1 + 0.02 * Math.sin(12.9898 * lines.length);
    const [high, low] = [Math.max(open, close) * 1.004, Math.min(open, close) * 0.996];
    const cells = [open, high, low, close].map((price) => price.toFixed(4));
    lines.push([date.toISOString().slice(0, 10), ...cells, 1000].join(','));
  }
  return `${lines.join('\n')}\n`;
}
