/**
 * Returns weights `[outputs, inputs]` as symmetric int8 with one scale an output, transposed to `[inputs, outputs]`
 * as DynamicQuantizeMatMul takes them: weight ≈ value × scale.
 */
export function quantizeColumns(
  weights: Float32Array,
  outputs: number,
  inputs: number,
): { values: Int8Array; scales: Float32Array } {
  const values = new Int8Array(outputs * inputs);
  const scales = new Float32Array(outputs);
  for (let out = 0; out < outputs; out++) {
    const row = out * inputs;
    let largest = 0;
    for (let i = 0; i < inputs; i++) largest = Math.max(largest, Math.abs(weights[row + i]));
    const scale = largest > 0 ? largest / 127 : 1;
    scales[out] = scale;
    for (let i = 0; i < inputs; i++) values[i * outputs + out] = Math.round(weights[row + i] / scale);
  }
  return { values, scales };
}
