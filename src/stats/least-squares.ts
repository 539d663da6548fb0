/** Added to the diagonal, as a share of its mean: enough for columns that are 0 or multiples of one another. */
const RIDGE = 1e-12;

/**
 * Returns the weights w that make the squares of design · w - target least, by normal equations and Cholesky.
 *
 * Columns that depend on one another share the weight (a ridge of 1e-12), so there always is an answer.
 *
 * @param design [rows × width], row-major, finite; rows beyond those of the target are left out
 * @param target [rows]
 * @returns [width]
 */
export function leastSquares(design: Float64Array, target: Float64Array, width: number): Float64Array {
  return pooledLeastSquares([{ design, target }], width);
}

/**
 * Returns the weights of one regression over the rows of several designs, without a copy of them all: see leastSquares.
 *
 * @param parts consumed one at a time, so they may be made as they are asked for
 */
export function pooledLeastSquares(
  parts: Iterable<{ design: Float64Array; target: Float64Array }>,
  width: number,
): Float64Array {
  const gram = new Float64Array(width * width);
  const weights = new Float64Array(width);
  for (const { design, target } of parts) {
    for (let row = 0; row < target.length; row++) {
      const at = row * width;
      for (let i = 0; i < width; i++) {
        weights[i] += design[at + i] * target[row];
        for (let j = 0; j <= i; j++) gram[i * width + j] += design[at + i] * design[at + j];
      }
    }
  }
  // The factor L replaces the lower half of the matrix: gram = L · Lᵀ.
  let trace = 0;
  for (let i = 0; i < width; i++) trace += gram[i * width + i];
  for (let i = 0; i < width; i++) gram[i * width + i] += (RIDGE * trace) / width;
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = gram[i * width + j];
      for (let k = 0; k < j; k++) rest -= gram[i * width + k] * gram[j * width + k];
      gram[i * width + j] = i === j ? Math.sqrt(rest) : rest / gram[j * width + j];
    }
  }
  for (let i = 0; i < width; i++) {
    for (let k = 0; k < i; k++) weights[i] -= gram[i * width + k] * weights[k];
    weights[i] /= gram[i * width + i];
  }
  for (let i = width - 1; i >= 0; i--) {
    for (let k = i + 1; k < width; k++) weights[i] -= gram[k * width + i] * weights[k];
    weights[i] /= gram[i * width + i];
  }
  return weights;
}
