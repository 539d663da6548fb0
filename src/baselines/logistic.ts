/** Returns 1 / (1 + exp(-x)), in (0, 1): where a search without bounds looks for a share. */
export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Returns the x whose logistic is `p`, in (0, 1). */
export function logit(p: number): number {
  return Math.log(p / (1 - p));
}
