/** Returns the weighted mean of labels, summed in row order as native does on one thread. */
export function labelMean(labels: Float32Array, weights: Float32Array | undefined): number {
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < labels.length; i++) {
    const w = weights ? weights[i] : 1;
    sum += labels[i] * w;
    weight += w;
  }
  return sum / weight;
}

/** Returns what a regression fits: the labels, or with reg_sqrt the signed roots of them. */
export function regressionTarget(labels: Float32Array, { reg_sqrt }: { readonly reg_sqrt: boolean }): Float32Array {
  return reg_sqrt ? labels.map((y) => Math.sign(y) * Math.fround(Math.sqrt(Math.abs(y)))) : labels;
}

/** Returns an objective's name as model text has it. */
export function regressionText(name: string, { reg_sqrt }: { readonly reg_sqrt: boolean }): string {
  return reg_sqrt ? `${name} sqrt` : name;
}
