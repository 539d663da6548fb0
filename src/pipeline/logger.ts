/** Where the pipeline tells what it does, message first: `console` and winston fit. */
export interface MessageFirstLogger {
  info(message: string, detail?: object): void;
  warn(message: string, detail?: object): void;
}

/** A logger that takes what belongs to a message before it: pino (fastify's and NestJS's too), bunyan. */
export interface DetailFirstLogger {
  info(detail: object, message?: string): void;
  warn(detail: object, message?: string): void;
}

/** What a host logs with. */
export type Logger = MessageFirstLogger | DetailFirstLogger;

/**
 * Returns one shape for loggers of both: message first, and never throwing, since a log that fails is no reason to stop what
 * is logged.
 *
 * pino and bunyan drop an object behind the message without a word, so they are told apart by what only they have: pino's
 * `bindings()`, bunyan's `addStream()`. To them an error goes by the name `err`, by which they write its stack.
 *
 * @see https://github.com/pinojs/pino/blob/main/docs/api.md#logging-method-parameters
 */
export function toLogger(logger: Logger): MessageFirstLogger {
  const tell = (level: 'info' | 'warn') => (message: string, detail?: object) => {
    try {
      if (!isDetailFirst(logger)) {
        if (detail === undefined) logger[level](message);
        else logger[level](message, detail);
      } else logger[level](detail === undefined ? {} : withErr(detail), message);
    } catch {
      // Where would it be told?
    }
  };
  return { info: tell('info'), warn: tell('warn') };
}

function isDetailFirst(logger: Logger): logger is DetailFirstLogger {
  const { bindings, addStream } = logger as { bindings?: unknown; addStream?: unknown };
  return typeof bindings === 'function' || typeof addStream === 'function';
}

function withErr(detail: object): object {
  if (!('error' in detail && detail.error instanceof Error)) return detail;
  const { error: err, ...rest } = detail;
  return { err, ...rest };
}
