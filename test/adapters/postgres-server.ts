import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A PostgreSQL server of the tests' own. */
export interface PostgresServer {
  connectionString: string;
  /** Stops it as a crash would, and starts it again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Returns the folder of the newest installed PostgreSQL's programs, or undefined. */
export function postgresPrograms(): string | undefined {
  const fromPath = (process.env['PATH'] ?? '').split(':').find((folder) => existsSync(join(folder, 'initdb')));
  if (fromPath !== undefined) return fromPath;
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  const newest = versions.map(Number).sort((a, b) => b - a)[0];
  return newest === undefined ? undefined : `/usr/lib/postgresql/${newest}/bin`;
}

/** The title of what runs on a server of the tests' own; where there can be none, it says why that is skipped. */
export const POSTGRES =
  postgresPrograms() === undefined
    ? 'PostgreSQL (skipped: no PostgreSQL programs found; pglite.test.ts runs the same statements)'
    : 'PostgreSQL';

/**
 * Starts a server on a free port of this machine, in a folder that is gone when it is stopped. Root does it as user postgres.
 *
 * @param durable whether commits wait for the disk, as a host's server does; default false
 */
export async function startPostgres(programs: string, { durable = false } = {}): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'chronolight-postgres-'));
  const asRoot = process.getuid?.() === 0;
  if (asRoot) {
    const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
    await chown(folder, await id('-u'), await id('-g'));
  }
  await chmod(folder, 0o700);
  const data = join(folder, 'data');
  const port = await freePort();
  const call = (program: string, args: string[]) => {
    const path = join(programs, program);
    const [file, rest] = asRoot ? ['runuser', ['-u', 'postgres', '--', path, ...args]] : [path, args];
    return run(file, rest, { cwd: folder });
  };
  await call('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync']);
  // fsync guards against a machine that fails, which no test does; commits stay synchronous, since servers are killed
  const settings = [
    `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c max_connections=60`,
    `${durable ? '' : '-c fsync=off -c full_page_writes=off '}-c deadlock_timeout=200ms`,
  ].join(' ');
  const start = () => call('pg_ctl', ['-D', data, '-w', '-l', join(folder, 'log'), '-o', settings, 'start']);
  const stop = () => call('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']);
  await start();
  return {
    connectionString: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async restart() {
      await stop();
      await start();
    },
    async stop() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Runs a test's work with a server of its own, which is stopped whatever comes of it. */
export async function withPostgres(programs: string, work: (server: PostgresServer) => Promise<void>): Promise<void> {
  const server = await startPostgres(programs);
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}
