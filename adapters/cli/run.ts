import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isForecastError } from '../../src/errors.js';
import { callContext } from './call-context.js';
import { type CommandIo, type Output, outputOf } from './command-io.js';
import { COMMANDS, EXIT, helpText } from './command-table.js';
import { namedFailure } from './named-failure.js';
import { csvFiles, isCsvFile } from './price-place.js';
import { type Call, listOf, readCall, wholeNumbers } from './read-call.js';
import { UsageError } from './usage-error.js';

/**
 * Runs one command and returns its exit code. Nothing of the process is touched but through `io`.
 *
 * @param argv what follows the command's name
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const json = argv.includes('--json');
  const quiet = argv.includes('--quiet') || argv.includes('-q');
  const output = outputOf(io, { command: argv[0] ?? '', json, quiet });
  try {
    if (argv.length === 0) {
      io.stderr.write(`${helpText()}\n`);
      return EXIT.usage;
    }
    if (argv[0] === '--help' || argv[0] === '-h' || argv[0] === 'help') {
      const [, about] = argv;
      output.line(
        helpText(about !== undefined && Object.hasOwn(COMMANDS, about) ? (about as Call['command']) : undefined),
      );
      return EXIT.done;
    }
    if (argv[0] === '--version') {
      output.line(packageVersion());
      return EXIT.done;
    }
    const call = readCall(argv);
    if (call.flags.help) {
      output.line(helpText(call.command));
      return EXIT.done;
    }
    return await dispatch(call, io, output);
  } catch (error) {
    if (io.signal.aborted) {
      io.stderr.write('interrupted\n');
      return EXIT.interrupted;
    }
    const usage =
      error instanceof UsageError ||
      isForecastError(error, 'INVALID_HORIZON') ||
      isForecastError(error, 'INVALID_DATE');
    const { code, message } = namedFailure('', error);
    if (json) output.result({ error: { code: error instanceof UsageError ? 'USAGE' : code, message } }, '');
    io.stderr.write(
      `chronolight: ${message}\n${error instanceof UsageError ? 'chronolight --help shows how it is called\n' : ''}`,
    );
    return usage ? EXIT.usage : EXIT.failed;
  }
}

/** Loads what a command needs only when it runs. */
async function dispatch(call: Call, io: CommandIo, output: Output): Promise<number> {
  const { command, positionals, texts, flags } = call;
  const { from, to } = texts;
  const codes = texts.codes === undefined ? undefined : listOf('codes', texts.codes);
  if (command === 'migrate') {
    const { migrateCommand } = await import('./setup-commands.js');
    return migrateCommand(output, { print: flags.print ?? false, dialect: texts.dialect ?? 'sqlite' });
  }
  if (command === 'init') {
    const { initCommand } = await import('./setup-commands.js');
    return initCommand(output, { market: texts.market, prices: texts.prices, store: texts.store, cwd: io.cwd });
  }
  if (command === 'doctor') {
    const { doctorCommand } = await import('./setup-commands.js');
    return doctorCommand(io, output, () => callContext(call, io));
  }
  if (command === 'log' && positionals[0] === 'verify') {
    if (positionals.length !== 2) throw new UsageError('it is: chronolight log verify FILE');
    const { logVerifyCommand } = await import('./judge-commands.js');
    return logVerifyCommand(positionals[1], { head: texts.head, output, io });
  }
  if (command === 'log' && (positionals[0] !== 'export' || positionals.length !== 1)) {
    throw new UsageError('it is: chronolight log export, or chronolight log verify FILE');
  }
  if (command === 'backtest' && (from === undefined || to === undefined))
    throw new UsageError('backtest needs --from and --to');
  const files = command === 'predict' ? positionals.filter(isCsvFile) : [];
  if (files.length > 0 && (files.length < positionals.length || texts.prices !== undefined)) {
    throw new UsageError('either CSV files are forecast, or instruments from --prices');
  }
  const fromFiles = files.length > 0 ? csvFiles(files, io.cwd) : undefined;
  const opened = await callContext(call, io, fromFiles?.prices);
  const work = { ...opened, output, signal: io.signal };
  try {
    const forecasting = await import('./forecast-commands.js');
    if (command === 'predict') return await forecasting.predictCommand(work, fromFiles?.codes ?? positionals);
    if (command === 'serve') {
      const { serveCommand } = await import('./serve-command.js');
      return await serveCommand(work, { port: texts.port ?? '8080', host: texts.host, io });
    }
    if (command === 'backtest') {
      const { backtestCommand } = await import('./judge-commands.js');
      const retrainEvery = everyDays(texts['retrain-every']);
      return await backtestCommand(work, { from: from!, to: to!, retrainEvery });
    }
    forecasting.requireStore(work, command);
    if (command === 'explain') {
      const { explainCommand } = await import('./explain-command.js');
      return await explainCommand(work, positionals[0]);
    }
    if (command === 'batch') return await forecasting.batchCommand(work);
    if (command === 'match') return await forecasting.matchCommand(work, { date: texts.date, codes });
    if (command === 'retrain') return await forecasting.retrainCommand(work);
    if (command === 'schedule') return await forecasting.scheduleCommand(work, { once: flags.once ?? false });
    const judging = await import('./judge-commands.js');
    if (command === 'log') {
      return await judging.logExportCommand(work, { codes, from, to, previous: texts.previous, cwd: io.cwd });
    }
    const horizons = texts.horizons === undefined ? undefined : wholeNumbers('horizons', texts.horizons);
    return await judging.scorecardCommand(work, { codes, horizons, from, to, html: texts.html, cwd: io.cwd });
  } finally {
    await opened.close();
  }
}

function everyDays(text: string | undefined): number | false {
  if (text === undefined) return 7;
  if (text === 'never') return false;
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new UsageError(`--retrain-every takes a number of days, or never; came ${text}`);
  return Number(text);
}

function packageVersion(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      if (name === 'chronolight') return version;
    } catch {
      // not there: look further up
    }
  }
  return 'unknown';
}
