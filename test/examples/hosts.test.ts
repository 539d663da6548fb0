import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createContext as createRealm, runInContext } from 'node:vm';
import { build } from 'esbuild';
import pg from 'pg';
import { type Browser, chromium } from 'playwright-core';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { krx, sessionClose } from '../../src/markets/index.js';
import { addTradingDays } from '../../src/series/index.js';
import { dateInZone } from '../../src/series/inside.js';
import { POSTGRES, postgresPrograms, startPostgres } from '../adapters/postgres-server.js';
import { bareFolder, programPath } from '../bare-folder.js';
import { CHROMIUM } from '../chromium.js';
import { simulateBars } from '../pipeline/simulated-market.js';

/*
 * examples/hosts as a host would have them: in a folder with the packed package, its dependencies and prices up to the newest close, each started by
 * the command that it says. What is not on this machine is skipped; .ci/run brings Bun, Deno and workerd.
 */
const run = promisify(execFile);
const hosts = fileURLToPath(new URL('../../examples/hosts/', import.meta.url));
const now = new Date();
const today = dateInZone(now, krx.timeZone);
/** The newest session that has closed: what a batch that is due now must have. */
const newest =
  krx.calendar.isTradingDay(today) && sessionClose(krx, today) <= now ? today : addTradingDays(today, -1, krx.calendar);
const BARS = simulateBars(1, { count: 300, last: newest });
const CSV = ['date,open,high,low,close,volume']
  .concat(BARS.map(({ date, open, high, low, close, volume }) => [date, open, high, low, close, volume].join()))
  .join('\n');

let folder: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  folder = await bareFolder(['pg', 'better-sqlite3']);
  mkdirSync(join(folder, 'data'));
  for (const code of ['005930', '000660']) writeFileSync(join(folder, 'data', `${code}.csv`), CSV);
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Lays an example's files into a folder of its own beside the installed package. */
function lay(name: string): string {
  const home = join(folder, name);
  cpSync(join(hosts, name), home, { recursive: true });
  if (!existsSync(join(home, 'data'))) cpSync(join(folder, 'data'), join(home, 'data'), { recursive: true });
  return home;
}

/** Starts a server, waits for a line that matches where one is to come, and returns the process and what matched. */
async function start(
  command: string,
  args: readonly string[],
  { cwd, env = {}, ready }: { cwd: string; env?: Record<string, string>; ready?: RegExp },
) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let said = '';
  const found = await new Promise<RegExpExecArray>((resolve, reject) => {
    const hear = (text: Buffer) => {
      said += text;
      const match = ready?.exec(said);
      if (match) resolve(match);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    if (ready === undefined) resolve(/^/.exec('')!);
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}: ${said}`)));
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, found, ended };
}

const ask = async (address: string, init?: RequestInit) => {
  const response = await fetch(address, init);
  return { status: response.status, body: await response.json() };
};

/** Expects a forecast of 1 and more days after the newest bar. */
function expectForecast(forecast: {
  baseDate: string;
  baseClose: number;
  steps: { ciLow: number; pointClose: number; ciHigh: number }[];
}) {
  expect(forecast.baseDate).toBe(newest);
  expect(forecast.baseClose).toBeCloseTo(BARS.at(-1)!.close, 6);
  const [{ ciLow, pointClose, ciHigh }] = forecast.steps;
  expect(ciLow).toBeLessThan(pointClose);
  expect(pointClose).toBeLessThan(ciHigh);
  expect(Math.abs(pointClose / forecast.baseClose - 1)).toBeLessThan(0.05);
}

describe('Next.js', () => {
  const route = 'app/api/forecast/[code]/route.ts';

  it('compiles', () => {
    const home = lay('next');
    const program = ts.createProgram([join(home, route)], {
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
      types: [],
      strict: true,
      allowJs: true,
      skipLibCheck: true,
      noEmit: true,
    });
    const faults = ts.getPreEmitDiagnostics(program).filter(({ file }) => !file?.fileName.endsWith('.js'));
    expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
  });

  it('answers a request as a plain handler', async () => {
    const home = lay('next');
    const source = readFileSync(join(home, route), 'utf8');
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
    writeFileSync(
      join(home, route.replace(/ts$/, 'js')),
      ts.transpileModule(source, { compilerOptions: options }).outputText,
    );
    const script = `
      import { GET } from './app/api/forecast/[code]/route.js';
      const answers = [];
      for (const code of ['005930', 'nobody']) {
        const response = await GET(new Request('http://localhost/api/forecast/' + code), { params: Promise.resolve({ code }) });
        answers.push({ status: response.status, body: await response.json() });
      }
      console.log(JSON.stringify(answers));`;
    writeFileSync(join(home, 'ask.js'), script);
    const { stdout } = await run(process.execPath, ['--no-warnings', 'ask.js'], { cwd: home });
    const [known, unknown] = JSON.parse(stdout);
    expect(known.status).toBe(200);
    expectForecast(known.body);
    expect(unknown).toEqual({ status: 404, body: { error: 'UNKNOWN_CODE' } });
  });
});

describe(`Docker, its processes on ${POSTGRES}`, () => {
  const [dockerfile, compose] = ['Dockerfile', 'compose.yaml'].map((name) =>
    readFileSync(join(hosts, 'docker', name), 'utf8'),
  );
  const entry: string[] = JSON.parse(/^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)![1]);
  const commands = [...compose.matchAll(/^ {4}command: (\[.*\])$/gm)].map(([, list]): string[] => JSON.parse(list));

  /** What the container runs, here: the installed package is a folder above. */
  const inContainer = (args: readonly string[]) => [join(folder, entry[1]), ...args];

  it('copies every file that its config needs, and starts as nobody in particular', () => {
    expect(entry[0]).toBe('node');
    expect(commands.map(([name]) => name)).toEqual(['schedule', 'serve']);
    expect(dockerfile.indexOf('USER node')).toBeGreaterThan(dockerfile.indexOf('npm install'));
    expect(dockerfile).toContain('COPY chronolight.config.js');
    const { dependencies } = JSON.parse(readFileSync(join(hosts, 'docker/package.json'), 'utf8'));
    expect(Object.keys(dependencies)).toEqual(['chronolight', 'pg']);
    expect(compose).not.toMatch(/PASSWORD: (?!\$\{)/);
  });

  it.skipIf(postgresPrograms() === undefined)(
    'fills the tables by its jobs and answers from them; both end when the container is stopped',
    async () => {
      const server = await startPostgres(postgresPrograms()!);
      try {
        const cwd = lay('docker');
        const env = { DATABASE_URL: server.connectionString, CODES: '005930', CHRONOLIGHT_TOKEN: 'sixteen letters!' };
        const jobs = await start(process.execPath, inContainer(commands[0]), {
          cwd,
          env,
        });
        const pool = new pg.Client(server.connectionString);
        await pool.connect();
        const stored = () =>
          pool.query('SELECT count(*)::int AS n FROM predictions').then(
            ({ rows }) => rows[0].n,
            () => 0,
          );
        for (let i = 0; i < 600 && (await stored()) === 0; i++)
          await new Promise((resolve) => setTimeout(resolve, 100));
        expect(await stored()).toBe(3);
        await pool.end();
        const args = commands[1].map((word) => (word === '8080' ? '0' : word === '0.0.0.0' ? '127.0.0.1' : word));
        const web = await start(process.execPath, inContainer(args), { cwd, env, ready: /listening on (\S+)/ });
        const headers = { authorization: `Bearer ${env.CHRONOLIGHT_TOKEN}` };
        expect(await ask(`${web.found[1]}/health`)).toMatchObject({ status: 200, body: { store: 'answers' } });
        expect((await ask(`${web.found[1]}/scorecard`)).status).toBe(401);
        expect(await ask(`${web.found[1]}/scorecard`, { headers })).toMatchObject({ body: { issued: 3 } });
        for (const { child } of [jobs, web]) child.kill('SIGTERM');
        expect(await Promise.all([jobs.ended, web.ended])).toEqual([130, 0]);
      } finally {
        for (const child of running) child.kill('SIGKILL');
        await server.stop();
      }
    },
    180_000,
  );
});

describe('systemd', () => {
  const units = ['chronolight-web.service', 'chronolight-jobs.service', 'chronolight-jobs.timer'];
  const textOf = (unit: string) =>
    readFileSync(join(hosts, 'systemd', unit), 'utf8').replaceAll('/usr/bin/node', process.execPath);
  const commandOf = (unit: string) => /^ExecStart=(.+)$/m.exec(textOf(unit))![1].split(' ');

  it.skipIf(programPath('systemd-analyze') === undefined)(
    'takes the units for sound (skipped without systemd-analyze)',
    async () => {
      const home = join(folder, 'units');
      mkdirSync(home);
      for (const unit of units) writeFileSync(join(home, unit), textOf(unit));
      const paths = units.map((unit) => join(home, unit));
      const { stdout, stderr } = await run(programPath('systemd-analyze')!, [
        'verify',
        '--man=no',
        '--recursive-errors=no',
        ...paths,
      ]);
      expect(stdout + stderr).toBe('');
    },
  );

  it('does what is due by the line of the jobs, then says that nothing is; serves by the line of the web', async () => {
    const cwd = join(folder, 'srv');
    mkdirSync(cwd);
    cpSync(join(folder, 'data'), join(cwd, 'data'), { recursive: true });
    rmSync(join(cwd, 'data', '000660.csv'));
    const [command, file, ...rest] = commandOf('chronolight-jobs.service');
    const at = join(folder, file);
    await run(command, [at, 'init', '--market', 'krx', '--prices', 'data/'], { cwd });
    const first = await run(command, [at, ...rest], { cwd });
    expect(first.stdout).toMatch(/dailyBatch of .+: done, 1 stored/);
    const second = await run(command, [at, ...rest], { cwd }).catch((error) => error);
    const allowed = /^SuccessExitStatus=(.+)$/m.exec(textOf('chronolight-jobs.service'))![1].split(' ');
    expect([second.code, second.stdout.trim()]).toEqual([4, 'nothing was due']);
    expect(allowed).toContain('4');
    const [, , ...serve] = commandOf('chronolight-web.service');
    const args = [at, ...serve.map((word) => (word === '8080' ? '0' : word))];
    const web = await start(command, args, { cwd, ready: /listening on (\S+)/ });
    expect((await ask(`${web.found[1]}/scorecard`)).body).toMatchObject({ issued: 3 });
    web.child.kill('SIGTERM');
    expect(await web.ended).toBe(0);
  }, 120_000);
});

describe('functions without a server of their own', () => {
  let server: Server;
  let address: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const known = request.url === '/005930.csv';
      response.writeHead(known ? 200 : 404).end(known ? CSV : '');
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it('Lambda: one file answers events, and may read nothing beside itself', async () => {
    const home = lay('lambda');
    const outfile = join(home, 'dist', 'handler.mjs');
    const entryPoints = [join(home, 'handler.js')];
    await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
    const script = join(home, 'dist', 'ask.mjs');
    const events = [
      { rawPath: '/005930', queryStringParameters: { horizons: '2' } },
      { rawPath: '/nobody' },
      { rawPath: '/005930', queryStringParameters: { horizons: '0' } },
    ];
    writeFileSync(
      script,
      `import { handler } from './handler.mjs';
      const answers = [];
      for (const event of ${JSON.stringify(events)}) answers.push(await handler(event));
      console.log(JSON.stringify(answers));`,
    );
    const [flag] = ['--permission', '--experimental-permission'].filter((name) =>
      process.allowedNodeEnvironmentFlags.has(name),
    );
    const args = ['--no-warnings', flag, `--allow-fs-read=${join(home, 'dist')}/*`];
    const net = process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : [];
    const { stdout } = await run(process.execPath, [...args, ...net, script], {
      env: { PRICES_URL: address },
      cwd: join(home, 'dist'),
    });
    const [known, unknown, wrong] = JSON.parse(stdout);
    expect(known.statusCode).toBe(200);
    expectForecast(JSON.parse(known.body));
    expect(JSON.parse(known.body).horizons).toEqual([2]);
    expect([unknown.statusCode, wrong.statusCode]).toEqual([404, 400]);
  }, 120_000);

  const question = { method: 'POST', body: JSON.stringify({ code: '005930', bars: BARS, horizons: [1, 5] }) };
  const bundleEdge = async (options: { format: 'iife' | 'esm'; outfile: string }) => {
    await build({
      entryPoints: [join(hosts, 'edge/worker.js')],
      nodePaths: [join(folder, 'node_modules')],
      bundle: true,
      conditions: ['workerd', 'worker'],
      globalName: 'edge',
      logLevel: 'error',
      ...options,
    });
    return options.outfile;
  };

  it("an edge worker: forecasts where there is nothing but the web's own interfaces", async () => {
    const file = await bundleEdge({ format: 'iife', outfile: join(folder, 'edge-realm.js') });
    const { Request, Response, TextDecoder, TextEncoder, URL, AbortController, AbortSignal, DOMException } = globalThis;
    const { setTimeout, clearTimeout, queueMicrotask, performance, atob, console } = globalThis;
    // no process, no require, no fetch
    const realm = createRealm({
      Request,
      Response,
      TextDecoder,
      TextEncoder,
      URL,
      AbortController,
      AbortSignal,
      DOMException,
      setTimeout,
      clearTimeout,
      queueMicrotask,
      performance,
      atob,
      console,
    });
    runInContext(readFileSync(file, 'utf8'), realm);
    const worker = runInContext('edge.default', realm) as { fetch(request: Request): Promise<Response> };
    const response = await worker.fetch(new Request('https://edge.example', question));
    expect(response.status).toBe(200);
    expectForecast((await response.json()) as never);
    const short = { method: 'POST', body: JSON.stringify({ code: '005930', bars: BARS.slice(0, 3) }) };
    expect((await worker.fetch(new Request('https://edge.example', short))).status).toBe(422);
    expect((await worker.fetch(new Request('https://edge.example', { method: 'POST', body: '{' }))).status).toBe(400);
  }, 120_000);

  it.skipIf(programPath('workerd') === undefined)(
    "the same on workerd, Cloudflare's runtime (skipped where it is not installed)",
    async () => {
      await bundleEdge({ format: 'esm', outfile: join(folder, 'edge.mjs') });
      const config = `using Workerd = import "/workerd/workerd.capnp";
      const config :Workerd.Config = (
        services = [(name = "main", worker = (modules = [(name = "edge.mjs", esModule = embed "edge.mjs")], compatibilityDate = "2025-01-01"))],
        sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
      );`;
      writeFileSync(join(folder, 'workerd.capnp'), config);
      const args = ['serve', '--control-fd=1', 'workerd.capnp'];
      const { found } = await start(programPath('workerd')!, args, { cwd: folder, ready: /"port":(\d+)/ });
      const { status, body } = await ask(`http://127.0.0.1:${found[1]}/`, question);
      expect(status).toBe(200);
      expectForecast(body);
    },
    120_000,
  );
});

describe('other runtimes', () => {
  it.skipIf(programPath('bun') === undefined)(
    'Bun serves forecasts (skipped where it is not installed)',
    async () => {
      const cwd = lay('bun');
      const { child, found, ended } = await start(programPath('bun')!, ['server.js'], {
        cwd,
        env: { PORT: '0' },
        ready: /listening on (\S+)/,
      });
      const { body } = await ask(`${found[1]}005930`);
      expectForecast(body);
      expect(await ask(`${found[1]}nobody`)).toEqual({ status: 404, body: { error: 'UNKNOWN_CODE' } });
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    },
    120_000,
  );

  it.skipIf(programPath('deno') === undefined)(
    'Deno serves forecasts by the permissions that its first line names (skipped where it is not installed)',
    async () => {
      const cwd = lay('deno');
      const source = readFileSync(join(cwd, 'server.js'), 'utf8');
      const flags = /^\/\/ deno run (.*) server\.js/.exec(source)![1].split(' ');
      // what `npm:chronolight` would bring lies here
      mkdirSync(join(cwd, 'node_modules'));
      cpSync(join(folder, 'node_modules'), join(cwd, 'node_modules'), { recursive: true, dereference: true });
      writeFileSync(join(cwd, 'deno.json'), '{ "nodeModulesDir": "manual" }');
      writeFileSync(join(cwd, 'server.js'), source.replace('port: 8080', 'port: 0'));
      const { child, found, ended } = await start(programPath('deno')!, ['run', '--no-prompt', ...flags, 'server.js'], {
        cwd,
        ready: /Listening on (\S+)/,
      });
      const { body } = await ask(`${found[1]}005930`);
      expectForecast(body);
      expect(await ask(`${found[1]}nobody`)).toEqual({ status: 404, body: { error: 'UNKNOWN_CODE' } });
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    },
    120_000,
  );
});

describe.skipIf(CHROMIUM === undefined)('a page without a bundler (skipped where there is no Chromium)', () => {
  it('forecasts a file from the published modules alone, and says what is wrong with another', async () => {
    const cwd = lay('page');
    const asked: string[] = [];
    const server = createServer((request, response) => {
      const path = new URL(request.url!, 'http://localhost').pathname;
      asked.push(path);
      const file = path.startsWith('/node_modules/')
        ? join(folder, path)
        : join(cwd, path === '/' ? 'index.html' : path);
      const type = path === '/' ? 'text/html' : path.endsWith('.js') ? 'text/javascript' : 'application/octet-stream';
      if (existsSync(file)) response.writeHead(200, { 'content-type': type }).end(readFileSync(file));
      else response.writeHead(404).end();
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
    const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args });
    try {
      const page = await browser.newPage();
      const broken: string[] = [];
      page.on('pageerror', ({ message }) => broken.push(message));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.waitForLoadState('networkidle');
      expect(asked.filter((path) => path.endsWith('.safetensors'))).toEqual([]);
      const drop = (text: string) =>
        page.setInputFiles('#file', { name: 'bars.json', mimeType: 'application/json', buffer: Buffer.from(text) });
      await drop(JSON.stringify(BARS));
      await page.waitForSelector('table:not([hidden])');
      expect(await page.locator('caption').textContent()).toBe(`After the close of ${newest}`);
      const rows = await page.locator('tbody tr').allInnerTexts();
      expect(rows).toHaveLength(5);
      const [, median, low, high] = /^1\t([\d.]+)\t([\d.]+) to ([\d.]+)$/.exec(rows[0])!.map(Number);
      expect(low).toBeLessThan(median);
      expect(median).toBeLessThan(high);
      await drop(JSON.stringify([...BARS].reverse()));
      await page.waitForFunction("document.querySelector('[role=status]').textContent !== ''");
      expect(await page.locator('[role=status]').textContent()).toMatch(/^UNSORTED_DATES: /);
      expect(broken).toEqual([]);
    } finally {
      await browser.close();
      server.close();
    }
  }, 120_000);
});
