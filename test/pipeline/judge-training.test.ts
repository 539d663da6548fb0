import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { krx } from '../../src/markets/index.js';
import { createScheduler, predict, retrain } from '../../src/pipeline/index.js';
import { type ContextOptions, createContext } from '../../src/setup/index.js';
import { arrayPrices, seoulClock, simulateBars } from './simulated-market.js';
import { widthMember } from './width-member.js';

/** A market of two stocks whose daily volatility is 1.5 %, which a width of '1' forecasts rightly. */
function house(change: Partial<ContextOptions> = {}, count = 500) {
  const store = memoryStore();
  const bars = { A: simulateBars(1, { count, last: '2023-06-01' }), B: simulateBars(2, { count, last: '2023-06-01' }) };
  const { prices } = arrayPrices(bars);
  const { member, next } = widthMember();
  const time = seoulClock('2023-06-01T20:00:00');
  const warnings: string[] = [];
  const logger = { info() {}, warn: (message: string) => void warnings.push(message) };
  const parts = { market: krx, prices, store, clock: time.clock, members: [member], logger };
  const context = createContext({ ...parts, ...change });
  let runs = 0;
  const setNext = (width: string) => Object.assign(next, { _width_A: width, _width_B: width });
  const train = async (width: string, options = {}) => {
    setNext(width);
    time.set(`2023-06-01T21:${String(runs++).padStart(2, '0')}:00`);
    return retrain(context, { codes: ['A', 'B'], horizons: [1, 3], ...options });
  };
  return { store, context, train, setNext, time, warnings, inForce: () => store.models.get('_width_A') };
}

describe('a newly trained generation', () => {
  it('that is worse than the one in force is not published, and forecasts go on with the old one', async () => {
    const { store, context, train, inForce, warnings } = house();
    const first = await train('1');
    expect(first.judgements).toEqual([]);
    expect(first.items).toMatchObject([{ status: 'published' }]);
    const before = await predict('A', context, { horizons: [1, 3] });

    const { judgements, items, generation } = await train('2.5');
    expect(items).toMatchObject([{ member: 'width', status: 'kept' }]);
    expect(judgements).toMatchObject([
      {
        member: 'width',
        generation,
        champion: first.generation,
        codes: ['A', 'B'],
        horizons: [
          { horizon: 1, days: 60 },
          { horizon: 3, days: 60 },
        ],
        verdict: 'worse',
        passes: false,
      },
    ]);
    const [one, three] = judgements[0].horizons;
    expect(one.skill!.high).toBeLessThan(0);
    expect(one.besideWalk!.high).toBeLessThan(0);
    expect(await inForce()).toBe('1');
    const after = await predict('A', context, { horizons: [1, 3] });
    expect(after.steps.map(({ members }) => members)).toEqual(before.steps.map(({ members }) => members));

    const [run] = await store.listJobRuns({ job: 'judge width' });
    expect(run).toMatchObject({ status: 'done', summary: '1 judged: 1 worse; 1 turned down' });
    expect(run.figures).toEqual({
      judged: 1,
      refused: 1,
      codes: 2,
      days: 60,
      h1: one.skill!.estimate,
      h3: three.skill!.estimate,
      h1_walk: one.besideWalk!.estimate,
      h3_walk: three.besideWalk!.estimate,
    });
    expect(warnings).toEqual([`retrain: width of ${generation} is worse: the models in force stay`]);
  });

  it('that is better is published, with the verdict beside its models', async () => {
    const { store, train, inForce } = house();
    const { generation: champion } = await train('2.5');
    const { judgements } = await train('1');
    expect(judgements).toMatchObject([{ champion, verdict: 'better', passes: true }]);
    expect(await inForce()).toBe('1');
    const meta = await store.models.getMeta!('_width_A');
    expect(meta).toMatchObject({
      judgement: {
        champion,
        verdict: 'better',
        codes: 2,
        horizons: judgements[0].horizons.map(({ days }) => ({ days })),
      },
    });
  });

  it('that is the same is published: nothing tells them apart', async () => {
    const { train } = house();
    await train('1');
    const { judgements, items } = await train('1');
    expect(judgements).toMatchObject([{ verdict: 'not distinguishable', passes: true }]);
    expect(judgements[0].horizons[0].skill!.estimate).toBe(0);
    expect(items).toMatchObject([{ status: 'published' }]);
  });

  it('may be worse than the random walk where the one in force is so too', async () => {
    const { train, inForce } = house();
    await train('3');
    const { judgements } = await train('2.5');
    const [{ besideWalk, championBesideWalk }] = judgements[0].horizons;
    expect([besideWalk!.verdict, championBesideWalk!.verdict]).toEqual(['worse', 'worse']);
    expect(judgements[0].passes).toBe(true);
    expect(await inForce()).toBe('2.5');
  });

  it('that cannot forecast is not published', async () => {
    const { train, inForce, warnings } = house();
    await train('1');
    const { judgements, items, generation } = await train('no width');
    expect(judgements).toMatchObject([{ verdict: 'silent', passes: false }]);
    expect(items).toMatchObject([{ status: 'kept' }]);
    expect(await inForce()).toBe('1');
    expect(warnings).toEqual([`retrain: width of ${generation} is silent: the models in force stay`]);
  });

  it('is published where there are too few days to judge it, and the verdict says so', async () => {
    const { store, train, inForce } = house({}, 42);
    await train('1');
    const { judgements } = await train('2.5');
    expect(judgements).toMatchObject([{ verdict: 'too few days', passes: true }]);
    expect(judgements[0].horizons.map(({ days }) => days)).toEqual([39, 39]);
    expect(await inForce()).toBe('2.5');
    const [run] = await store.listJobRuns({ job: 'judge width' });
    expect(run).toMatchObject({
      summary: '1 judged: 1 too few days; 0 turned down',
      figures: { refused: 0, days: 39 },
    });
  });

  it('is not judged where the host turns that off, for all or for one training', async () => {
    const off = house({ judgeModels: false });
    await off.train('1');
    expect((await off.train('2.5')).judgements).toEqual([]);
    expect(await off.inForce()).toBe('2.5');
    expect((await off.train('3.5', { judgeModels: true })).judgements).toMatchObject([{ passes: false }]);

    const on = house();
    await on.train('1');
    expect((await on.train('2.5', { judgeModels: false })).items).toMatchObject([{ status: 'published' }]);
    expect(await on.inForce()).toBe('2.5');
    await expect(on.train('1', { judgeModels: 1 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      field: 'judgeModels',
    });
    expect(() => house({ judgeModels: 'yes' as never })).toThrow(expect.objectContaining({ field: 'judgeModels' }));
  });

  it('is judged in the weekly retraining, whose run counts what was turned down', async () => {
    const { store, context, train, setNext, inForce, time } = house();
    await train('1');
    setNext('2.5');
    time.set('2023-06-04T01:59:00');
    const scheduler = createScheduler(context, { codes: ['A', 'B'], horizons: [1, 3] });
    time.set('2023-06-04T02:00:30');
    await scheduler.runDue();
    const [run] = await store.listJobRuns({ job: 'retrainWeekly' });
    expect(run).toMatchObject({ status: 'done', figures: { published: 0, kept: 1, judged: 1, refused: 1 } });
    expect((await store.listJobRuns({ job: 'judge width' }))[0].figures).toMatchObject({ refused: 1 });
    expect(await inForce()).toBe('1');
  });
});
