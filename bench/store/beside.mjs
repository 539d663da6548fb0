/*
 * What the stores of this commit take beside those of another, in one process and one run, by turns of a few hundred rows, so that the least
 * times are those of moments without other load. Both are built: `npm run build` here and in a work tree of the other commit.
 *
 *   node --single-threaded bench/store/beside.mjs OTHER [--rows 500] [--turns 30] [--lean] [--postgres URL]
 *
 * OTHER is the folder of that work tree. Each commit stores the forecasts that its own pipeline makes: three members, here with 13 levels each and
 * of the ensemble, at commit cae0ef5 with deciles of one member. With --lean this commit stores rows of about as many numbers as that one.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '500' },
    turns: { type: 'string', default: '30' },
    lean: { type: 'boolean', default: false },
    postgres: { type: 'string' },
  },
});
const ROWS = Number(values.rows);
const TARGET = '2024-03-11';
const DECILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const LEVELS = values.lean ? DECILES : [0.01, 0.05, ...DECILES, 0.95, 0.99];
const RECORD = {
  baseDate: '2024-03-08',
  issue: 'close',
  issuedAt: new Date('2024-03-08T07:00:00.123Z'),
  sourcesUsed: ['chronos', 'lgbm_h1'],
};
const LOSS = { absError: 1141.25, covered: true, directionHit: false, logLoss: 1.2039728043259361, pinball: 1 / 300 };
const OUTCOME = {
  actualDate: TARGET,
  baseClose: 73_300,
  actualClose: 72_400,
  actualReturn: 72_400 / 73_300 - 1,
  actualDirection: 'down',
  directionHit: false,
  absError: 1141.25,
  covered: true,
  members: { chronos: LOSS, lgbm: LOSS },
  matchedAt: new Date('2024-03-11T07:30:00.456Z'),
};
const HERE = resolve(import.meta.dirname, '../..');

const sides = [];
for (const [name, folder] of [
  ['here', HERE],
  ['there', resolve(positionals[0])],
]) {
  const part = (file) => import(join(folder, 'dist', file));
  const { sqliteStore } = await part('store/sqlite.js');
  const { postgresStore } = await part('store/postgres.js');
  const { completeStatement, combine } = await part('ensemble.js');
  const forecast = completeStatement ? wholeForecast(completeStatement, combine) : firstForecast();
  const rows = (turn) =>
    Array.from({ length: ROWS }, (_, index) => {
      const baseClose = 50_000 + (turn * ROWS + index) / 7;
      const code = String(turn * ROWS + Math.floor(index / 3)).padStart(6, '0');
      const key = { code, horizon: [1, 3, 5][index % 3], targetDate: TARGET, userTriggered: index % 2 === 0 };
      return { ...RECORD, ...forecast(baseClose), ...key, baseClose };
    });
  const outcomeOf = ({ code, baseDate, horizon }) => ({ ...OUTCOME, code, baseDate, horizon });
  sides.push({
    name,
    sqliteStore,
    postgresStore,
    rows,
    outcomeOf,
    due: completeStatement ? { state: 'due' } : { matched: false },
  });
}

/** As this commit's pipeline makes them. */
function wholeForecast(completeStatement, combine) {
  return (baseClose) => {
    const base = { baseClose, flatBand: 0.003 };
    const about = (centre, width) => {
      const quantiles = LEVELS.map((level) => baseClose * (1 + centre + width * (level - 0.5)));
      return completeStatement('bench', { levels: LEVELS, quantiles, pointClose: baseClose * (1 + centre) }, base);
    };
    const members = { chronos: about(0.01, 0.2), lgbm: about(0.003, 0.17), naive: about(0, 0.18) };
    if (values.lean) {
      const narrow = (member) => ({ ...member, levels: [0.1, 0.9], quantiles: [member.ciLow, member.ciHigh] });
      members.lgbm = narrow(members.lgbm);
      members.naive = narrow(members.naive);
    }
    const combined = combine({ ...base, weights: { chronos: 0.6, lgbm: 0.4, naive: 0 }, members });
    return { ...combined, members };
  };
}

/** The same forecasts as the pipeline of commit cae0ef5 made them: of one member deciles, of the others the interval alone. */
function firstForecast() {
  return (baseClose) => {
    const about = (centre, width) => {
      const at = (level) => baseClose * (1 + centre + width * (level - 0.5));
      const probDown = (0.497 - centre / width) / 1.0001;
      const shares = { probUp: 0.97 - probDown, probFlat: 0.03 / 1.0001, probDown };
      return { pointClose: baseClose * (1 + centre), ciLow: at(0.1), ciHigh: at(0.9), ...shares, at };
    };
    const { at, ...chronos } = about(0.01, 0.2);
    const { at: _, ...lgbm } = about(0.003, 0.17);
    const { at: __, ...naive } = about(0, 0.18);
    const members = { chronos: { ...chronos, levels: DECILES, quantiles: DECILES.map(at) }, lgbm, naive };
    const weights = { chronos: 0.6, lgbm: 0.4, naive: 0 };
    return { ...chronos, direction: 'up', expectedReturn: chronos.pointClose / baseClose - 1, weights, members };
  };
}

/** What a piece of work took, in ms: by the clock, and of this process's processor time. */
async function measure(work) {
  const start = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return [performance.now() - start, (user + system) / 1000];
}

async function compare(kind, open) {
  const least = new Map(); // by work, then side: [wall, cpu]
  const stores = await Promise.all(sides.map((side) => open(side)));
  for (let turn = 0; turn <= Number(values.turns); turn++) {
    const order = turn % 2 === 0 ? [0, 1] : [1, 0];
    const rows = sides.map((side) => side.rows(turn));
    const listed = [];
    const works = [
      ['new rows put', (at) => stores[at].upsertPredictions(rows[at])],
      ['put again', (at) => stores[at].upsertPredictions(rows[at])],
      [
        'due rows listed',
        async (at) => {
          listed[at] = await stores[at].listPredictions({ ...sides[at].due, toTargetDate: TARGET, limit: ROWS });
        },
      ],
      ['outcomes recorded', (at) => stores[at].recordOutcomes(listed[at].map(sides[at].outcomeOf))],
    ];
    for (const [what, work] of works) {
      for (const at of order) {
        const took = await measure(() => work(at));
        if (turn === 0) continue; // it warms up
        const times = least.get(what) ?? sides.map(() => [Infinity, Infinity]);
        times[at] = times[at].map((time, i) => Math.min(time, took[i]));
        least.set(what, times);
      }
    }
    if (listed.some((list) => list.length !== ROWS)) throw new Error(`listed ${listed.map((list) => list.length)}`);
  }
  for (const [what, [here, there]] of least) {
    const ratio = (i) =>
      `${here[i].toFixed(1)} ms beside ${there[i].toFixed(1)} ms = ${(here[i] / there[i]).toFixed(2)}x`;
    console.log(`${kind}, ${ROWS} ${what}: wall ${ratio(0)}; cpu ${ratio(1)}`);
  }
  for (const store of stores) await store.close();
}

const folder = await mkdtemp(join(tmpdir(), 'chronolight-beside-'));
try {
  await compare('SQLite', ({ name, sqliteStore }) => sqliteStore(join(folder, `${name}.db`)));
  if (values.postgres) {
    await compare('Postgres', ({ name, postgresStore }) =>
      postgresStore({ connectionString: values.postgres, schema: `beside_${name}` }),
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
