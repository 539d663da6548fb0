// The same in chronolight: node ours.mjs PRICES CHECKPOINT DATABASE BASE_DATE MATCH_DATE CODE ...; one JSON line out. Started by run.mjs.
const began = performance.now();
const { chronosMember, createContext, krx, loadChronos, matchOutcomes, retrain } = await import('chronolight');
const { DEFAULT_FEATURES } = await import('chronolight/features');
const { instrumentLgbm } = await import('chronolight/members');
const { dailyBatch } = await import('chronolight/pipeline');
const { csvPrices } = await import('chronolight/prices/csv');
const { sqliteStore } = await import('chronolight/store/sqlite');

/** What twin.py computes with pandas, in its order. */
const FEATURES = [
  ...[1, 2, 3, 5, 10, 20, 60].map((n) => `ret_${n}`),
  ...[
    'roc_12',
    'roc_120',
    'sma_cross_20_60',
    'high_gap_252',
    'low_gap_252',
    'drawdown_60',
    'bb_width_20',
    'bb_pct_b_20',
  ],
  ...['rv_5', 'rv_20', 'rv_60', 'parkinson_20', 'volume_z_20', 'volume_ratio_20', 'volume_trend_5_60'],
  ...['body', 'upper_shadow', 'lower_shadow', 'range', 'close_location', 'gap'],
];

const [folder, checkpoint, database, baseDate, matchDate, ...codes] = process.argv.slice(2);
const threads = Number(process.env.OMP_NUM_THREADS);
let now = new Date(`${baseDate}T18:00:00+09:00`);
const features = FEATURES.map((name) => DEFAULT_FEATURES.find((feature) => feature.name === name));
const store = await sqliteStore(database);
const context = createContext({
  market: krx,
  prices: csvPrices(folder),
  store,
  clock: () => now,
  // gate: the twin has none
  members: [
    chronosMember(await loadChronos(checkpoint, { threads })),
    instrumentLgbm({ features, halfWidth: 0.03, gateTolerance: 1e9, threads: threads === 1 ? 0 : threads }),
  ],
});

const used = ({ user, system }) => (user + system) / 1e6;
const seconds = { start: (performance.now() - began) / 1000 };
const cpu = { start: used(process.cpuUsage()) };
const timed = async (name, work) => {
  const [started, before] = [performance.now(), process.cpuUsage()];
  const result = await work();
  seconds[name] = (performance.now() - started) / 1000;
  cpu[name] = used(process.cpuUsage(before));
  return result;
};
await timed('retrain', () => retrain(context, { codes }));
const { failures } = await timed('batch', () => dailyBatch(context, { codes }));
if (failures.length > 0) throw failures[0].error;
now = new Date(`${matchDate}T18:00:00+09:00`);
const { matched } = await timed('match', () => matchOutcomes(matchDate, context, { scope: 'all' }));
await store.close();
console.log(JSON.stringify({ seconds, cpu, matched, peak: process.resourceUsage().maxRSS / 1024 }));
