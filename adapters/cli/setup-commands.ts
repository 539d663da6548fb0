import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { loadChronos } from '../../src/chronos/index.js';
import { ForecastError } from '../../src/errors.js';
import { dateInZone, tradingDaysBetween } from '../../src/series/inside.js';
import { textTable } from '../report/text-table.js';
import { migrationSql } from '../store/sql/migration-sql.js';
import { type CallContext, CONFIG_FILE, configIn } from './call-context.js';
import type { CommandIo, Output } from './command-io.js';
import { EXIT } from './command-table.js';
import { namedFailure } from './named-failure.js';
import { UsageError } from './usage-error.js';

/** Prints the SQL of the tables. */
export function migrateCommand(output: Output, { print, dialect }: { print: boolean; dialect: string }): number {
  if (!print) throw new UsageError('it is: chronolight migrate --print; a store that is opened migrates by itself');
  if (dialect !== 'sqlite' && dialect !== 'postgres')
    throw new UsageError(`--dialect takes sqlite or postgres; came ${dialect}`);
  const sql = migrationSql(dialect);
  output.result({ dialect, sql }, sql);
  return EXIT.done;
}

const MARKET_NAMES: Readonly<Record<string, string>> = {
  krx: 'krx',
  us: 'us',
  'every-day': 'everyDay',
  weekdays: 'weekdays',
};

/** Writes a config file. An existing one is left alone. */
export async function initCommand(
  output: Output,
  {
    market,
    prices,
    store = 'forecasts.db',
    cwd,
  }: { market: string | undefined; prices: string | undefined; store?: string; cwd: string },
): Promise<number> {
  if (market === undefined || !Object.hasOwn(MARKET_NAMES, market))
    throw new UsageError(`--market takes ${Object.keys(MARKET_NAMES).join(', ')}`);
  if (prices === undefined) throw new UsageError('--prices is missing: a folder of CSV files, yahoo or naver');
  const there = configIn(cwd);
  if (there !== undefined) {
    output.result({ written: false, file: there }, `${basename(there)} is there already; it stays as it is`);
    return EXIT.nothing;
  }
  const path = join(cwd, CONFIG_FILE);
  const name = MARKET_NAMES[market];
  const network = prices === 'yahoo' || prices === 'naver';
  const source = network ? `${prices}Prices()` : `csvPrices(${JSON.stringify(prices)})`;
  const imported = network ? `${prices}Prices` : 'csvPrices';
  const text = `// What the command chronolight works on. Paths are relative to where it is started.
import { createContext, ${name} } from 'chronolight';
import { ${imported} } from 'chronolight/prices/${network ? prices : 'csv'}';
import { sqliteStore } from 'chronolight/store/sqlite';

export const context = createContext({
  market: ${name},
  prices: ${source},
  store: await sqliteStore(${JSON.stringify(store)}),
});

// The instruments of batch, retrain, schedule and backtest${network ? '' : '; undefined: all in the folder'}.
export const codes = ${network ? "['005930']" : 'undefined'};
`;
  await writeNew(path, text);
  output.result({ written: true, file: path }, `wrote ${CONFIG_FILE}; try: npx chronolight doctor`);
  return EXIT.done;
}

/** Writes a file that is not there yet: what another process has put there since it was looked for stays as it is. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code !== 'EEXIST') throw new UsageError(`${path} cannot be written: ${error.message}`);
    throw new ForecastError('INVALID_ARGUMENT', `init: ${path} has come to be there meanwhile; it stays as it is`, {
      field: CONFIG_FILE,
      expected: 'a file that is not there yet',
      actual: path,
      cause: error,
    });
  }
}

/** One thing that was looked at. */
interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'missing' | 'failed' | 'not set';
  readonly detail: string;
  /** What mends it. */
  readonly remedy?: string;
}

/** Trading days without a new bar, after which prices are no longer fresh. */
const FRESH_DAYS = 1;

/** Says what is installed and used, whether the store answers, and whether prices are fresh. */
export async function doctorCommand(io: CommandIo, output: Output, open: () => Promise<CallContext>): Promise<number> {
  const findings: Finding[] = [{ what: 'Node', state: 'ok', detail: process.version }];
  findings.push(runtimeFinding(), sqliteFinding(), await checkpointFinding());
  for (const name of ['pg', 'pg-boss', 'echarts']) {
    const version = versionOf(name);
    findings.push({ what: name, state: version ? 'ok' : 'not set', detail: version ?? 'not installed (optional)' });
  }
  let work: CallContext | undefined;
  try {
    work = await open();
  } catch (error) {
    if (!(error instanceof UsageError))
      findings.push({ what: 'context', state: 'failed', detail: namedFailure('', error).message });
    else {
      const named = configIn(io.cwd) !== undefined;
      findings.push({
        what: 'context',
        state: named ? 'failed' : 'not set',
        detail: error.message,
        remedy: 'npx chronolight init --market ... --prices ...',
      });
    }
  }
  if (work !== undefined) {
    findings.push(await storeFinding(work), ...(await priceFindings(work, io.signal)));
    await work.close();
  }
  const rows = findings.map(({ what, state, detail, remedy = '' }) => [what, state, detail, remedy]);
  const faults = findings.filter(({ state }) => state === 'failed' || state === 'missing');
  const titles = ['what', 'state', '', 'remedy'].map((title) => ({ title }));
  output.result({ healthy: faults.length === 0, findings }, textTable(titles, rows));
  return faults.length === 0 ? EXIT.done : EXIT.failed;
}

function runtimeFinding(): Finding {
  const what = 'Chronos runtime';
  for (const name of ['onnxruntime-node', 'onnxruntime-web']) {
    const version = versionOf(name);
    if (version !== undefined) return { what, state: 'ok', detail: `${name} ${version}` };
  }
  return { what, state: 'ok', detail: 'built-in; onnxruntime-node is faster for large batches' };
}

function sqliteFinding(): Finding {
  const what = 'SQLite';
  const { getBuiltinModule } = process as { getBuiltinModule?: (id: string) => unknown };
  if (getBuiltinModule?.('node:sqlite') !== undefined) return { what, state: 'ok', detail: 'node:sqlite' };
  const version = versionOf('better-sqlite3');
  if (version !== undefined) return { what, state: 'ok', detail: `better-sqlite3 ${version}` };
  return {
    what,
    state: 'missing',
    detail: 'neither node:sqlite nor better-sqlite3',
    remedy: 'Node 22.13 or later, or npm install better-sqlite3@12',
  };
}

async function checkpointFinding(): Promise<Finding> {
  const what = 'Chronos checkpoint';
  try {
    const model = await loadChronos();
    const { family } = model;
    await model.dispose();
    return { what, state: 'ok', detail: `${family}, in the package, opens` };
  } catch (error) {
    return { what, state: 'failed', detail: namedFailure(what, error).message };
  }
}

async function storeFinding({ context, storing }: CallContext): Promise<Finding> {
  const what = 'store';
  if (context.store === undefined || !storing)
    return { what, state: 'not set', detail: 'nothing is stored', remedy: '--store FILE' };
  try {
    const [one] = await context.store.listPredictions({ limit: 1 });
    return { what, state: 'ok', detail: one === undefined ? 'answers; empty' : 'answers; holds forecasts' };
  } catch (error) {
    return { what, state: 'failed', detail: namedFailure(what, error).message };
  }
}

async function priceFindings(work: CallContext, signal: AbortSignal): Promise<Finding[]> {
  const { context } = work;
  let codes: readonly string[];
  try {
    codes = await work.codes();
  } catch (error) {
    return [{ what: 'prices', state: 'not set', detail: namedFailure('', error).message, remedy: '--codes LIST' }];
  }
  const today = dateInZone(context.clock(), context.market.timeZone);
  const findings: Finding[] = [];
  for (const code of codes.slice(0, 20)) {
    const what = `prices of ${code}`;
    try {
      const [newest] = (await context.prices.getBars(code, { to: today, limit: 1, signal })).slice(-1);
      if (newest === undefined) findings.push({ what, state: 'failed', detail: 'no bar' });
      else {
        const age = tradingDaysBetween(newest.date, today, context.market.calendar);
        findings.push({
          what,
          state: age > FRESH_DAYS ? 'failed' : 'ok',
          detail: `newest bar ${newest.date}, ${age} trading days old`,
        });
      }
    } catch (error) {
      signal.throwIfAborted();
      findings.push({ what, state: 'failed', detail: namedFailure(what, error).message });
    }
  }
  return findings;
}

function versionOf(name: string): string | undefined {
  const require = createRequire(import.meta.url);
  try {
    return (require(`${name}/package.json`) as { version: string }).version;
  } catch (error) {
    // a package that shows no package.json is there all the same
    return (error as { code?: string }).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED' ? 'installed' : undefined;
  }
}
