import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FakeHub, startFakeHub } from './fake-hub.js';
import { randomBolt } from './random-bolt.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Large enough for a download in many pieces. */
const CHECKPOINT = randomBolt({ dModel: 64, dFf: 256, dKv: 16, heads: 4, layers: 2 }, 5);

describe('processes that share a cache', () => {
  let built: string;
  let hub: FakeHub;
  let home: string;
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    mkdirSync(join(ROOT, 'node_modules', '.cache'), { recursive: true });
    built = mkdtempSync(join(ROOT, 'node_modules', '.cache', 'chronos-'));
    await build({
      entryPoints: { worker: fileURLToPath(new URL('./hub-worker.ts', import.meta.url)) },
      outdir: built,
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      outExtension: { '.js': '.mjs' },
      loader: { '.safetensors': 'binary' },
      logLevel: 'error',
    });
  }, 120_000);
  afterAll(() => rmSync(built, { recursive: true, force: true }));
  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'chronos-hub-'));
    hub = await startFakeHub({
      'config.json': new TextEncoder().encode(JSON.stringify(CHECKPOINT.config)),
      'model.safetensors': CHECKPOINT.weights,
    });
  });
  afterEach(async () => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    await hub.close();
    rmSync(home, { recursive: true, force: true });
  });

  /** A process that loads the repository; its messages in order. */
  function start(): { child: ChildProcess; message: (kind: string) => Promise<unknown> } {
    const env = {
      ...process.env,
      HF_ENDPOINT: hub.url,
      HF_HOME: home,
      HF_TOKEN: '',
      HF_HUB_CACHE: '',
      HF_HUB_OFFLINE: '',
    };
    const child = fork(join(built, 'worker.mjs'), { env, stdio: 'pipe' });
    started.push(child);
    const errors: Buffer[] = [];
    child.stderr?.on('data', (piece: Buffer) => errors.push(piece));
    const message = (kind: string) =>
      new Promise<unknown>((resolve, reject) => {
        child.on('message', (sent: Record<string, unknown>) => {
          if (kind in sent) resolve(sent[kind]);
        });
        child.on('exit', (code) => {
          if (code !== 0) reject(new Error(`exit ${code}: ${Buffer.concat(errors)}`));
        });
      });
    return { child, message };
  }
  const blobs = () => readdirSync(join(home, 'hub', 'models--owner--model', 'blobs'));

  it('load the same model at once, and leave whole files only', async () => {
    const [first, second] = await Promise.all([start(), start()].map(({ message }) => message('median')));
    expect(first).toEqual(second);
    expect(blobs()).toHaveLength(2);
  });

  it('are not harmed by one that was killed in the middle of its download', async () => {
    hub.faults = { stall: 'model.safetensors' };
    const { child, message } = start();
    await message('downloading');
    const gone = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    expect(blobs().some((name) => name.includes('.incomplete'))).toBe(true);
    hub.faults = {};
    expect(await start().message('median')).toHaveLength(2);
    const snapshot = readdirSync(join(home, 'hub', 'models--owner--model', 'snapshots'))[0];
    const weights = readFileSync(join(home, 'hub', 'models--owner--model', 'snapshots', snapshot, 'model.safetensors'));
    expect(weights.equals(CHECKPOINT.weights)).toBe(true);
  });
});
