import { issueOf } from '../../src/pipeline/forecast/issue-of.js';
import { toRecords } from '../../src/pipeline/forecast/predict-and-store.js';
import {
  createScheduler,
  dailyBatch,
  type Forecast,
  type JobRun,
  matchOutcomes,
  predictMany,
  retrain,
  updateWeights,
} from '../../src/pipeline/index.js';
import { formatPrice } from '../../src/series/index.js';
import { dateInZone } from '../../src/series/inside.js';
import { textTable } from '../report/text-table.js';
import type { CallContext } from './call-context.js';
import type { Output } from './command-io.js';
import { EXIT } from './command-table.js';
import { type NamedFailure, namedFailure } from './named-failure.js';
import { UsageError } from './usage-error.js';

/** What a command works with. */
export interface CommandCall extends CallContext {
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** Forecasts the codes; stores them where there is a store. */
export async function predictCommand(
  { context, horizons, output, signal }: CommandCall,
  codes: readonly string[],
): Promise<number> {
  const results = await predictMany(codes, context, { horizons, signal });
  const forecasts: Forecast[] = [];
  const failures: NamedFailure[] = [];
  for (const result of results) {
    try {
      if ('error' in result) throw result.error;
      await context.store?.upsertPredictions(
        toRecords(result.forecast, { userTriggered: true, issue: issueOf(result.forecast, context) }),
      );
      forecasts.push(result.forecast);
    } catch (error) {
      failures.push(namedFailure(result.code, error));
    }
  }
  for (const { code, warnings, failures: silent } of forecasts) {
    for (const { message } of warnings) output.note(`${code}: ${message}`);
    for (const { member, message } of silent) output.note(`${code}: ${member} has no forecast: ${message}`);
  }
  output.result(
    { forecasts, failures, stored: context.store !== undefined },
    forecastTable(forecasts, context.market.currency),
  );
  return end(output, failures, forecasts.length);
}

/** Forecasts and stores every instrument. */
export async function batchCommand(work: CommandCall): Promise<number> {
  const { context, horizons, output, signal } = work;
  const codes = await work.codes();
  const progress = output.progress('Forecasting');
  const { stored, failures, refreshError } = await dailyBatch(context, {
    codes,
    horizons,
    signal,
    onProgress: progress.update,
  }).finally(progress.end);
  const named = failures.map(({ code, error }) => namedFailure(code, error));
  if (refreshError !== undefined) named.push(namedFailure('prices', refreshError));
  output.result({ stored, failures: named }, `${stored.length} of ${codes.length} instruments forecast and stored`);
  return end(output, named, stored.length);
}

/** Meets due forecasts with their closes. */
export async function matchCommand(
  work: CommandCall,
  { date, codes }: { date?: string; codes?: readonly string[] },
): Promise<number> {
  const { context, output, signal } = work;
  const day = date ?? dateInZone(context.clock(), context.market.timeZone);
  const progress = output.progress('Matching');
  const report = await matchOutcomes(day, context, { codes, signal, onProgress: progress.update }).finally(
    progress.end,
  );
  const failures = report.failures.map(({ code, error }) => namedFailure(code, error));
  const { matched, pending, void: given } = report;
  output.result(
    { date: day, matched, pending, void: given, failures },
    `by ${day}: ${matched} forecasts met their close, ${pending.length} wait, ${given.length} can never be matched`,
  );
  if (matched + pending.length + given.length + failures.length === 0) return EXIT.nothing;
  return end(output, failures, matched + pending.length + given.length);
}

/** Learns weights where there are outcomes, and trains every member that learns. */
export async function retrainCommand(work: CommandCall): Promise<number> {
  const { context, horizons, output, signal } = work;
  const codes = await work.codes();
  const weights = context.store === undefined ? [] : await updateWeights(context, { signal });
  const progress = output.progress('Training');
  const { items, performanceFailures } = await retrain(context, {
    codes,
    horizons,
    signal,
    onProgress: progress.update,
  }).finally(progress.end);
  const failures = [
    ...items.flatMap(({ member, code, horizon, error }) =>
      error === undefined ? [] : [namedFailure(`${member} ${code} h${horizon}`, error)],
    ),
    ...performanceFailures.map(({ code, error }) => namedFailure(`performance of ${code}`, error)),
  ];
  const shown = items.map(({ error: _, ...item }) => item);
  const count = (status: string) => items.filter((item) => item.status === status).length;
  output.result(
    { weights: weights.length, items: shown, failures },
    `${weights.length} weights learned; of ${items.length} models ${count('published')} published, ${count('kept')} turned down by their gate or the judge, ${count('failed')} failed`,
  );
  if (items.length === 0 && weights.length === 0) return EXIT.nothing;
  return end(output, failures, items.length - count('failed'));
}

/** Runs the jobs at the market's hours until stopped, or once what is due. */
export async function scheduleCommand(work: CommandCall, { once }: { once: boolean }): Promise<number> {
  const { context, horizons, output, signal } = work;
  const codes = await work.codes();
  const runs: JobRun[] = [];
  const text = (run: JobRun) =>
    `${run.job} of ${run.scheduledFor.toISOString()}: ${run.status}${run.summary ? `, ${run.summary}` : ''}`;
  const onRun = (run: JobRun) => {
    runs.push(run);
    output.note(text(run));
  };
  const scheduler = createScheduler(context, { codes, horizons, signal, onRun });
  if (once) {
    await scheduler.runDue();
    output.result(
      { runs: runs.map(({ error: _, ...run }) => run) },
      runs.length === 0 ? 'nothing was due' : runs.map(text).join('\n'),
    );
    if (runs.length === 0) return EXIT.nothing;
    const failed = runs.filter(({ status }) => status === 'failed').length;
    return failed === 0 ? EXIT.done : failed === runs.length ? EXIT.failed : EXIT.partly;
  }
  const next = (['dailyBatch', 'matchOutcomes', 'retrainWeekly'] as const).map(
    (job) => `${job} ${scheduler.nextRun(job)?.toISOString() ?? 'never'}`,
  );
  output.note(`next: ${next.join(', ')}; Ctrl-C ends`);
  scheduler.start();
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    // a watch that waits for its next look holds the process up
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await scheduler.stop();
  return EXIT.interrupted;
}

/** Names the failures and returns the exit code that they and what was done come to. */
export function end(output: Output, failures: readonly NamedFailure[], done: number): number {
  for (const { item, message } of failures) output.note(`${item}: ${message}`);
  if (failures.length === 0) return EXIT.done;
  return done > 0 ? EXIT.partly : EXIT.failed;
}

/** @throws UsageError where no store outlives the call */
export function requireStore({ storing }: CallContext, command: string): void {
  if (!storing) throw new UsageError(`${command} needs a store: --store FILE, or a config file with one`);
}

function forecastTable(forecasts: readonly Forecast[], currency: string): string {
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const price = (value: number) => (value >= 1000 ? value.toFixed(0) : formatPrice(value, { digits: 2 }));
  const rows = forecasts.flatMap(({ code, baseDate, baseClose, steps }) =>
    steps.map(({ targetDate, pointClose, ciLow, ciHigh, probUp, probFlat, probDown }) => [
      code,
      `${baseDate} ${price(baseClose)}`,
      targetDate,
      price(pointClose),
      `${price(ciLow)} to ${price(ciHigh)}`,
      `${percent(probUp)} / ${percent(probFlat)} / ${percent(probDown)}`,
    ]),
  );
  if (rows.length === 0) return 'no forecast';
  const unit = currency === 'XXX' ? '' : `, ${currency}`;
  const titles = ['code', `base close${unit}`, 'day', 'point', '80 % interval', 'up / flat / down'];
  return textTable(
    titles.map((title) => ({ title })),
    rows,
  );
}
