/** The unsigned 8-bit number that stands for 0. */
export const INT8_MIDDLE = 128;

/**
 * Returns weights `[outputs, inputs]` as unsigned 8-bit numbers with one scale an output, transposed to `[inputs, outputs]` as
 * MatMulInteger takes them: weight ≈ (value − 128) × scale.
 */
export function quantizeColumns(
  weights: Float32Array,
  outputs: number,
  inputs: number,
): { values: Uint8Array; scales: Float32Array } {
  const values = new Uint8Array(outputs * inputs);
  const scales = new Float32Array(outputs);
  for (let out = 0; out < outputs; out++) {
    const row = out * inputs;
    let largest = 0;
    for (let i = 0; i < inputs; i++) largest = Math.max(largest, Math.abs(weights[row + i]));
    const scale = largest > 0 ? largest / 127 : 1;
    scales[out] = scale;
    for (let i = 0; i < inputs; i++) values[i * outputs + out] = INT8_MIDDLE + Math.round(weights[row + i] / scale);
  }
  return { values, scales };
}
