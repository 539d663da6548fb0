const DOUBLE_EPSILON = 2 ** -52;

/** Rows that the triangular solver takes at once; what lies between two such panels is summed up before it is subtracted. */
const PANEL = 4;

/**
 * Returns -A⁻¹ b, with every sum in the order in which Eigen 3.4 takes it for `-A.fullPivLu().inverse() * b`: on x86-64 without
 * fused multiply-add the same doubles, up to 120 rows (from there on Eigen cuts sums by the size of the processor's cache).
 *
 * Of a singular matrix, what lies below the rank is taken for 0, as Eigen does.
 *
 * @param a [n × n], column-major; overwritten.
 * @param b [n]
 */
export function negatedSolution(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const { rowOrder, columnOrder, rank } = decompose(a, n);
  const inverse = new Float64Array(n * n);
  const column = new Float64Array(n);
  for (let j = 0; rank > 0 && j < n; j++) {
    for (let i = 0; i < n; i++) column[i] = rowOrder[i] === j ? 1 : 0;
    solveUnitLower(a, n, column);
    solveUpper(a, n, rank, column);
    for (let i = 0; i < rank; i++) inverse[columnOrder[i] + j * n] = column[i];
  }
  const solution = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += inverse[i + j * n] * b[j];
    solution[i] = -sum;
  }
  return solution;
}

/** Gaussian elimination in place, each pivot the largest of what is left, the first by columns where several are. */
function decompose(a: Float64Array, n: number): { rowOrder: number[]; columnOrder: number[]; rank: number } {
  const rowOrder = Array.from({ length: n }, (_, i) => i);
  const columnOrder = Array.from({ length: n }, (_, i) => i);
  let pivots = n;
  let largestPivot = 0;
  for (let k = 0; k < n; k++) {
    let [row, column] = [k, k];
    let largest = Math.abs(a[k + k * n]);
    for (let j = k; j < n; j++) {
      for (let i = k; i < n; i++) {
        const size = Math.abs(a[i + j * n]);
        if (size > largest) [largest, row, column] = [size, i, j];
      }
    }
    if (largest === 0) {
      pivots = k;
      break;
    }
    if (largest > largestPivot) largestPivot = largest;
    if (row !== k) swapRows(a, n, k, row);
    if (column !== k) swapColumns(a, n, k, column);
    [rowOrder[k], rowOrder[row]] = [rowOrder[row], rowOrder[k]];
    [columnOrder[k], columnOrder[column]] = [columnOrder[column], columnOrder[k]];
    const pivot = a[k + k * n];
    for (let i = k + 1; i < n; i++) a[i + k * n] /= pivot;
    for (let j = k + 1; j < n; j++) {
      const factor = a[k + j * n];
      for (let i = k + 1; i < n; i++) a[i + j * n] -= factor * a[i + k * n];
    }
  }
  const least = largestPivot * (DOUBLE_EPSILON * n);
  let rank = 0;
  for (let i = 0; i < pivots; i++) if (Math.abs(a[i + i * n]) > least) rank++;
  return { rowOrder, columnOrder, rank };
}

function swapRows(a: Float64Array, n: number, first: number, second: number): void {
  for (let j = 0; j < n; j++) {
    const kept = a[first + j * n];
    a[first + j * n] = a[second + j * n];
    a[second + j * n] = kept;
  }
}

function swapColumns(a: Float64Array, n: number, first: number, second: number): void {
  for (let i = 0; i < n; i++) {
    const kept = a[i + first * n];
    a[i + first * n] = a[i + second * n];
    a[i + second * n] = kept;
  }
}

function solveUnitLower(lu: Float64Array, n: number, c: Float64Array): void {
  for (let begin = 0; begin < n; begin += PANEL) {
    const end = Math.min(begin + PANEL, n);
    for (let i = begin; i < end; i++) {
      for (let below = i + 1; below < end; below++) c[below] -= c[i] * lu[below + i * n];
    }
    for (let row = end; row < n; row++) c[row] -= panelSum(lu, n, row, begin, end, c);
  }
}

function solveUpper(lu: Float64Array, n: number, rank: number, c: Float64Array): void {
  for (let end = rank; end > 0; end -= PANEL) {
    const begin = Math.max(0, end - PANEL);
    for (let i = end - 1; i >= begin; i--) {
      c[i] *= 1 / lu[i + i * n];
      for (let above = begin; above < i; above++) c[above] -= c[i] * lu[above + i * n];
    }
    for (let row = 0; row < begin; row++) c[row] -= panelSum(lu, n, row, begin, end, c);
  }
}

function panelSum(lu: Float64Array, n: number, row: number, begin: number, end: number, c: Float64Array): number {
  let sum = 0;
  for (let k = begin; k < end; k++) sum += lu[row + k * n] * c[k];
  return sum;
}
