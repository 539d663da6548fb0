import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';

/** Threads on the package's lgbm/worker entry: they run JavaScript, so it is bundled from its sources first. */
export interface BundledWorker {
  spawn(): Worker;
  remove(): void;
}

/** Bundles the entry into a folder of its own, which `remove` takes away. */
export async function bundleWorker(): Promise<BundledWorker> {
  const folder = mkdtempSync(join(tmpdir(), 'lgbm-worker-'));
  const outfile = join(folder, 'worker.mjs');
  const entry = fileURLToPath(new URL('../../src/lgbm/threads/train-worker.ts', import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  return { spawn: () => new Worker(outfile), remove: () => rmSync(folder, { recursive: true }) };
}
