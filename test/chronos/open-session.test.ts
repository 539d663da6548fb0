import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { BoltConfig } from '../../src/chronos/checkpoint/checkpoint-config.js';
import { openFile } from '../../src/chronos/checkpoint/folder-checkpoint.js';
import { parseConfig } from '../../src/chronos/checkpoint/parse-config.js';
import { type ByteSource, openSafetensors } from '../../src/chronos/checkpoint/safetensors.js';
import { boltQuantiles } from '../../src/chronos/families/bolt.js';
import { boltGraph } from '../../src/chronos/graph/bolt-graph.js';
import { openSession, type SessionSettings } from '../../src/chronos/runtime/open-session.js';
import { resolveRuntime } from '../../src/chronos/runtime/runtime.js';
import { fixture } from './fixtures.js';

const SERIES = Float64Array.from({ length: 33 }, (_, i) => 100 + ((i * 37) % 11));
const EVERYTHING_OUTSIDE: SessionSettings = { precision: 'fp32', threads: 1, inlineLimit: 0 };

/** The quantiles of one series, with the weights where the settings put them. */
async function quantiles(name: string, source: ByteSource, settings: SessionSettings): Promise<Float64Array> {
  const config = parseConfig(JSON.parse(readFileSync(join(fixture(name), 'config.json'), 'utf8'))) as BoltConfig;
  const weights = openSafetensors(source);
  const runtime = await resolveRuntime();
  const session = await openSession(runtime, weights, (placement) => boltGraph(config, weights, placement), settings);
  source.close();
  const [out] = await boltQuantiles({ config, ort: runtime.ort, session }, [SERIES], 4);
  await session.release();
  return out;
}

describe('openSession gives the same numbers wherever the weights lie', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chronos-weights-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const weightsOf = (name: string) => join(fixture(name), 'model.safetensors');
  const inline = async (name: string) =>
    quantiles(name, await openFile(weightsOf(name)), { precision: 'fp32', threads: 1 });

  it('in the file, leaving nothing beside it', async () => {
    const own = join(folder, 'plain');
    mkdirSync(own);
    copyFileSync(weightsOf('bolt-wide-heads'), join(own, 'model.safetensors'));
    const source = await openFile(join(own, 'model.safetensors'));
    expect(await quantiles('bolt-wide-heads', source, EVERYTHING_OUTSIDE)).toEqual(await inline('bolt-wide-heads'));
    expect(readdirSync(own)).toEqual(['model.safetensors']);
  });

  it('in the file behind a link, as in a hub cache', async () => {
    for (const part of ['blobs', 'snapshots']) mkdirSync(join(folder, part));
    copyFileSync(weightsOf('bolt-wide-heads'), join(folder, 'blobs', 'abc'));
    symlinkSync(join('..', 'blobs', 'abc'), join(folder, 'snapshots', 'model.safetensors'));
    const source = await openFile(join(folder, 'snapshots', 'model.safetensors'));
    expect(source.path).toBe(realpathSync(join(folder, 'blobs', 'abc')));
    expect(await quantiles('bolt-wide-heads', source, EVERYTHING_OUTSIDE)).toEqual(await inline('bolt-wide-heads'));
    expect(readdirSync(join(folder, 'blobs'))).toEqual(['abc']);
  });

  it('in memory, when nothing can be written beside the file', async () => {
    const source = {
      ...(await openFile(weightsOf('bolt-wide-heads'))),
      path: join(folder, 'not-there', 'model.safetensors'),
    };
    expect(await quantiles('bolt-wide-heads', source, EVERYTHING_OUTSIDE)).toEqual(await inline('bolt-wide-heads'));
  });

  it('in memory, widened from half precision', async () => {
    for (const name of ['bolt-gated-f16', 'bolt-log-last-bf16']) {
      const source = await openFile(weightsOf(name));
      expect(await quantiles(name, source, EVERYTHING_OUTSIDE)).toEqual(await inline(name));
    }
  });

  it('and close ones when they are quantised to int8', async () => {
    const exact = await inline('bolt-wide-heads');
    const source = await openFile(weightsOf('bolt-wide-heads'));
    const rough = await quantiles('bolt-wide-heads', source, { precision: 'int8', threads: 1 });
    const distances = exact.map((value, i) => Math.abs(value - rough[i]));
    const reach = Math.max(...exact) - Math.min(...exact);
    expect(Math.max(...distances)).toBeGreaterThan(0);
    // Random weights of eight columns quantise badly; of trained checkpoints see docs/chronos.md.
    expect(Math.max(...distances)).toBeLessThan(0.2 * reach);
  });
});
