#!/usr/bin/env node
import { run } from './run.js';

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // who asks twice does not want to wait
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort(new DOMException(`stopped by ${name}`, 'AbortError'));
  });
}
// `| head` closes the pipe: nobody reads on, and that is no failure
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

// Node calls its SQLite experimental at every start: nothing that whoever gives a command could do anything about
const { emitWarning } = process;
process.emitWarning = (...warning: unknown[]) => {
  if (!String(warning[0]).startsWith('SQLite is an experimental feature')) Reflect.apply(emitWarning, process, warning);
};

const { stdout, stderr, env } = process;
process.exitCode = await run(process.argv.slice(2), {
  stdout,
  stderr,
  env,
  cwd: process.cwd(),
  signal: stopping.signal,
});
