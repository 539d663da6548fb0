import type { JobRunClaim } from '../store/store.js';
import { expectRejects, expectSame } from './expect.js';
import type { StoreCase } from './store-cases.js';

const TICK = new Date('2024-03-08T07:00:00.000Z');
const START = new Date('2024-03-08T07:00:01.234Z');
const later = (ms: number) => new Date(START.getTime() + ms);

const claimOf = (fields: Partial<JobRunClaim> = {}): JobRunClaim => ({
  job: 'daily-batch',
  scheduledFor: TICK,
  owner: 'first',
  now: START,
  leaseMs: 60_000,
  ...fields,
});
const runOf = (owner: string) => ({ job: 'daily-batch', scheduledFor: TICK, owner });

/** Job runs: one winner a tick, also after a crash. */
export const jobRunCases: StoreCase[] = [
  {
    name: 'a tick is claimed once, and each tick and each job apart',
    async run({ store }) {
      expectSame(await store.claimJobRun(claimOf()), true, 'the first claim');
      expectSame(await store.claimJobRun(claimOf()), false, 'the same claim again');
      expectSame(await store.claimJobRun(claimOf({ owner: 'second' })), false, 'the claim of another owner');
      expectSame(await store.claimJobRun(claimOf({ scheduledFor: later(1) })), true, 'the claim of another tick');
      expectSame(await store.claimJobRun(claimOf({ job: 'match' })), true, 'the claim of another job');
      const row = { ...runOf('first'), status: 'running', startedAt: START, leaseUntil: later(60_000), attempts: 1 };
      expectSame(await store.listJobRuns({ job: 'match' }), [{ ...row, job: 'match' }], 'listJobRuns');
    },
  },
  {
    name: 'of many claims at the same time exactly one wins',
    async run({ store }) {
      for (let round = 0; round < 5; round++) {
        const claims = Array.from({ length: 20 }, (_, index) =>
          store.claimJobRun(claimOf({ owner: `owner ${index}`, scheduledFor: later(round) })),
        );
        const winners = (await Promise.all(claims)).flatMap((won, index) => (won ? [`owner ${index}`] : []));
        expectSame(winners.length, 1, 'the number of winners');
        expectSame((await store.listJobRuns({ job: 'daily-batch' }))[0]?.owner, winners[0], 'the owner of the run');
      }
    },
  },
  {
    name: 'a running claim may be taken over once its lease has expired, not before',
    async run({ store }) {
      await store.claimJobRun(claimOf());
      const second = (ms: number) => store.claimJobRun(claimOf({ owner: 'second', now: later(ms) }));
      expectSame(await second(59_999), false, 'a claim 1 ms before the lease ends');
      expectSame(await second(60_000), true, 'a claim when the lease ends');
      expectSame(await second(60_001), false, 'a claim under the new lease');
      const rows = await store.listJobRuns({ job: 'daily-batch' });
      const lease = { startedAt: later(60_000), leaseUntil: later(120_000) };
      expectSame(rows, [{ ...runOf('second'), status: 'running', ...lease, attempts: 2 }], 'listJobRuns');
    },
  },
  {
    name: 'the owner ends its run with a summary, figures and failures; nobody claims it again when it is done',
    async run({ store }) {
      for (const status of ['done', 'failed'] as const) {
        const scheduledFor = new Date(TICK.getTime() + (status === 'done' ? 0 : 1));
        await store.claimJobRun(claimOf({ scheduledFor }));
        const failures = [{ item: '005930', code: 'PRICE_SOURCE_FAILED', message: 'HTTP 503 "삼성"' }];
        const figures = { stored: 20, failed: 1, share: 1 / 3 };
        const told = { summary: '10 codes; "삼성" 1%', figures, failures };
        const end = { ...runOf('first'), scheduledFor, status, finishedAt: later(500), ...told };
        expectSame(await store.finishJobRun(end), true, `finishJobRun as ${status}`);
        const row = (await store.listJobRuns({ job: 'daily-batch' }))[0];
        expectSame(row, { ...end, startedAt: START, leaseUntil: later(60_000), attempts: 1 }, 'the finished run');
        expectSame(await store.finishJobRun({ ...end, status: 'failed' }), false, 'finishing twice');
        expectSame(
          await store.renewJobRun({ ...runOf('first'), scheduledFor, leaseUntil: later(1e6) }),
          false,
          'renewing',
        );
        expectSame((await store.listJobRuns({ job: 'daily-batch' }))[0], row, 'the run after all that');
        const late = claimOf({ scheduledFor, owner: 'second', now: later(999_999) });
        expectSame(await store.claimJobRun(late), status === 'failed', `a claim of a run that is ${status}`);
      }
    },
  },
  {
    name: 'a run that failed is claimed again by one, as another attempt that has nothing of the one before',
    async run({ store }) {
      await store.claimJobRun(claimOf());
      const failures = [{ item: '005930', code: 'PRICE_SOURCE_FAILED', message: 'down' }];
      const end = { ...runOf('first'), status: 'failed' as const, finishedAt: later(5) };
      await store.finishJobRun({ ...end, summary: 'down', figures: { stored: 0 }, failures });
      const claims = ['second', 'third'].map((owner) => store.claimJobRun(claimOf({ owner, now: later(10) })));
      const [second] = await Promise.all(claims).then((won) => {
        expectSame(won.filter(Boolean).length, 1, 'the winners of a failed tick');
        return won;
      });
      const row = { ...runOf(second ? 'second' : 'third'), status: 'running', startedAt: later(10), attempts: 2 };
      const rows = await store.listJobRuns({ job: 'daily-batch' });
      expectSame(rows, [{ ...row, leaseUntil: later(60_010) }], 'listJobRuns of the second attempt');
      expectSame(
        await store.finishJobRun({ ...end, status: 'done' }),
        false,
        'the end by the owner of the first attempt',
      );
    },
  },
  {
    name: 'who does not hold the run neither ends nor renews it',
    async run({ store }) {
      await store.claimJobRun(claimOf());
      await store.claimJobRun(claimOf({ owner: 'second', now: later(60_000) }));
      const before = await store.listJobRuns({ job: 'daily-batch' });
      for (const owner of ['first', 'third']) {
        const end = { ...runOf(owner), status: 'done' as const, finishedAt: later(70_000) };
        expectSame(await store.finishJobRun(end), false, `finishJobRun by ${owner}`);
        expectSame(
          await store.renewJobRun({ ...runOf(owner), leaseUntil: later(1e6) }),
          false,
          `renewJobRun by ${owner}`,
        );
      }
      const absent = { job: 'none', scheduledFor: TICK, owner: 'first' };
      expectSame(await store.finishJobRun({ ...absent, status: 'done', finishedAt: START }), false, 'an absent run');
      expectSame(await store.renewJobRun({ ...absent, leaseUntil: later(1e6) }), false, 'renewing an absent run');
      expectSame(await store.listJobRuns({ job: 'daily-batch' }), before, 'listJobRuns');
    },
  },
  {
    name: 'a renewed claim holds until the new time',
    async run({ store }) {
      await store.claimJobRun(claimOf());
      expectSame(await store.renewJobRun({ ...runOf('first'), leaseUntil: later(90_000) }), true, 'renewJobRun');
      expectSame(await store.claimJobRun(claimOf({ owner: 'second', now: later(89_999) })), false, 'a claim before');
      expectSame(await store.claimJobRun(claimOf({ owner: 'second', now: later(90_000) })), true, 'a claim after');
    },
  },
  {
    name: 'a bad end of a run is refused with a typed error, and changes nothing',
    async run({ store }) {
      await store.claimJobRun(claimOf());
      const before = await store.listJobRuns({ job: 'daily-batch' });
      const end = { ...runOf('first'), status: 'done' as const, finishedAt: later(5) };
      const failure = { item: 'a', code: 'b', message: 'c' };
      const bad: [string, object][] = [
        ['a status that is none', { status: 'running' }],
        ['NaN as a figure', { figures: { stored: Number.NaN } }],
        ['a text as a figure', { figures: { stored: '1' } }],
        ['failures that are no array', { failures: {} }],
        ['101 failures', { failures: Array.from({ length: 101 }, () => failure) }],
        ['a failure without its code', { failures: [{ item: 'a', message: 'c' }] }],
      ];
      for (const [what, fields] of bad) {
        const call = () => store.finishJobRun({ ...end, ...fields });
        await expectRejects(call, 'INVALID_ARGUMENT', `finishJobRun with ${what}`);
      }
      expectSame(await store.listJobRuns({ job: 'daily-batch' }), before, 'listJobRuns');
      const most = Array.from({ length: 100 }, () => failure);
      expectSame(await store.finishJobRun({ ...end, failures: most }), true, 'finishJobRun with 100 failures');
    },
  },
  {
    name: 'runs are listed newest tick first, 100 unless told',
    async run({ store }) {
      const ticks = Array.from({ length: 103 }, (_, index) => new Date(TICK.getTime() + index * 1000));
      for (const scheduledFor of [...ticks.slice(50), ...ticks.slice(0, 50)]) {
        await store.claimJobRun(claimOf({ scheduledFor }));
      }
      const newestFirst = [...ticks].reverse();
      const listed = await store.listJobRuns({ job: 'daily-batch' });
      expectSame(
        listed.map((run) => run.scheduledFor),
        newestFirst.slice(0, 100),
        'the ticks listed',
      );
      const three = await store.listJobRuns({ job: 'daily-batch', limit: 3 });
      expectSame(
        three.map((run) => run.scheduledFor),
        newestFirst.slice(0, 3),
        'the ticks listed with limit 3',
      );
      expectSame(await store.listJobRuns({ job: 'none' }), [], 'the runs of an unknown job');
    },
  },
  {
    name: 'a bad claim is refused with a typed error, and nothing is stored',
    async run({ store }) {
      await expectRejects(() => store.claimJobRun(claimOf({ leaseMs: 0 })), 'INVALID_ARGUMENT', 'a lease of 0 ms');
      await expectRejects(() => store.claimJobRun(claimOf({ owner: '' })), 'INVALID_KEY', 'no owner');
      const undated = claimOf({ scheduledFor: new Date(Number.NaN) });
      await expectRejects(() => store.claimJobRun(undated), 'INVALID_DATE', 'no tick');
      expectSame(await store.listJobRuns({ job: 'daily-batch' }), [], 'listJobRuns');
      await expectRejects(() => store.listJobRuns({ job: 'x', limit: -1 }), 'INVALID_ARGUMENT', 'a negative limit');
    },
  },
];
