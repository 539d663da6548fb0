import type { Chronos2Config } from '../checkpoint/checkpoint-config.js';

const f32 = Math.fround;

/** Cosines and sines of the angles by which queries and keys are rotated, `[positions, dKv / 2]` each. */
export interface RotaryTables {
  readonly positions: number;
  readonly cosines: Float32Array;
  readonly sines: Float32Array;
}

/** Returns the tables of every position that a network may see; angles are rounded to float32 as the reference's are. */
export function rotaryTables({
  dKv,
  ropeTheta,
  contextLength,
  patchSize,
  maxOutputPatches,
}: Chronos2Config): RotaryTables {
  const half = dKv / 2;
  const positions = Math.ceil(contextLength / patchSize) + 1 + maxOutputPatches;
  const cosines = new Float32Array(positions * half);
  const sines = new Float32Array(positions * half);
  for (let i = 0; i < half; i++) {
    const frequency = f32(1 / f32(ropeTheta ** f32((2 * i) / dKv)));
    for (let position = 0; position < positions; position++) {
      const angle = f32(position * frequency);
      cosines[position * half + i] = Math.cos(angle);
      sines[position * half + i] = Math.sin(angle);
    }
  }
  return { positions, cosines, sines };
}
