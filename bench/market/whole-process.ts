import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { sqlPrices } from '../../adapters/prices/sql.js';
import { sqliteStore } from '../../adapters/store/sqlite.js';
import { loadChronos } from '../../src/chronos/index.js';
import { dailyBatch } from '../../src/pipeline/index.js';
import { HORIZONS, marketCodes, marketContext } from './market.js';
import { timed } from './timing.js';

/** What a process took that did nothing but one batch: wall and processor seconds from its start to its end, and its largest resident size. */
export interface WholeProcess {
  wall: number;
  cpu: number;
  peakMiB: number;
  batchWall: number;
}

/** Runs one batch on a store's file in a process of its own, prices from its table `ohlcv`, and returns what that took. */
export async function inOwnProcess(file: string, instruments: number): Promise<WholeProcess> {
  const script = process.argv[1];
  const { stdout } = await promisify(execFile)(process.execPath, [
    script,
    '--batch',
    file,
    '--instruments',
    `${instruments}`,
  ]);
  return JSON.parse(stdout) as WholeProcess;
}

/** The child's part of `inOwnProcess`. */
export async function batchAlone(file: string, instruments: number): Promise<void> {
  const store = await sqliteStore(file);
  const chronos = await loadChronos();
  const context = marketContext({ store, chronos, prices: sqlPrices(store) });
  const options = { codes: marketCodes(instruments), horizons: HORIZONS };
  const { wall: batchWall, result } = await timed(() => dailyBatch(context, options));
  if (result.stored.length !== instruments) throw new Error(`${result.failures.length} instruments failed`);
  await chronos.dispose();
  await store.close();
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const whole: WholeProcess = {
    wall: performance.now() / 1000,
    cpu: (userCPUTime + systemCPUTime) / 1e6,
    peakMiB: Math.round(maxRSS / 1024),
    batchWall,
  };
  console.log(JSON.stringify(whole));
}
