import { isForecastError } from '../../errors.js';

/** What Node calls the notice: `--disable-warning=CHRONOLIGHT_BUILTIN_RUNTIME` silences it. */
const CODE = 'CHRONOLIGHT_BUILTIN_RUNTIME';

let told = false;

/**
 * Says once a process that the built-in runtime computes, since no ONNX Runtime was found, and how to get the faster one: as a
 * warning of the process in Node, on the console elsewhere.
 *
 * @param missing the RUNTIME_MISSING error; runtimes that are installed and fail are named with their errors
 */
export function noticeBuiltin(missing: unknown): void {
  if (told) return;
  told = true;
  const cause = isForecastError(missing) ? missing.cause : undefined;
  const faults = (cause instanceof AggregateError ? (cause.errors as unknown[]) : [])
    .filter((error) => (error as { code?: unknown }).code === 'ERR_DLOPEN_FAILED')
    .map((error) => ` (onnxruntime-node is installed and fails: ${(error as Error).message})`);
  const text =
    'chronolight: no ONNX Runtime is installed or handed in, so Chronos runs on the built-in runtime. For large batches ' +
    `onnxruntime-node is faster: npm install onnxruntime-node; or pass runtime: 'builtin' to keep this one${faults.join('')}`;
  if (typeof process !== 'undefined' && typeof process.emitWarning === 'function')
    process.emitWarning(text, { type: 'Notice', code: CODE });
  else console.info(text);
}
