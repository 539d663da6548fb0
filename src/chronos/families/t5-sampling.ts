import { portableExp } from '../../stats/index.js';
import { noForecast } from './model-call.js';

/** How a token is drawn from logits. */
export interface SamplingRule {
  readonly temperature: number;
  /** Only the `topK` likeliest tokens may be drawn, and those as likely as the last of them; 0: all. */
  readonly topK: number;
  /** Only the likeliest tokens that together have this probability may be drawn; 1: all. */
  readonly topP: number;
  /** A token that is never drawn: the end of the sequence, since paths have a set length. */
  readonly forbidden: number;
}

/**
 * Returns a token drawn from one row of logits, in the order of steps of Hugging Face's generate: the forbidden token out,
 * temperature, top-k, top-p, then one draw by the inverse of the cumulative distribution over ascending tokens.
 *
 * @param uniform a uniform number in (0, 1)
 * @throws ForecastError NO_FORECAST when no logit is a number
 */
export function drawToken(logits: Float32Array, rule: SamplingRule, uniform: number): number {
  const { temperature, topK, topP, forbidden } = rule;
  const allowed = topK > 0 && topK < logits.length - 1 ? kthLargest(logits, topK, forbidden) : -Infinity;
  const kept: number[] = [];
  let largest = -Infinity;
  for (let id = 0; id < logits.length; id++) {
    if (id === forbidden || !(logits[id] >= allowed)) continue;
    kept.push(id);
    if (logits[id] > largest) largest = logits[id];
  }
  if (kept.length === 0) throw noForecast('forecast');
  let weights = kept.map((id) => portableExp((logits[id] - largest) / temperature));
  if (topP < 1) weights = nucleus(weights, topP);
  let left = uniform * weights.reduce((sum, weight) => sum + weight, 0);
  let drawn = kept[0];
  for (let i = 0; i < kept.length; i++) {
    if (weights[i] === 0) continue;
    drawn = kept[i];
    left -= weights[i];
    if (left < 0) break;
  }
  return drawn;
}

/** The k-th largest logit apart from the forbidden token's, by a heap of the k largest. */
function kthLargest(logits: Float32Array, k: number, forbidden: number): number {
  const heap = new Float32Array(k).fill(-Infinity);
  for (let id = 0; id < logits.length; id++) {
    const value = logits[id];
    if (!(value > heap[0]) || id === forbidden) continue;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= k) break;
      if (child + 1 < k && heap[child + 1] < heap[child]) child++;
      if (heap[child] >= value) break;
      heap[place] = heap[child];
      place = child;
    }
    heap[place] = value;
  }
  return heap[0];
}

/** Sets the weights outside the smallest set of likeliest tokens that reaches `topP` to 0. */
function nucleus(weights: readonly number[], topP: number): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const order = weights.map((_, i) => i).sort((a, b) => weights[b] - weights[a]);
  const kept = new Array<number>(weights.length).fill(0);
  let before = 0;
  for (const i of order) {
    if (before >= topP * total) break;
    kept[i] = weights[i];
    before += weights[i];
  }
  return kept;
}
