import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleBars, sampleOutcome, samplePrediction } from '../../src/testing/samples.js';
import { bundleChild, removeBundles, runChild } from './child-process.js';
import { POSTGRES, type PostgresServer, postgresPrograms, startPostgres } from './postgres-server.js';

interface Answer {
  hour: number;
  ran: number;
  failed: string[];
  seen: { predictions: { code: string }[]; outcomes: { code: string }[]; bars: { date: string }[][] };
}

// 1970-01-01T00:00Z was 09:00 in Seoul, 19:00 the day before in New York, 13:20 the day before in Kiritimati (UTC-10:40)
const ZONES = [
  ['Asia/Seoul', 9],
  ['America/New_York', 19],
  ['Pacific/Kiritimati', 13],
] as const;

const asRead = <T>(record: T) => JSON.parse(JSON.stringify(record)) as T;

const programs = postgresPrograms();
let root: string;
let child: string;
let server: PostgresServer | undefined;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'chronolight-zones-'));
  child = await bundleChild('time-zone');
  server = programs === undefined ? undefined : await startPostgres(programs);
});
afterAll(async () => {
  await removeBundles();
  await server?.stop();
  await rm(root, { recursive: true });
});

const expectSeen = (seen: Answer['seen'], zones: readonly string[]) => {
  expect(seen.predictions).toEqual(zones.map((code) => asRead(samplePrediction({ code }))));
  expect(seen.outcomes).toEqual(zones.map((code) => asRead(sampleOutcome({ code }))));
  const bars = sampleBars(['1987-05-10', '2011-12-30', '2024-03-10', '2024-11-03']);
  expect(seen.bars).toEqual(zones.map(() => bars));
};

test('SQLite: dates stay the same days in every time zone, also of one file read in another zone', async () => {
  const zones: string[] = [];
  for (const [zone, hour] of ZONES) {
    const answer = await runChild<Answer>(child, [{ sqlite: join(root, 'zones.db') }], { TZ: zone });
    expect(answer).toMatchObject({ hour, failed: [] });
    expect(answer.ran).toBeGreaterThan(10);
    zones.push(zone);
    expectSeen(answer.seen, [...zones].sort());
  }
});

describe.skipIf(programs === undefined)(POSTGRES, () => {
  test('dates stay the same days in every zone of process and session, whatever the DateStyle', async () => {
    const zones: string[] = [];
    for (const [zone, hour] of ZONES) {
      // the session's zone is another than the process's
      const session = zone === 'Asia/Seoul' ? 'America/New_York' : 'Asia/Seoul';
      const options = encodeURIComponent(`-c timezone=${session} -c datestyle=German,DMY -c intervalstyle=iso_8601`);
      const place = { postgres: `${server!.connectionString}?options=${options}`, schema: 'zones' };
      const answer = await runChild<Answer>(child, [place], { TZ: zone });
      expect(answer).toMatchObject({ hour, failed: [] });
      zones.push(zone);
      expectSeen(answer.seen, [...zones].sort());
    }
  });
});
