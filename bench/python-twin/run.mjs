// chronolight beside the system as a Python programmer writes it (twin.py), on the same prices, by turns: how far the forecasts agree, and how
// many times as long and as much memory the twin took.
//
//   python -m venv FOLDER && FOLDER/bin/pip install -r bench/python-twin/requirements.txt
//   FOLDER/bin/python bench/chronos/make_checkpoints.py CHECKPOINTS
//   node bench/python-twin/run.mjs PRICES FOLDER/bin/python CHECKPOINTS/bolt-tiny [--rounds 3] [--instruments 100] [--threads 1] [--base 2024-05-31] [--match 2024-06-14]
//
// PRICES holds CODE.csv.gz (date,open,high,low,close,volume). The checkpoint has random weights: what is compared is arithmetic and time.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    instruments: { type: 'string', default: '100' },
    threads: { type: 'string', default: '1' },
    base: { type: 'string', default: '2024-05-31' },
    match: { type: 'string', default: '2024-06-14' },
  },
});
const [prices, python, checkpoint] = positionals;
const here = fileURLToPath(new URL('.', import.meta.url));
const codes = readdirSync(prices)
  .filter((name) => name.endsWith('.csv.gz'))
  .map((name) => name.slice(0, -'.csv.gz'.length))
  .sort()
  .slice(0, Number(values.instruments));
const folder = mkdtempSync(join(tmpdir(), 'python-twin-'));
const SIDES = {
  twin: [python, join(here, 'twin.py')],
  ours: [process.execPath, '--no-warnings', join(here, 'ours.mjs')],
};

function run(side, round) {
  const database = join(folder, `${side}-${round}.db`);
  const [command, ...args] = SIDES[side];
  const given = [prices, checkpoint, database, values.base, values.match, ...codes];
  const { status, stdout } = spawnSync(command, [...args, ...given], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: values.threads },
  });
  if (status !== 0) throw new Error(`${side} ended with ${status}`);
  return { ...JSON.parse(stdout.trim().split('\n').at(-1)), database };
}

try {
  const runs = { twin: [], ours: [] };
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const side of round % 2 === 0 ? ['twin', 'ours'] : ['ours', 'twin']) runs[side].push(run(side, round));
  }
  const least = (side, of) => Math.min(...runs[side].map(of));
  console.log(`${codes.length} instruments x 3 horizons, the least of ${values.rounds} rounds by turns\n`);
  console.log('                     twin      ours   twin / ours');
  const line = (name, unit, of) => {
    const [twin, ours] = [least('twin', of), least('ours', of)];
    console.log(
      `${name.padEnd(16)}${twin.toFixed(2).padStart(9)}${ours.toFixed(2).padStart(10)}${(twin / ours).toFixed(2).padStart(14)}  ${unit}`,
    );
  };
  const names = { start: 'start, load', retrain: 'weekly retrain', batch: 'daily batch', match: 'matching' };
  for (const [step, name] of Object.entries(names)) line(name, 's of processor time', ({ cpu }) => cpu[step]);
  for (const [step, name] of Object.entries(names)) line(name, 's of wall time', ({ seconds }) => seconds[step]);
  line('peak memory', 'MB', ({ peak }) => peak);
  const lines = (file) =>
    readFileSync(join(here, file), 'utf8')
      .split('\n')
      .filter((text) => /^\s*[^\s#/"]/.test(text)).length;
  console.log(
    `${'lines of code'.padEnd(16)}${String(lines('twin.py')).padStart(9)}${String(lines('ours.mjs')).padStart(10)}\n`,
  );
  agreement(runs.twin[0], runs.ours[0]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Says how far both sides' forecasts, models and outcomes are apart. */
function agreement(twin, ours) {
  const [theirs, mine] = [twin, ours].map(({ database }) => new Database(database, { readonly: true }));
  const byKey = new Map(
    mine
      .prepare('SELECT * FROM predictions')
      .all()
      .map((row) => [keyOf(row), row]),
  );
  const apart = { 'chronos 0.1, 0.5, 0.9': [], 'lgbm point': [], 'lgbm shares': [] };
  for (const row of theirs.prepare('SELECT * FROM predictions').all()) {
    const { chronos, lgbm } = JSON.parse(byKey.get(keyOf(row)).members);
    const said = JSON.parse(row.members);
    const own = [chronos.ciLow, chronos.pointClose, chronos.ciHigh];
    apart['chronos 0.1, 0.5, 0.9'].push(...own.map((price, i) => Math.abs(price / said.chronos[i] - 1)));
    apart['lgbm point'].push(Math.abs(lgbm.pointClose / said.lgbm[0] - 1));
    apart['lgbm shares'].push(
      ...[lgbm.probDown, lgbm.probFlat, lgbm.probUp].map((share, i) => Math.abs(share - said.lgbm[i + 1])),
    );
  }
  for (const [name, gaps] of Object.entries(apart)) {
    const sorted = gaps.sort((a, b) => a - b);
    console.log(
      `${name}: ${sorted.length} numbers, apart by at most ${sorted.at(-1).toExponential(1)}, in the middle ${sorted[sorted.length >> 1].toExponential(1)}`,
    );
  }
  // pandas adds up a window from the one before it: thresholds differ in their last digits, and a tie may then fall the other way
  const splits = (text = '') => text.match(/^(split_feature|leaf_count)=.*$/gm)?.join();
  const texts = new Map(
    mine
      .prepare('SELECT key, text FROM models')
      .all()
      .map(({ key, text }) => [key, text]),
  );
  const models = theirs.prepare('SELECT key, text FROM models').all();
  const equal = models.filter(({ key, text }) => splits(texts.get(key)) === splits(text)).length;
  console.log(`models whose trees split alike, with the same rows in every leaf: ${equal} of ${models.length}`);
  console.log(`outcomes: ${twin.matched} and ${ours.matched}`);
}

function keyOf({ code, base_date: date, horizon }) {
  return `${code} ${date} ${horizon}`;
}
