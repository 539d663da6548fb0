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

/** Returns a session over a function from feeds to results; once released it holds on to nothing. */
export function builtinSession(run: SessionRun): OrtSession {
  let network: SessionRun | undefined = run;
  return {
    async run(feeds: Tensors, fetches?: readonly string[]) {
      if (network === undefined) throw new ForecastError('MODEL_DISPOSED', 'chronos: the session has been released');
      return network(feeds, fetches);
    },
    async release() {
      network = undefined;
    },
  };
}
