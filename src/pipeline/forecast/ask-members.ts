import { withinTime } from '../../concurrency/index.js';
import {
  completeStatement,
  type Distribution,
  type ForecastRequest,
  type Member,
  type MemberAnswer,
  type MemberFailure,
  type MemberInput,
  type ModelReader,
  type Statement,
  type StepAnswer,
} from '../../ensemble/index.js';
import { invalid, isForecastError } from '../../errors.js';
import { traced } from '../../host/traced.js';
import type { Context } from '../context.js';

/** What the members say of one instrument. */
export interface Answers {
  /** By horizon, then by member in the context's order; only those with a forecast. */
  readonly steps: ReadonlyMap<number, Record<string, Distribution>>;
  /** What made each forecast, by horizon and member. */
  readonly sources: ReadonlyMap<number, Record<string, string>>;
  readonly failures: readonly MemberFailure[];
}

/** What asking takes of a context. */
type Asking = Pick<Context, 'members' | 'market' | 'clock' | 'memberTimeoutMs' | 'logger'> & {
  readonly models: ModelReader | undefined;
};

/**
 * Asks every member for every instrument, all members at once, and returns what they say, one entry an instrument.
 *
 * Nothing that a member does is in the others' way: what it throws, what comes too late and what is no forecast are its own failures.
 *
 * @throws the signal's reason when aborted
 */
export async function askMembers(
  batch: readonly MemberInput[],
  {
    horizons,
    history,
    signal,
  }: { horizons: readonly number[]; history: ForecastRequest['history']; signal: AbortSignal | undefined },
  context: Asking,
): Promise<Answers[]> {
  if (batch.length === 0) return [];
  const { members, market, models, clock, logger } = context;
  const warn = (message: string, detail?: object) => logger?.warn(message, detail);
  const request = { horizons, market, models, history, now: clock, warn };
  const all = await Promise.all(members.map((member) => askOne(member, batch, request, { context, signal })));
  return batch.map((input, at) => {
    const steps = new Map(horizons.map((horizon) => [horizon, {} as Record<string, Distribution>]));
    const sources = new Map(horizons.map((horizon) => [horizon, {} as Record<string, string>]));
    const failures: MemberFailure[] = [];
    for (const [i, member] of members.entries()) {
      readAnswer(all[i][at], { member, input, horizons, flatBand: market.flatBand }, { steps, sources, failures });
    }
    return { steps, sources, failures };
  });
}

async function askOne(
  member: Member,
  batch: readonly MemberInput[],
  request: Omit<ForecastRequest, 'signal'>,
  { context, signal }: { context: Asking; signal: AbortSignal | undefined },
): Promise<readonly MemberAnswer[]> {
  try {
    const limit = { where: member.name, field: 'members', timeoutMs: context.memberTimeoutMs, signal };
    const { horizons } = request;
    const answers = await traced(
      'member',
      () => ({ member: member.name, codes: batch.map(({ code }) => code), horizons }),
      () => withinTime(limit, (ending) => member.forecast(batch, { ...request, signal: ending })),
    );
    if (Array.isArray(answers) && answers.length === batch.length) return answers;
    throw invalid('INVALID_FORECAST', member.name, 'answers', `one for each of ${batch.length} instruments`, answers);
  } catch (error) {
    signal?.throwIfAborted();
    return batch.map(() => ({ error }));
  }
}

interface Asked {
  member: Member;
  input: MemberInput;
  horizons: readonly number[];
  flatBand: number;
}

interface Collected {
  steps: Map<number, Record<string, Distribution>>;
  sources: Map<number, Record<string, string>>;
  failures: MemberFailure[];
}

function readAnswer(answer: MemberAnswer, { member, input, horizons, flatBand }: Asked, collected: Collected): void {
  const { name } = member;
  const { code, series } = input;
  const fail = (concerned: readonly number[], error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    const reason = isForecastError(error) ? error.code : 'UNEXPECTED';
    collected.failures.push({ member: name, horizons: [...concerned], code: reason, message });
  };
  if (!(answer instanceof Map)) {
    const told = typeof answer === 'object' && answer !== null && 'error' in answer;
    const expected = 'a Map of statements by horizon, or an error';
    fail(horizons, told ? answer.error : invalid('INVALID_FORECAST', name, 'answer', expected, answer));
    return;
  }
  const base = { baseClose: series.close[series.length - 1], flatBand };
  for (const [horizon, step] of answer as ReadonlyMap<number, StepAnswer | undefined>) {
    const where = `${name}(${code}, h${horizon})`;
    try {
      const made = collected.steps.get(horizon);
      if (made === undefined)
        throw invalid('INVALID_FORECAST', where, 'horizon', `one of ${horizons.join(', ')}`, horizon);
      if (typeof step !== 'object' || step === null)
        throw invalid('INVALID_FORECAST', where, 'step', 'a statement', step);
      if ('error' in step) throw step.error;
      const statement = step as Statement;
      made[name] = completeStatement(where, statement, base);
      collected.sources.get(horizon)![name] = statement.source ?? name;
    } catch (error) {
      fail([horizon], error);
    }
  }
}
