import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderModels } from '../../adapters/models/folder.js';
import { memoryModels } from '../../adapters/store/memory.js';
import { type Context, predict, retrain } from '../../src/pipeline/index.js';
import type { ModelEntry, ModelStore } from '../../src/store/model-store.js';
import { arrayPrices, pooledOf, referenceOf, seoulClock, simulateBars } from '../pipeline/simulated-market.js';
import { bundleChild, removeBundles, startChild } from './child-process.js';
import { openStore, type Place } from './children/any-store.js';
import { POSTGRES, postgresPrograms, withPostgres } from './postgres-server.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'chronolight-generations-'));
});
afterAll(async () => {
  await removeBundles();
  await rm(root, { recursive: true });
});

const CODES = ['A', 'B'];
const HORIZONS = [1, 3, 5];
const clock = seoulClock('2024-03-29T20:00:00').clock;
const { prices } = arrayPrices(Object.fromEntries(CODES.map((code, i) => [code, simulateBars(i + 1, { count: 320 })])));
const MEMBERS = { instrument: referenceOf, pooled: pooledOf };

/** Two generations of a member's models, each as the batches that its training published, and what each says of A. */
async function generationsOf(member: keyof typeof MEMBERS) {
  const contextOf = (models: ModelStore, trainingBars = 320): Context => {
    const params = { num_iterations: 12, num_leaves: 8 };
    return MEMBERS[member]({ prices, models, clock, lgbm: { params, trainingBars, gateTolerance: 100 } });
  };
  /** What the member says at each horizon, to the bit. */
  const sayingsOf = async (models: ModelStore) => {
    const { steps, failures } = await predict('A', contextOf(models), { horizons: HORIZONS });
    expect(failures).toEqual([]);
    return steps.map(({ members: { lgbm } }) => JSON.stringify([lgbm.quantiles, lgbm.probUp, lgbm.probDown]));
  };
  const batches: ModelEntry[][][] = [];
  const sayings: string[][] = [];
  for (const trainingBars of [240, 310]) {
    const models = memoryModels();
    const published: ModelEntry[][] = [];
    const recording: ModelStore = {
      ...models,
      async putMany(entries) {
        published.push([...entries]);
        await models.putMany(entries);
      },
    };
    const { items } = await retrain(contextOf(recording, trainingBars), { codes: CODES, horizons: HORIZONS });
    expect(new Set(items.map(({ status }) => status))).toEqual(new Set(['published']));
    batches.push(published);
    sayings.push(await sayingsOf(models));
  }
  expect(HORIZONS.filter((_, i) => sayings[0][i] === sayings[1][i])).toEqual([]);
  return { batches, sayings, sayingsOf };
}

type Generations = Awaited<ReturnType<typeof generationsOf>>;

/** Forecasts until both generations were seen often, and expects each forecast to be of one of them at all horizons. */
async function expectWhole({ sayings, sayingsOf }: Generations, models: ModelStore): Promise<void> {
  const seen = [0, 0];
  for (let n = 0; n < 150 || Math.min(...seen) < 10; n++) {
    expect(n).toBeLessThan(20_000);
    const said = await sayingsOf(models);
    const generation = sayings.findIndex((of) => of[0] === said[0]);
    expect(said).toEqual(sayings[generation]);
    seen[generation]++;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The same while another process publishes the generations in turn. */
async function expectWholeBeside(generations: Generations, place: Place | { folder: string }, models: ModelStore) {
  for (const entries of generations.batches[0]) await models.putMany!(entries);
  const file = join(root, `${Math.random()}.bin`);
  await writeFile(file, serialize(generations.batches));
  const { process: child, ended } = startChild(await bundleChild('generation-writer'), [place, file]);
  try {
    await once(child.stdout!, 'data');
    await expectWhole(generations, models);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, errors: '' });
  } finally {
    child.kill('SIGKILL');
  }
}

describe.each(['instrument', 'pooled'] as const)('a forecast beside the publishing of the %s models', (member) => {
  let generations: Generations;
  beforeAll(async () => {
    generations = await generationsOf(member);
  });

  test('a training publishes all horizons of what it trained together', () => {
    for (const batches of generations.batches) {
      expect(batches).toHaveLength(member === 'pooled' ? 1 : CODES.length);
      expect(new Set(batches.map((entries) => entries.length))).toEqual(new Set([2 * HORIZONS.length]));
      expect(
        new Set(
          batches.flatMap((entries) =>
            entries.map(({ meta }) => JSON.stringify(Object.entries(meta!).filter(([name]) => name === 'trainedAt'))),
          ),
        ).size,
      ).toBe(1);
    }
  });

  test('is of one generation, in memory', async () => {
    const models = memoryModels();
    for (const entries of generations.batches[0]) await models.putMany(entries);
    let stopped = false;
    const publishing = (async () => {
      for (let n = 1; !stopped; n++) {
        for (const entries of generations.batches[n % 2]) {
          await models.putMany(entries);
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
    })();
    try {
      await expectWhole(generations, models);
    } finally {
      stopped = true;
      await publishing;
    }
  });

  test('is of one generation, in a folder', async () => {
    const folder = join(root, member);
    await expectWholeBeside(generations, { folder }, folderModels(folder));
  }, 60_000);

  test('is of one generation, in SQLite', async () => {
    const place = { sqlite: join(root, `${member}.db`) };
    const { store, end } = await openStore(place);
    await expectWholeBeside(generations, place, store.models);
    await end();
  }, 60_000);

  const programs = postgresPrograms();
  test.skipIf(programs === undefined)(
    `is of one generation, on ${POSTGRES}`,
    () =>
      withPostgres(programs!, async ({ connectionString }) => {
        const place = { postgres: connectionString, schema: 'models' };
        const { store, end } = await openStore(place);
        await expectWholeBeside(generations, place, store.models);
        await end();
      }),
    60_000,
  );
});
