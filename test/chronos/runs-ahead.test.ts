import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { BarBoltConfig } from '../../src/chronos/checkpoint/checkpoint-config.js';
import { parseConfig } from '../../src/chronos/checkpoint/parse-config.js';
import { barBoltModel } from '../../src/chronos/families/bar-bolt.js';
import { BUILTIN, PlainTensor, type Tensors } from '../../src/chronos/runtime/builtin/builtin-session.js';

const url = new URL('../../models/default/config.json', import.meta.url);
const config = parseConfig(JSON.parse(readFileSync(url, 'utf8'))) as BarBoltConfig;
// enough for several runs
const SERIES = Array.from({ length: 600 }, (_, k) =>
  Float64Array.from({ length: 256 }, (_, day) => 100 + ((day + k) % 7)),
);

describe('runs of a network of bars that are under way at once', () => {
  it('end in the error of the one that fails, also while an earlier one goes on, and are over when the call is', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const runs: string[] = [];
    const run = async ({ patches }: Tensors): Promise<Tensors> => {
      const place = runs.push('under way') - 1;
      if (place === 1) throw new Error('the second run');
      await sleep(100);
      runs[place] = 'over';
      const [rows] = patches.dims;
      const width = (config.levels.length + 1) * config.predictionLength;
      return { quantiles: new PlainTensor('float32', new Float32Array(rows * width), [rows, width]) };
    };
    const model = barBoltModel(config, BUILTIN, { run, release: async () => {} }, { runs: 2 });
    await expect(model.forecast(SERIES, { horizon: 1 })).rejects.toThrow('the second run');
    expect(runs).toEqual(['over', 'under way', 'over']);
    await sleep(10);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
