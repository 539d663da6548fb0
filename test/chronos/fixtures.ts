import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { memorySource, openSafetensors, type Safetensors } from '../../src/chronos/checkpoint/safetensors.js';

/** The path of a tiny checkpoint that test/parity/chronos made. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/chronos/${name}`, import.meta.url));
}

/** The reference's numbers for that checkpoint. */
export function goldens(name: string): Safetensors {
  return openSafetensors(memorySource(name, readFileSync(`${fixture(name)}/goldens.safetensors`)));
}

/** The names of a golden file's cases: what stands before the first slash. */
export function caseNames(file: Safetensors): string[] {
  return [...new Set([...file.tensors.keys()].map((key) => key.split('/')[0]))];
}

/** Population standard deviation of the observed values in the last `length`; 1 when there are none. */
export function spread(values: ArrayLike<number>, length = values.length): number {
  const seen = Array.from(values)
    .slice(-length)
    .filter((value) => !Number.isNaN(value));
  if (seen.length === 0) return 1;
  const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
  return Math.sqrt(seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / seen.length);
}

/** The distance of neighbouring float32 numbers at `value`: the reference writes its results as float32. */
export function ulp32(value: number): number {
  return 2 ** (Math.floor(Math.log2(Math.max(Math.abs(value), 2 ** -126))) - 23);
}
