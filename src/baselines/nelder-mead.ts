/** Where a search ended. */
export interface Minimum {
  point: Float64Array;
  value: number;
  /** Whether the simplex had shrunk to the tolerance before the evaluations ran out. */
  converged: boolean;
}

/**
 * Returns a local minimum by Nelder and Mead's simplex search, without derivatives.
 *
 * @param objective of a point; NaN and Infinity count as the worst
 * @param start first corner of the simplex; the others lie `step` away along each axis
 * @param options.tolerance spread of the values at the corners at which the search ends
 * @see Nelder & Mead 1965, The Computer Journal 7; coefficients 1, 2, 1/2, 1/2
 */
export function nelderMead(
  objective: (point: Float64Array) => number,
  start: Float64Array,
  {
    step = 0.5,
    tolerance = 1e-9,
    evaluations = 2000,
  }: { step?: number; tolerance?: number; evaluations?: number } = {},
): Minimum {
  const dimensions = start.length;
  let spent = 0;
  const corner = (point: Float64Array) => {
    spent++;
    const value = objective(point);
    return { point, value: Number.isNaN(value) ? Infinity : value };
  };
  let corners = [corner(start.slice())];
  for (let axis = 0; axis < dimensions; axis++) corners.push(corner(start.map((x, i) => (i === axis ? x + step : x))));

  let converged = false;
  while (spent < evaluations) {
    corners.sort((a, b) => a.value - b.value);
    const best = corners[0];
    const worst = corners[dimensions];
    converged = worst.value - best.value <= tolerance;
    if (converged) break;
    const centre = new Float64Array(dimensions);
    for (let k = 0; k < dimensions; k++) {
      for (let i = 0; i < dimensions; i++) centre[i] += corners[k].point[i] / dimensions;
    }
    const along = (share: number) => corner(centre.map((x, i) => x + share * (worst.point[i] - x)));
    const reflected = along(-1);
    if (reflected.value < best.value) {
      const expanded = along(-2);
      corners[dimensions] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < corners[dimensions - 1].value) {
      corners[dimensions] = reflected;
    } else {
      const contracted = along(reflected.value < worst.value ? -0.5 : 0.5);
      if (contracted.value < Math.min(reflected.value, worst.value)) corners[dimensions] = contracted;
      else {
        const shrunk = ({ point }: { point: Float64Array }) => corner(point.map((x, i) => (x + best.point[i]) / 2));
        corners = [best, ...corners.slice(1).map(shrunk)];
      }
    }
  }
  corners.sort((a, b) => a.value - b.value);
  return { ...corners[0], converged };
}
