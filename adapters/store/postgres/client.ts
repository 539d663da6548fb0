/** What this package uses of a Postgres connection: a `Client` of pg has it. */
export interface PostgresClient {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[]; rowCount: number | null }>;
}

/** A connection lent by a pool. */
export interface PostgresPoolClient extends PostgresClient {
  release(error?: Error | boolean): void;
  on?(event: 'error', listener: (error: Error) => void): unknown;
  off?(event: 'error', listener: (error: Error) => void): unknown;
}

/** What this package uses of a pool: a `Pool` of pg has it. */
export interface PostgresPool {
  connect(): Promise<PostgresPoolClient>;
  on?(event: 'connect', listener: (client: PostgresPoolClient) => void): unknown;
  off?(event: 'connect', listener: (client: PostgresPoolClient) => void): unknown;
}

/** Lends connections, one caller each. */
export interface Connections {
  /** Whether a lost connection is followed by a new one, so that trying again makes sense. */
  readonly renews: boolean;
  with<T>(work: (client: PostgresClient) => Promise<T>): Promise<T>;
  end(): Promise<void>;
}

/** What a server that answered nothing for too long is taken for: lost. */
class NoAnswer extends Error {
  readonly code = 'ETIMEDOUT';
}

/** Returns what the promise comes to, unless that takes longer than `limitMs` (0: for ever). @throws NoAnswer */
export async function limited<T>(promise: Promise<T>, limitMs: number, what: string): Promise<T> {
  if (limitMs === 0) return promise;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`${what} within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns whether the error says that nothing came back: what is asked next would wait as long. */
export function isNoAnswer(error: unknown): boolean {
  return error instanceof NoAnswer;
}

/**
 * Lends a pool's connections. One that failed is not given back to the pool.
 *
 * @param connectTimeoutMs how long a free connection is waited for
 */
export function poolConnections(pool: PostgresPool, connectTimeoutMs: number, end: () => Promise<void>): Connections {
  // A server may greet a connection and end it in one breath, before the pool has lent it to anyone who listens.
  const guard = (client: PostgresPoolClient) => void client.on?.('error', () => {});
  pool.on?.('connect', guard);
  return {
    renews: true,
    async end() {
      pool.off?.('connect', guard);
      await end();
    },
    async with(work) {
      const lent = pool.connect();
      const client = await limited(lent, connectTimeoutMs, 'no connection').catch((error) => {
        // one that comes too late goes straight back
        if (isNoAnswer(error)) lent.then((late) => late.release()).catch(() => {});
        throw error;
      });
      let broken: Error | undefined;
      // pg ends the process for an error of a lent connection that nobody listens to
      const onError = (error: Error) => {
        broken = error;
      };
      client.on?.('error', onError);
      try {
        return await work(client);
      } catch (error) {
        broken ??= isLost(error) ? (error as Error) : undefined;
        throw error;
      } finally {
        client.off?.('error', onError);
        client.release(broken);
      }
    },
  };
}

/** Lends one connection to one caller after another. */
export function singleConnection(client: PostgresClient): Connections {
  let last: Promise<unknown> = Promise.resolve();
  return {
    renews: false,
    with(work) {
      const result = last.then(() => work(client));
      last = result.catch(() => {});
      return result;
    },
    async end() {
      await last;
    },
  };
}

/** SQLSTATEs (https://www.postgresql.org/docs/current/errcodes-appendix.html) and system errors of a connection that is gone. */
const LOST =
  /^(08...|57P0[1235]|25P03|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|EAI_AGAIN|ENOTFOUND)$/;
/** pg's own words, which have no code. */
const LOST_WORDS = /connection terminated|not queryable|timeout exceeded when trying to connect|client was closed/i;
/** Transactions that got in each other's way or took too long: serialization, deadlock, lock timeout, statement timeout. */
const CONFLICT = /^(40001|40P01|55P03|57014)$/;

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** Returns whether the connection is gone, or there was none to be had. */
export function isLost(error: unknown): boolean {
  return LOST.test(codeOf(error)) || (error instanceof Error && codeOf(error) === '' && LOST_WORDS.test(error.message));
}

/** Returns whether the same transaction may succeed when it is run again. */
export function isTransient(error: unknown): boolean {
  return isLost(error) || CONFLICT.test(codeOf(error));
}
