/** Returns the weights that make the squares of design · w - target least, by normal equations and Cholesky with a ridge of 1e-9. */
export function leastSquares(design, target, width) {
  const gram = new Float64Array(width * width);
  const weights = new Float64Array(width);
  for (let row = 0; row < target.length; row++) {
    for (let i = 0; i < width; i++) {
      weights[i] += design[row * width + i] * target[row];
      for (let j = 0; j <= i; j++) gram[i * width + j] += design[row * width + i] * design[row * width + j];
    }
  }
  for (let i = 0; i < width; i++) gram[i * width + i] += 1e-9 * target.length;
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
