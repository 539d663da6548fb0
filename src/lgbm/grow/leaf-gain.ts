/** What of the parameters shapes the value and gain of a leaf. */
export interface Regularisation {
  readonly lambda_l1: number;
  readonly lambda_l2: number;
  readonly max_delta_step: number;
}

/** Returns the best constant for rows with these sums of gradients and hessians. */
export function leafOutput(gradient: number, hessian: number, params: Regularisation): number {
  const { lambda_l1, lambda_l2, max_delta_step } = params;
  const output =
    lambda_l1 > 0 ? -shrunk(gradient, lambda_l1) / (hessian + lambda_l2) : -gradient / (hessian + lambda_l2);
  return max_delta_step > 0 && Math.abs(output) > max_delta_step ? Math.sign(output) * max_delta_step : output;
}

/** Returns twice the improvement of the objective that the best constant brings for rows with these sums. */
export function leafGain(gradient: number, hessian: number, params: Regularisation): number {
  const { lambda_l1, lambda_l2, max_delta_step } = params;
  const g = lambda_l1 > 0 ? shrunk(gradient, lambda_l1) : gradient;
  if (max_delta_step > 0) {
    const output = leafOutput(gradient, hessian, params);
    return -(2 * g * output + (hessian + lambda_l2) * output * output);
  }
  return (g * g) / (hessian + lambda_l2);
}

/** Soft threshold of L1 regularisation. */
function shrunk(gradient: number, l1: number): number {
  return Math.sign(gradient) * Math.max(0, Math.abs(gradient) - l1);
}
