import { ForecastError } from '../../../errors.js';
import type { OrtRuntime, OrtSession, OrtTensor } from '../runtime.js';

/** A tensor of the built-in runtime: values and their shape. */
export class PlainTensor implements OrtTensor {
  readonly data: unknown;
  readonly dims: readonly number[];

  constructor(_type: 'float32' | 'int32', data: unknown, dims: readonly number[]) {
    this.data = data;
    this.dims = dims;
  }
}

/** The built-in runtime where a model makes its tensors. It reads no graphs: sessions are opened by family. */
export const BUILTIN: OrtRuntime = {
  InferenceSession: {
    create: () =>
      Promise.reject(new ForecastError('RUNTIME_MISSING', 'chronos: the built-in runtime reads no ONNX graphs')),
  },
  Tensor: PlainTensor,
};

/** Feeds or results of a session, by name. */
export type Tensors = Readonly<Record<string, OrtTensor>>;

/** What a session of the built-in runtime does: all outputs, or those that are fetched. */
export type SessionRun = (feeds: Tensors, fetches?: readonly string[]) => Promise<Tensors>;

/**
 * Returns a session over a function from feeds to results; once released it holds on to nothing. A run begins at once if none is under way, and
 * otherwise after those that are: they work in the same memory.
 */
export function builtinSession(run: SessionRun): OrtSession {
  let network: SessionRun | undefined = run;
  let last: Promise<unknown> | undefined;
  const begin: SessionRun = async (feeds, fetches) => {
    if (network === undefined) throw new ForecastError('MODEL_DISPOSED', 'chronos: the session has been released');
    return network(feeds, fetches);
  };
  return {
    run(feeds: Tensors, fetches?: readonly string[]) {
      const result = last === undefined ? begin(feeds, fetches) : last.then(() => begin(feeds, fetches));
      const ended = result
        .catch(() => {})
        .then(() => {
          if (last === ended) last = undefined;
        });
      last = ended;
      return result;
    },
    async release() {
      network = undefined;
    },
  };
}
