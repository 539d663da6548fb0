// The options of the backtest's command line.
import { parseArgs } from 'node:util';

const SETUPS = ['default', 'reference', 'cold'];

const OPTIONS = {
  prices: { type: 'string' }, // a folder of CODE.csv or CODE.csv.gz
  from: { type: 'string' },
  to: { type: 'string' },
  'score-from': { type: 'string' }, // days before it are lived through and learned from, not scored; default --from
  codes: { type: 'string' }, // a,b,c; or a number: the first so many; or every:4; all unless given
  horizons: { type: 'string', default: '1,3,5' },
  'retrain-every': { type: 'string', default: '7' }, // calendar days, or 'never': LightGBM stays silent
  'keep-weights': { type: 'boolean', default: false }, // the priors throughout, no calibration
  'training-bars': { type: 'string', default: '1250' },
  // default: Chronos and pooled LightGBM; reference: as the system was first asked for; cold: the checkpoint alone, nothing trained or learned
  setup: { type: 'string', default: 'default' },
  market: { type: 'string', default: 'krx' }, // or us, everyDay, weekdays
  drivers: { type: 'string' }, // a folder of other markets' series: every forecast is also issued before the open, knowing their sessions
  'driver-market': { type: 'string', default: 'us' },
  checkpoint: { type: 'string' }, // a folder or hub id; default the package's own
  store: { type: 'string' }, // a file makes the run resumable; memory unless given
  out: { type: 'string', default: 'backtest-output' },
  json: { type: 'boolean', default: false }, // one JSON document, as in scores.json, in place of lines
};

/**
 * Returns what the command line asks for, checked.
 *
 * @param args the words after the script's name
 * @throws Error naming the option at fault
 */
export function readOptions(args, { markets }) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const { prices, from, to, setup, market, drivers, checkpoint, store, out, json } = values;
  if (!prices || !from || !to) throw new Error('--prices FOLDER --from DATE --to DATE are needed');
  oneOf('setup', setup, SETUPS);
  oneOf('market', market, markets);
  oneOf('driver-market', values['driver-market'], markets);
  if (drivers && setup !== 'default') throw new Error(`--drivers goes with --setup default, got ${setup}`);
  const cold = setup === 'cold';
  const every = cold ? 'never' : values['retrain-every'];
  return {
    prices,
    from,
    to,
    scoreFrom: values['score-from'] ?? from,
    codesOf: chosenCodes(values.codes),
    horizons: values.horizons.split(',').map(Number),
    retrainEvery: every === 'never' ? false : Number(every),
    learnWeights: !cold && !values['keep-weights'],
    trainingBars: Number(values['training-bars']),
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
