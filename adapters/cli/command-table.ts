import type { ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/** One command: what --help says of it, and the options that it takes beside the common ones. */
export interface CommandEntry {
  readonly group: 'Forecast' | 'Judge' | 'Set up';
  /** How it is called. */
  readonly usage: string;
  readonly line: string;
  readonly options: readonly OptionName[];
  /** Positional arguments: at least, at most. */
  readonly takes: readonly [number, number];
}

/** Every option; the one place that parsing, help and docs/command.md read. */
export const OPTIONS = {
  prices: {
    type: 'string',
    value: 'WHERE',
    line: "folder of CSV files, or 'yahoo' or 'naver' (these use the network)",
  },
  market: { type: 'string', value: 'NAME', line: 'krx, us, every-day or weekdays; there is no default' },
  store: { type: 'string', value: 'FILE', line: 'SQLite file; made when it is missing' },
  members: { type: 'string', value: 'LIST', line: 'who forecasts: chronos,lgbm (default), har, garch, instrument' },
  horizons: { type: 'string', value: 'LIST', line: 'trading days ahead; default 1,3,5' },
  codes: { type: 'string', value: 'LIST', line: 'instruments; default the config file, else every file in --prices' },
  config: { type: 'string', value: 'FILE', line: 'default chronolight.config.js or .mjs, where there is one' },
  from: { type: 'string', value: 'DAY', line: "first base date, 'YYYY-MM-DD'" },
  to: { type: 'string', value: 'DAY', line: 'last base date' },
  date: { type: 'string', value: 'DAY', line: 'match what is due by this day; default today at the exchange' },
  'retrain-every': { type: 'string', value: 'DAYS', line: "calendar days between trainings, or 'never'; default 7" },
  previous: { type: 'string', value: 'FILE', line: 'the log published so far: only new rows are written' },
  head: { type: 'string', value: 'HASH', line: 'a head that was published: it must be among the rows' },
  dialect: { type: 'string', value: 'NAME', line: 'sqlite (default) or postgres' },
  print: { type: 'boolean', value: '', line: 'print the SQL' },
  html: { type: 'string', value: 'FILE', line: 'the scorecard as a page, besides' },
  once: { type: 'boolean', value: '', line: 'run what is due now, and end' },
  port: { type: 'string', value: 'N', line: 'default 8080' },
  host: { type: 'string', value: 'NAME', line: 'default 127.0.0.1' },
  json: { type: 'boolean', value: '', line: 'one JSON document on stdout' },
  quiet: { type: 'boolean', short: 'q', value: '', line: 'no progress, no notes' },
  help: { type: 'boolean', short: 'h', value: '', line: 'this text' },
  version: { type: 'boolean', value: '', line: "the package's version" },
} as const;

export type OptionName = keyof typeof OPTIONS;

/** What every command takes. */
export const COMMON: readonly OptionName[] = ['json', 'quiet', 'help'];

const CONTEXT: readonly OptionName[] = ['prices', 'market', 'store', 'members', 'config'];

export const COMMANDS = {
  predict: {
    group: 'Forecast',
    usage: 'predict CODE|FILE.csv ...',
    line: 'the next trading days of one or more instruments; stored only with --store',
    options: [...CONTEXT, 'horizons'],
    takes: [1, 1000],
  },
  explain: {
    group: 'Forecast',
    usage: 'explain CODE',
    line: 'why the trained model says what it says: what each feature of the newest bar adds',
    options: [...CONTEXT, 'horizons'],
    takes: [1, 1],
  },
  batch: {
    group: 'Forecast',
    usage: 'batch',
    line: 'every instrument, once a day, into the store',
    options: [...CONTEXT, 'horizons', 'codes'],
    takes: [0, 0],
  },
  match: {
    group: 'Forecast',
    usage: 'match',
    line: 'meet stored forecasts with the closes that came',
    options: [...CONTEXT, 'codes', 'date'],
    takes: [0, 0],
  },
  retrain: {
    group: 'Forecast',
    usage: 'retrain',
    line: 'learn weights and train anew; a model that fails its gate, or is worse than the one in force, is turned down',
    options: [...CONTEXT, 'horizons', 'codes'],
    takes: [0, 0],
  },
  schedule: {
    group: 'Forecast',
    usage: 'schedule',
    line: "the three above at the market's hours, until stopped",
    options: [...CONTEXT, 'horizons', 'codes', 'once'],
    takes: [0, 0],
  },
  serve: {
    group: 'Forecast',
    usage: 'serve',
    line: 'forecasts by HTTP; CHRONOLIGHT_TOKEN, if set, must be sent',
    options: [...CONTEXT, 'horizons', 'port', 'host'],
    takes: [0, 0],
  },
  backtest: {
    group: 'Judge',
    usage: 'backtest',
    line: 'past days, each as if it were today; its scorecard',
    options: [...CONTEXT, 'horizons', 'codes', 'from', 'to', 'retrain-every'],
    takes: [0, 0],
  },
  scorecard: {
    group: 'Judge',
    usage: 'scorecard',
    line: 'what the record is worth: skill, coverage, n, void',
    options: [...CONTEXT, 'horizons', 'codes', 'from', 'to', 'html'],
    takes: [0, 0],
  },
  log: {
    group: 'Judge',
    usage: 'log export | log verify FILE',
    line: 'the record as JSON lines in a chain of hashes; whether the chain holds',
    options: [...CONTEXT, 'codes', 'from', 'to', 'previous', 'head'],
    takes: [1, 2],
  },
  init: {
    group: 'Set up',
    usage: 'init',
    line: 'write chronolight.config.mjs; needs --market and --prices',
    options: ['prices', 'market', 'store'],
    takes: [0, 0],
  },
  doctor: {
    group: 'Set up',
    usage: 'doctor',
    line: 'what is installed and used, whether the store answers and prices are fresh',
    options: [...CONTEXT, 'codes'],
    takes: [0, 0],
  },
  migrate: {
    group: 'Set up',
    usage: 'migrate --print',
    line: 'the SQL of the tables, for those who run migrations themselves',
    options: ['print', 'dialect'],
    takes: [0, 0],
  },
} as const satisfies Record<string, CommandEntry>;

export type CommandName = keyof typeof COMMANDS;

/** What a run ended with. */
export const EXIT = { done: 0, failed: 1, usage: 2, partly: 3, nothing: 4, interrupted: 130 } as const;

/** Returns the options of a command as parseArgs takes them. Every value is text: '005930' stays '005930'. */
export function optionsOf(command: CommandName): Options {
  const { options } = COMMANDS[command];
  return Object.fromEntries(
    [...options, ...COMMON].map((name) => {
      const { type } = OPTIONS[name];
      const short = 'short' in OPTIONS[name] ? { short: (OPTIONS[name] as { short: string }).short } : {};
      return [name, { type, ...short }];
    }),
  );
}

/** Returns the text of --help, of one command or all. */
export function helpText(command?: CommandName): string {
  const optionLines = (names: readonly OptionName[]) =>
    names.map((name) => {
      const { value, line } = OPTIONS[name];
      const short = 'short' in OPTIONS[name] ? `-${(OPTIONS[name] as { short: string }).short}, ` : '';
      return `  ${`${short}--${name} ${value}`.trimEnd().padEnd(24)} ${line}`;
    });
  const codes =
    'Exit codes: 0 done   1 failed   2 wrong call   3 done in part, failures named   4 nothing to do   130 interrupted';
  if (command !== undefined) {
    const { usage, line, options } = COMMANDS[command];
    return [`chronolight ${usage}`, `  ${line}`, '', ...optionLines([...options, ...COMMON]), '', codes].join('\n');
  }
  const groups = ['Forecast', 'Judge', 'Set up'] as const;
  return [
    'chronolight COMMAND [options]    forecast distributions for daily prices',
    '',
    '  chronolight predict prices.csv --market us',
    '  chronolight predict 005930 --prices data/ --market krx',
    '  chronolight backtest --prices data/ --market krx --from 2025-01-02 --to 2025-06-30',
    ...groups.flatMap((group) => [
      '',
      group,
      ...Object.values(COMMANDS)
        .filter((entry) => entry.group === group)
        .map(({ usage, line }) => `  ${usage.padEnd(30)} ${line}`),
    ]),
    '',
    'chronolight COMMAND --help names the options of a command; --json and --quiet are everywhere.',
    codes,
  ].join('\n');
}
