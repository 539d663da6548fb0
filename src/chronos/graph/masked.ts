/**
 * What masks add to a score that must not count. In float32 it swallows the score, so that a row with nothing to read averages
 * all keys alike, as in the reference; its own choice, the least finite value, makes ONNX Runtime return zeros for such a row.
 */
export const MASKED = -1e30;
