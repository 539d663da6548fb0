import { execFile, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS, helpText } from '../../adapters/cli/command-table.js';
import { run } from '../../adapters/cli/run.js';
import { type SqliteDatabase, sqliteStore } from '../../adapters/store/sqlite.js';
import { simulateBars } from '../pipeline/simulated-market.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'chronolight-cli-'));
const data = join(folder, 'data');
const bin = join(folder, 'package', 'chronolight.mjs');

beforeAll(async () => {
  mkdirSync(join(folder, 'package'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  writeFileSync(join(folder, 'package', 'package.json'), readFileSync(join(root, 'package.json')));
  const entryPoints = {
    chronolight: join(root, 'adapters/cli/chronolight.ts'),
    setup: join(root, 'src/index.ts'),
    members: join(root, 'src/members/index.ts'),
  };
  const external = Object.keys({ ...manifest().dependencies, ...manifest().peerDependencies });
  await build({
    ...{ entryPoints, outdir: join(folder, 'package'), outExtension: { '.js': '.mjs' }, bundle: true, splitting: true },
    ...{ platform: 'node', format: 'esm', target: 'node20', external, logLevel: 'error' },
  });
  mkdirSync(data);
  for (const [i, code] of ['005930', '000660'].entries()) writeFileSync(join(data, `${code}.csv`), csv(i + 1));
});
afterAll(() => rmSync(folder, { recursive: true }));

function manifest(): Record<string, Record<string, string>> {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

function csv(seed: number): string {
  const rows = simulateBars(seed).map(({ date, open, high, low, close, volume }) => [
    date,
    open,
    high,
    low,
    close,
    volume,
  ]);
  return ['date,open,high,low,close,volume', ...rows.map((row) => row.join(','))].join('\n');
}

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command as a shell would, in the folder of the data. */
function chronolight(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...process.env, ...env }, timeout: 60_000 };
    execFile(process.execPath, [bin, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** Runs the same in this process: what the arguments alone decide needs none of its own. */
async function inProcess(args: string[], cwd = folder): Promise<Ended> {
  const texts = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof texts) => ({
    write(text: string) {
      texts[name] += text;
    },
  });
  const io = { stdout: stream('stdout'), stderr: stream('stderr'), env: {}, cwd };
  const code = await run(args, { ...io, signal: new AbortController().signal });
  return { code, ...texts };
}

const AT = ['--prices', 'data', '--market', 'krx', '--members', 'har'];

describe('chronolight predict', () => {
  it('forecasts a code with its zeros in front, as a table and as one JSON document', async () => {
    const [text, json] = await Promise.all([
      chronolight(['predict', '005930', ...AT]),
      chronolight(['predict', '005930', ...AT, '--horizons', '1,5', '--json']),
    ]);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/^005930 {2}2024-03-29 \d+ {2}2024-04-01/m);
    const document = JSON.parse(json.stdout);
    expect(document).toMatchObject({ schemaVersion: 1, command: 'predict', stored: false, failures: [] });
    expect(document.forecasts).toMatchObject([{ code: '005930', horizons: [1, 5] }]);
  });

  it('forecasts a CSV file by its name', async () => {
    const { code, stdout } = await chronolight([
      'predict',
      'data/000660.csv',
      '--market',
      'krx',
      '--members',
      'har',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).forecasts[0].code).toBe('000660');
  });

  it('forecasts with the checkpoint in the package unless told otherwise', async () => {
    symlinkSync(join(root, 'models'), join(folder, 'package', 'models'), 'dir');
    const { code, stdout } = await chronolight(['predict', '005930', '--prices', 'data', '--market', 'krx', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).forecasts[0].sourcesUsed).toContain('chronos');
  });

  it('prints the prices of a coin with digits enough', async () => {
    const small = csv(3)
      .split('\n')
      .map((line, i) => {
        const [date, ...cells] = line.split(',');
        return i === 0 ? line : [date, ...cells.map((cell, at) => (at < 4 ? Number(cell) * 1.7e-10 : cell))].join(',');
      });
    writeFileSync(join(data, 'COIN.csv'), small.join('\n'));
    const { code, stdout } = await inProcess(['predict', 'COIN', ...AT]);
    // the other tests' commands take every file of the folder
    rmSync(join(data, 'COIN.csv'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/0\.0000\d{4,5} +\d{4}-\d\d-\d\d +0\.0000\d{4,5} +0\.0000\d{4,5} to 0\.0000\d{4,5}/);
    expect(stdout).not.toMatch(/ 0\.0+ /);
  });

  it('ends with 3 when some fail and with 1 when all do, and names them', async () => {
    const [some, all] = await Promise.all([
      chronolight(['predict', '005930', '5930', ...AT, '--json']),
      chronolight(['predict', 'nobody', ...AT]),
    ]);
    expect(some.code).toBe(3);
    expect(JSON.parse(some.stdout).failures).toMatchObject([{ item: '5930', code: 'UNKNOWN_CODE' }]);
    expect(all).toMatchObject({ code: 1, stdout: 'no forecast\n', stderr: expect.stringContaining('nobody') });
  });
});

describe('chronolight refuses with 2', () => {
  it.each([
    [[], /COMMAND/],
    [['forcast'], /unknown command 'forcast'/],
    [['predit', 'x'], /did you mean predict/],
    [['predict'], /chronolight predict CODE/],
    [['predict', '005930', '--prices', 'data'], /--market is missing: krx, us/],
    [['predict', '005930', '--market', 'krx'], /--prices is missing/],
    [['predict', '005930', ...AT.slice(0, 3), 'nyse'], /--market takes krx/],
    [['predict', '005930', ...AT, '--horizon', '1'], /did you mean --horizons/],
    [['predict', '005930', ...AT, '--horizons', '1,x'], /whole numbers/],
    [['predict', '005930', ...AT, '--horizons', '0'], /horizons/],
    [['predict', '005930', ...AT, '--market', 'us'], /given twice/],
    [['predict', '005930', ...AT.slice(0, 4), '--members', 'oracle'], /--members takes/],
    [['predict', '005930', '--store', '--json'], /store/],
    [['predict', '005930', ...AT, '--store', 'postgres://u:p@h/d'], /SQLite file/],
    [['predict', 'a.csv', ...AT], /either CSV files/],
    [['batch', ...AT], /needs a store/],
    [['explain', '005930', ...AT], /needs a store/],
    [['scorecard', ...AT, '--store', ':memory:', '--from', '2024-02-30'], /existing day/],
    [['backtest', ...AT], /--from and --to/],
    [['log', 'erase', ...AT], /log export/],
    [['log', 'verify', 'no-such-file'], /no file/],
    [['migrate'], /--print/],
    [['init', '--prices', 'data'], /--market/],
    [['predict', '005930', '--config', 'none.js'], /no config file/],
  ])('%j', async (args, reason) => {
    const { code, stderr, stdout } = await inProcess(args);
    expect(stderr).toMatch(reason);
    expect(code).toBe(2);
    if (!args.includes('--json')) expect(stdout).toBe('');
  });
});

it('exits with what it returns', async () => {
  expect(await chronolight(['predit', 'x'])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('did you mean predict'),
  });
  const json = await chronolight(['predict', 'x', '--json']);
  expect([json.code, JSON.parse(json.stdout).error.code]).toEqual([2, 'USAGE']);
});

describe('a record kept by the command', () => {
  it('is forecast, matched, retrained, judged, exported and verified', async () => {
    const at = [...AT, '--store', 'record.db'];
    expect((await chronolight(['match', ...at, '--date', '2024-03-29'])).code).toBe(4);
    const backtest = await chronolight(['backtest', ...at, '--from', '2024-03-04', '--to', '2024-03-28', '--json']);
    expect(backtest.code).toBe(0);
    expect(JSON.parse(backtest.stdout).card.matched).toBeGreaterThan(0);
    const batch = await chronolight(['batch', ...at, '--json']);
    expect(JSON.parse(batch.stdout)).toMatchObject({ stored: ['000660', '005930'], failures: [] });
    const match = await chronolight(['match', ...at, '--date', '2024-03-29', '--json']);
    expect(match.code).toBe(0);
    expect(JSON.parse(match.stdout).matched).toBeGreaterThan(0);
    // HAR learns nothing, and no outcome of 2024 lies within the year before today
    expect((await chronolight(['retrain', ...at, '--json'])).code).toBe(4);

    const card = await chronolight(['scorecard', ...at, '--from', '2024-03-01', '--to', '2024-03-29']);
    expect(card.code).toBe(0);
    expect(card.stdout).toMatch(/coverage of the 80 % interval +\d+\.\d % +\d+\.\d % to \d+\.\d % +n = \d+/);
    expect(card.stdout).toContain('too few days');
    expect(card.stderr).toBe('');
    for (const line of card.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);

    const window = ['--from', '2024-03-01', '--to', '2024-03-29'];
    const paged = await chronolight(['scorecard', ...at, ...window, '--html', 'card.html']);
    expect(paged).toMatchObject({ code: 0, stdout: card.stdout, stderr: 'wrote card.html\n' });
    const html = readFileSync(join(folder, 'card.html'), 'utf8');
    expect(html).toContain('Scorecard, 2024-03-01 to 2024-03-29');
    expect(html).toMatch(/Closes inside the 80% interval<\/th>.*?\d+%/);
    expect(html).not.toMatch(/NaN|undefined|<svg/);
    const nowhere = await chronolight(['scorecard', ...at, ...window, '--html', 'no/such/folder/card.html']);
    expect(nowhere).toMatchObject({ code: 2, stdout: '' });
    expect(nowhere.stderr).toContain('no/such/folder/card.html cannot be written');

    const log = await chronolight(['log', 'export', ...at]);
    const rows = log.stdout.trimEnd().split('\n');
    writeFileSync(join(folder, 'log.jsonl'), log.stdout);
    expect(await chronolight(['log', 'verify', 'log.jsonl'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${rows.length} rows`),
    });
    expect((await chronolight(['log', 'export', ...at, '--previous', 'log.jsonl'])).code).toBe(4);
    rows[3] = rows[3].replace(/"pointClose":\d/, '"pointClose":0');
    writeFileSync(join(folder, 'bad.jsonl'), rows.join('\n'));
    const bad = await chronolight(['log', 'verify', 'bad.jsonl', '--json']);
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({ holds: false, rows: 3, fault: { row: 4 } });
  });

  it('is trained: models published, counted as JSON', async () => {
    const args = [
      'retrain',
      ...AT.slice(0, 4),
      '--members',
      'lgbm',
      '--horizons',
      '1',
      '--store',
      ':memory:',
      '--json',
    ];
    const { code, stdout } = await chronolight(args);
    const { items, failures } = JSON.parse(stdout);
    expect(failures).toEqual([]);
    expect(items).toHaveLength(2);
    expect(code).toBe(0);
  });

  it('explains what was trained, horizon by horizon, and names what was not', async () => {
    const at = [...AT.slice(0, 4), '--members', 'lgbm', '--store', 'trained.db'];
    expect((await chronolight(['retrain', ...at, '--horizons', '1'])).code).toBe(0);
    const text = await chronolight(['explain', '005930', ...at, '--horizons', '1']);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/^005930 in 1 trading days from 2024-03-29, lgbm:\n {2}volatility: /);
    const json = await chronolight(['explain', '005930', ...at, '--horizons', '1,3', '--json']);
    expect(json.code).toBe(3);
    const { explanations, failures } = JSON.parse(json.stdout);
    expect(explanations).toMatchObject([{ code: '005930', member: 'lgbm', horizon: 1, numbers: [{ name: 'scale' }] }]);
    expect(failures).toMatchObject([{ item: '005930 h3', code: 'NO_MODEL' }]);
    const none = await chronolight(['explain', '005930', ...AT, '--store', 'trained.db', '--horizons', '1']);
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('none of the members explains itself') });
  });

  it('is empty at first: 4', async () => {
    const { code, stdout } = await chronolight(['scorecard', ...AT, '--store', ':memory:', '--json']);
    expect(code).toBe(4);
    expect(JSON.parse(stdout).card.issued).toBe(0);
  });

  it('takes settings from the environment, and a config that exports a context', async () => {
    const env = { CHRONOLIGHT_MARKET: 'krx', CHRONOLIGHT_PRICES: 'data' };
    expect((await chronolight(['predict', '005930', '--members', 'har'], env)).code).toBe(0);
    writeFileSync(
      join(folder, 'own.config.mjs'),
      `import { createContext, krx } from './package/setup.mjs';
       import { har } from './package/members.mjs';
       const bars = Array.from({ length: 200 }, (_, i) => {
         const date = new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
         const close = 100 + Math.sin(i) + Math.sin(i * i);
         return { date, open: close, high: close + 0.5, low: close - 0.5, close, volume: 1000 };
       });
       export const codes = ['OWN'];
       export const context = createContext({ market: krx, members: [har()], prices: { getBars: async (_, { limit = 200 }) => bars.slice(-limit) } });`,
    );
    const own = await chronolight(['predict', 'OWN', '--config', 'own.config.mjs', '--market', 'every-day', '--json']);
    expect(own).toMatchObject({ code: 0 });
    expect(JSON.parse(own.stdout).forecasts[0]).toMatchObject({ code: 'OWN' });
    expect((await chronolight(['batch', '--config', 'own.config.mjs', '--store', ':memory:', '--json'])).code).toBe(0);
  });
});

describe('chronolight', () => {
  it('names every command in its help, and every option in the help of the command', async () => {
    const { stdout, code } = await chronolight(['--help']);
    expect(code).toBe(0);
    expect(stdout).toBe(`${helpText()}\n`);
    for (const { usage } of Object.values(COMMANDS)) expect(stdout).toContain(usage);
    expect((await chronolight(['scorecard', '--help'])).stdout).toContain('--from DAY');
    expect((await chronolight(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('prints the SQL that makes what a store reads', async () => {
    const { stdout, code } = await chronolight(['migrate', '--print']);
    expect(code).toBe(0);
    const database = new Database(':memory:');
    database.exec(stdout);
    const versions = () => database.prepare('SELECT version FROM schema_migrations').all();
    const before = versions();
    const store = await sqliteStore({ database: database as SqliteDatabase });
    expect(await store.listPredictions()).toEqual([]);
    expect(versions()).toEqual(before);
    expect((await chronolight(['migrate', '--print', '--dialect', 'postgres'])).stdout).toContain('timestamptz');
    database.close();
  });

  it('doctor says what is used and what is wrong', async () => {
    const { code, stdout } = await chronolight(['doctor', ...AT, '--store', ':memory:', '--json']);
    const { findings, healthy } = JSON.parse(stdout);
    const state = (what: string) => findings.find((finding: { what: string }) => finding.what === what);
    expect(state('Chronos runtime').detail).toMatch(/^onnxruntime-node \d/);
    expect(state('SQLite').detail).toMatch(/sqlite/);
    expect(state('store')).toMatchObject({ state: 'ok', detail: 'answers; empty' });
    // the bars end in March 2024
    expect(state('prices of 005930').state).toBe('failed');
    expect([healthy, code]).toEqual([false, 1]);
  });

  it('init writes a config once', async () => {
    const { code } = await chronolight(['init', '--market', 'krx', '--prices', 'data']);
    expect(code).toBe(0);
    const config = join(folder, 'chronolight.config.mjs');
    expect(readFileSync(config, 'utf8')).toContain('market: krx');
    expect((await chronolight(['init', '--market', 'us', '--prices', 'data'])).code).toBe(4);
    renameSync(config, join(folder, 'chronolight.config.js'));
    expect((await chronolight(['init', '--market', 'us', '--prices', 'data'])).code).toBe(4);
    rmSync(join(folder, 'chronolight.config.js'));
  });

  it('init leaves alone what came to be there after its look, and says so', async () => {
    const config = join(folder, 'chronolight.config.mjs');
    // seen by no look, as a file that is not written yet; in the way all the same
    symlinkSync(join(folder, 'elsewhere.mjs'), config);
    const { code, stdout, stderr } = await inProcess(['init', '--market', 'krx', '--prices', 'data', '--json']);
    expect(JSON.parse(stdout).error.code).toBe('INVALID_ARGUMENT');
    expect(stderr).toBe(`chronolight: init: ${config} has come to be there meanwhile; it stays as it is\n`);
    expect(code).toBe(1);
    expect(existsSync(join(folder, 'elsewhere.mjs'))).toBe(false);
    rmSync(config);
  });

  it('init names the file that cannot be written', async () => {
    const cwd = join(folder, 'gone');
    const { code, stderr } = await inProcess(['init', '--market', 'krx', '--prices', 'data'], cwd);
    expect(stderr).toMatch(`chronolight: ${join(cwd, 'chronolight.config.mjs')} cannot be written: ENOENT`);
    expect(code).toBe(2);
  });

  it('serves until Ctrl-C, and ends cleanly', async () => {
    const args = [bin, 'serve', ...AT, '--port', '0', '--json'];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const { url } = JSON.parse(
      await new Promise<string>((resolve) => child.stdout.once('data', (text) => resolve(String(text)))),
    );
    const forecast = await fetch(`${url}/forecast/005930`).then((response) => response.json());
    expect(forecast).toMatchObject({ code: '005930' });
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.once('exit', (code) => resolve(code)))).toBe(0);
  });

  it('stops a schedule at Ctrl-C with 130', async () => {
    const args = [bin, 'schedule', ...AT, '--store', ':memory:'];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    await new Promise<void>((resolve) => child.stderr.once('data', () => resolve()));
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.once('exit', (code) => resolve(code)))).toBe(130);
  });

  it('ends quietly when nobody reads on', async () => {
    const child = spawn(process.execPath, [bin, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    expect(await new Promise((resolve) => child.once('exit', (code) => resolve(code)))).toBe(0);
    expect(stderr).toBe('');
  });
});
