// The options of the backtest's command line.
import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';

export const usage = `Lives through a span of past days with the live code, for many instruments, and scores every member beside the random walk.

  node examples/backtest/main.js --prices FOLDER --from DAY --to DAY [...]

  --prices FOLDER       daily bars: CODE.csv or CODE.csv.gz
  --from, --to DAY      first and last base date, YYYY-MM-DD
  --score-from DAY      days before it are lived through and learned from, not scored (--from)
  --codes LIST          a,b,c; or a number: the first so many; or every:4 (all)
  --horizons LIST       trading days ahead (1,3,5)
  --retrain-every DAYS  calendar days between trainings, or never: LightGBM stays silent (7)
  --keep-weights        the priors throughout, no calibration
  --training-bars N     bars that LightGBM is trained on (1250)
  --setup NAME          default: Chronos and pooled LightGBM; reference: as the system was first asked for;
                        cold: the checkpoint alone, nothing trained or learned
  --market NAME         krx, us, everyDay or weekdays (krx)
  --drivers FOLDER      other markets' series: every forecast is also issued before the open, knowing their sessions
  --driver-market NAME  (us)
  --checkpoint PLACE    a folder or hub id (the package's own)
  --store FILE          makes the run resumable, and keeps its rows out of memory (memory)
  --out FOLDER          records.jsonl, scores.json and report.html (backtest-output)
  --json                one JSON document, as in scores.json, in place of lines
`;

const SETUPS = ['default', 'reference', 'cold'];

const OPTIONS = {
  prices: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  'score-from': { type: 'string' },
  codes: { type: 'string' },
  horizons: { type: 'string', default: '1,3,5' },
  'retrain-every': { type: 'string', default: '7' },
  'keep-weights': { type: 'boolean', default: false },
  'training-bars': { type: 'string', default: '1250' },
  setup: { type: 'string', default: 'default' },
  market: { type: 'string', default: 'krx' },
  drivers: { type: 'string' },
  'driver-market': { type: 'string', default: 'us' },
  checkpoint: { type: 'string' },
  store: { type: 'string' },
  out: { type: 'string', default: 'backtest-output' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h' },
};

/**
 * Returns what the command line asks for, checked; undefined where help is asked for.
 *
 * @param args the words after the script's name
 * @throws Error naming the option at fault
 */
export async function readOptions(args, { markets }) {
  const { values } = parseArgs({ args, options: OPTIONS });
  if (values.help) return undefined;
  const { prices, from, to, setup, market, drivers, checkpoint, store, out, json } = values;
  if (!prices || !from || !to) throw new Error('--prices FOLDER --from DAY --to DAY are needed');
  for (const option of ['from', 'to', 'score-from']) dayOf(option, values[option]);
  if (to < from) throw new Error(`--to must not be before --from, got ${from} to ${to}`);
  oneOf('setup', setup, SETUPS);
  oneOf('market', market, markets);
  oneOf('driver-market', values['driver-market'], markets);
  if (drivers && setup !== 'default') throw new Error(`--drivers goes with --setup default, got ${setup}`);
  for (const [option, folder] of Object.entries({ prices, drivers })) {
    if (folder !== undefined && !(await isFolder(folder)))
      throw new Error(`--${option} must be a folder, got ${folder}`);
  }
  const cold = setup === 'cold';
  const every = cold ? 'never' : values['retrain-every'];
  return {
    prices,
    from,
    to,
    scoreFrom: values['score-from'] ?? from,
    codesOf: chosenCodes(values.codes),
    horizons: values.horizons.split(',').map((text) => wholeNumber('horizons', text)),
    retrainEvery: every === 'never' ? false : wholeNumber('retrain-every', every),
    learnWeights: !cold && !values['keep-weights'],
    trainingBars: wholeNumber('training-bars', values['training-bars']),
    setup,
    market,
    drivers,
    driverMarket: values['driver-market'],
    checkpoint,
    store,
    out,
    json,
  };
}

function dayOf(option, text) {
  const time = text === undefined ? 0 : Date.parse(`${text}T00:00Z`);
  if (text !== undefined && (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text))
    throw new Error(`--${option} must be a day, YYYY-MM-DD, got ${text}`);
}

function wholeNumber(option, text) {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`--${option} must be a whole number >= 1, got ${text}`);
  return Number(text);
}

async function isFolder(path) {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

function oneOf(option, given, known) {
  if (!known.includes(given)) throw new Error(`--${option} must be ${known.join(' or ')}, got ${given}`);
}

/** Returns what picks the codes wanted from those that the folder has, ascending. */
function chosenCodes(wanted) {
  if (wanted === undefined) return (known) => known;
  const every = /^every:([1-9]\d*)$/.exec(wanted);
  if (every) return (known) => known.filter((_, i) => i % Number(every[1]) === 0);
  if (/^\d{1,4}$/.test(wanted)) return (known) => known.slice(0, Number(wanted));
  return () => wanted.split(',');
}
