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

// Of no use to whoever gives a command: that Node calls its SQLite experimental, and which runtime Chronos runs on (`doctor` tells)
const NOT_TOLD = [/^SQLite is an experimental feature/, /^chronolight: no ONNX Runtime is installed(?!.* and fails)/];
const { emitWarning } = process;
process.emitWarning = (...warning: unknown[]) => {
  if (!NOT_TOLD.some((text) => text.test(String(warning[0])))) Reflect.apply(emitWarning, process, warning);
};

const { stdout, stderr, env } = process;
process.exitCode = await run(process.argv.slice(2), {
  stdout,
  stderr,
  env,
  cwd: process.cwd(),
  signal: stopping.signal,
});
