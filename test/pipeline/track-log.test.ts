import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { krx } from '../../src/markets/index.js';
import { har } from '../../src/members/index.js';
import { backtest, exportLog, matchOutcomes, predictAndStore, verifyLog } from '../../src/pipeline/index.js';
import { createContext } from '../../src/setup/index.js';
import { arrayPrices, seoulClock, simulateBars } from './simulated-market.js';

const { prices } = arrayPrices({ '005930': simulateBars(1), '000660': simulateBars(2) });

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

function setUp(today = '2024-03-29T18:00:00') {
  const store = memoryStore();
  const time = seoulClock(today);
  const context = createContext({ market: krx, prices, store, members: [har()], clock: time.clock });
  return { store, time, context };
}

async function lived() {
  const made = setUp();
  const options = { from: '2024-03-11', to: '2024-03-29', horizons: [1, 3], retrainEvery: false as const };
  await backtest(made.context, { codes: ['005930', '000660'], ...options });
  return made;
}

const { store, context } = await lived();
const log = await collect(exportLog(context));

describe('exportLog and verifyLog', () => {
  it('exports every forecast and outcome once, in the order of events, and the chain holds', async () => {
    const rows = log.map((line) => JSON.parse(line));
    const count = (type: string) => rows.filter((row) => row.type === type).length;
    expect(count('forecast')).toBe((await store.listPredictions()).length);
    expect(count('outcome')).toBe((await store.listOutcomes()).length);
    expect(rows.map(({ row }) => row)).toEqual(rows.map((_, i) => i + 1));
    expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).sort());
    expect(await verifyLog(log)).toEqual({ holds: true, rows: log.length, head: rows.at(-1).hash });
  });

  it('is chained by SHA-256 over sorted keys without blanks, as node:crypto agrees', () => {
    const { hash, ...rest } = JSON.parse(log[1]);
    const text = JSON.stringify(rest); // the keys came sorted
    expect(hash).toBe(createHash('sha256').update(text).digest('hex'));
    expect(rest.prev).toBe(JSON.parse(log[0]).hash);
    expect(JSON.parse(log[0]).prev).toBe('0'.repeat(64));
    expect(Object.keys(rest)).toEqual(Object.keys(rest).sort());
  });

  it('names the row that was tampered with', async () => {
    const changed = [...log];
    changed[6] = changed[6].replace(/"baseClose":(\d)/, (_, digit) => `"baseClose":${(Number(digit) % 9) + 1}`);
    expect(changed[6]).not.toBe(log[6]);
    expect(await verifyLog(changed)).toMatchObject({ holds: false, rows: 6, fault: { row: 7, reason: /content/ } });
    expect((await verifyLog(log.filter((_, i) => i !== 4))).fault).toMatchObject({ row: 5 });
    expect((await verifyLog([log[1], log[0], ...log.slice(2)])).fault).toMatchObject({ row: 1 });
    expect((await verifyLog([...log, 'not json'])).fault).toEqual({ row: log.length + 1, reason: 'it is no JSON' });
    const twice = log.map((line, i) => (i === 2 ? line.replace('{', '{"type":"outcome",') : line));
    expect((await verifyLog(twice)).fault).toMatchObject({ row: 3 });
  });

  it('notices any single character that was changed', async () => {
    const short = log.slice(0, 4);
    await fc.assert(
      fc.asyncProperty(fc.nat(3), fc.nat(), fc.integer({ min: 32, max: 126 }), async (row, at, code) => {
        const line = short[row];
        const place = at % line.length;
        const changed = line.slice(0, place) + String.fromCharCode(code) + line.slice(place + 1);
        fc.pre(changed !== line);
        const { holds, fault } = await verifyLog(short.map((text, i) => (i === row ? changed : text)));
        expect(holds).toBe(false);
        expect(fault!.row).toBe(row + 1);
      }),
      { numRuns: 200, seed: 14 },
    );
  });

  it('tells a chain that was cut off or rewritten only by a published head', async () => {
    const { head } = await verifyLog(log);
    const cut = log.slice(0, -3);
    expect(await verifyLog(cut)).toMatchObject({ holds: true });
    expect(await verifyLog(cut, { head })).toMatchObject({ holds: false, fault: { row: cut.length + 1 } });
    const { head: earlier } = await verifyLog(cut);
    expect(await verifyLog(log, { head: earlier })).toMatchObject({ holds: true });
  });

  it('reads a file with Windows line ends and a last empty line', async () => {
    expect(await verifyLog(`${log.join('\r\n')}\r\n`.split('\n'))).toMatchObject({ holds: true, rows: log.length });
  });

  it('goes on from what was published, and logs a forecast that was issued again as another row', async () => {
    const { store: own, time, context: live } = setUp('2024-03-25T16:00:00');
    await predictAndStore('005930', live, { horizons: [1, 3] });
    const first = await collect(exportLog(live));
    expect(first).toHaveLength(2);
    expect(await collect(exportLog(live, { previous: first }))).toEqual([]);
    time.set('2024-03-25T17:00:00');
    await predictAndStore('005930', live, { horizons: [1, 3] });
    time.set('2024-03-26T18:00:00');
    await matchOutcomes('2024-03-26', live);
    const more = await collect(exportLog(live, { previous: first }));
    expect(more.map((line) => JSON.parse(line).type)).toEqual(['forecast', 'forecast', 'outcome']);
    expect(await verifyLog([...first, ...more])).toMatchObject({ holds: true, rows: 5 });
    await own.voidPredictions([
      {
        code: '005930',
        baseDate: '2024-03-25',
        horizon: 3,
        reason: 'no-close',
        voidedAt: new Date('2024-05-01T00:00:00Z'),
      },
    ]);
    const last = await collect(exportLog(live, { previous: [...first, ...more] }));
    expect(last.map((line) => JSON.parse(line))).toMatchObject([{ type: 'void', reason: 'no-close', row: 6 }]);
  });

  it('an empty store gives an empty log, which holds', async () => {
    expect(await collect(exportLog(setUp().context))).toEqual([]);
    expect(await verifyLog([])).toEqual({ holds: true, rows: 0, head: '0'.repeat(64) });
  });

  it('refuses to go on from a broken log, and misspelt options', async () => {
    const broken = [log[0], log[2]];
    await expect(collect(exportLog(context, { previous: broken }))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      field: 'previous',
      message: expect.stringContaining('row 2'),
    });
    await expect(collect(exportLog(context, { since: 'x' } as never))).rejects.toMatchObject({ field: 'since' });
    await expect(collect(exportLog(context, { from: '2024-13-01' }))).rejects.toMatchObject({ code: 'INVALID_DATE' });
  });
});
