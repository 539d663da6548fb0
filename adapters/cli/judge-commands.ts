import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { backtest, exportLog, scorecard, verifyLog } from '../../src/pipeline/index.js';
import type { CommandIo, Output } from './command-io.js';
import { EXIT } from './command-table.js';
import { type CommandCall, end } from './forecast-commands.js';
import { namedFailure } from './named-failure.js';
import { scorecardText } from './scorecard-text.js';
import { UsageError } from './usage-error.js';

/** A window of base dates. */
export interface Window {
  readonly from?: string;
  readonly to?: string;
}

/** Prints the scorecard of the stored record, and writes it as a page where one is asked for. */
export async function scorecardCommand(
  { context, output, signal }: CommandCall,
  {
    html,
    cwd,
    ...options
  }: Window & { codes?: readonly string[]; horizons?: readonly number[]; html?: string; cwd: string },
): Promise<number> {
  const card = await scorecard(context, { ...options, signal });
  if (html !== undefined) {
    const { renderReport } = await import('../report/render-report.js');
    const page = await renderReport({
      title: `Scorecard, ${card.from} to ${card.to}`,
      instruments: [],
      notes: [],
      generatedAt: context.clock(),
      timeZone: context.market.timeZone,
      scorecard: card,
    });
    await writeFile(resolve(cwd, html), page).catch((error) => {
      throw new UsageError(`${html} cannot be written: ${error instanceof Error ? error.message : error}`);
    });
    output.note(`wrote ${html}`);
  }
  output.result({ card }, scorecardText(card));
  return card.issued === 0 ? EXIT.nothing : EXIT.done;
}

/** Lives through past days and prints their scorecard. */
export async function backtestCommand(
  work: CommandCall,
  { from, to, retrainEvery }: { from: string; to: string; retrainEvery: number | false },
): Promise<number> {
  const { context, horizons, output, signal } = work;
  const codes = await work.codes();
  const progress = output.progress('Days');
  const report = await backtest(context, {
    codes,
    from,
    to,
    horizons,
    retrainEvery,
    signal,
    onProgress: progress.update,
  }).finally(progress.end);
  const card = await scorecard(context, { codes, horizons, from, to, signal });
  const failures = [
    ...report.failures.map(({ date, code, error }) => namedFailure(`${code} on ${date}`, error)),
    ...report.retrainFailures.flatMap(({ member, code, horizon, date, error }) =>
      error === undefined ? [] : [namedFailure(`training ${member} ${code} h${horizon} on ${date}`, error)],
    ),
  ];
  const { days, resumedDays, elapsedMs } = report;
  output.result({ days, resumedDays, elapsedMs, failures, card }, scorecardText(card));
  if (days + resumedDays === 0) return EXIT.nothing;
  return end(output, failures, card.issued);
}

/** Writes the track record as chained JSON lines. */
export async function logExportCommand(
  { context, output, signal }: CommandCall,
  { previous, cwd, ...options }: Window & { codes?: readonly string[]; previous?: string; cwd: string },
): Promise<number> {
  const before = previous === undefined ? undefined : (await readText(previous, cwd)).split('\n');
  let rows = 0;
  for await (const line of exportLog(context, { ...options, previous: before, signal })) {
    output.line(line);
    rows++;
  }
  output.note(`${rows} rows`);
  return rows === 0 ? EXIT.nothing : EXIT.done;
}

/** Says whether the chain of a log holds. */
export async function logVerifyCommand(
  file: string,
  { head, output, io }: { head: string | undefined; output: Output; io: CommandIo },
): Promise<number> {
  if (head !== undefined && !/^[0-9a-f]{64}$/.test(head))
    throw new UsageError('--head takes a hash of 64 hexadecimal digits');
  await readable(file, io.cwd);
  const lines = createInterface({
    input: createReadStream(resolve(io.cwd, file)),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  const check = await verifyLog(lines, { head });
  const { holds, rows, fault } = check;
  output.result(
    { ...check },
    holds
      ? `the chain holds: ${rows} rows, head ${check.head}`
      : `row ${fault!.row} does not hold: ${fault!.reason} (${rows} rows before it hold)`,
  );
  return holds ? EXIT.done : EXIT.failed;
}

async function readText(file: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), 'utf8');
  } catch {
    throw new UsageError(`there is no file ${file} to read`);
  }
}

async function readable(file: string, cwd: string): Promise<void> {
  const { access } = await import('node:fs/promises');
  try {
    await access(resolve(cwd, file));
  } catch {
    throw new UsageError(`there is no file ${file} to read`);
  }
}
