/** A series ready for the network: normalised values, oldest first; NaN for missing ones. */
export type NormalisedSeries = Float64Array;

/** Rows of one run, all of the same number of patches. */
export interface PatchBatch {
  readonly rows: readonly number[];
  readonly patches: number;
}

/** Returns how many patches a series of that length fills; at least one. */
export function patchCount(length: number, patchSize: number): number {
  return Math.max(1, Math.ceil(length / patchSize));
}

/** Floats that the widest intermediate tensor of one run may have: 4 MiB, that caches hold; and shorter runs let other work in sooner. */
const RUN_FLOATS = 2 ** 20;

/** Returns how many rows of so many tokens one run takes. */
export function rowsPerRun({ dFf, numHeads }: { dFf: number; numHeads: number }, tokens: number): number {
  return Math.floor(RUN_FLOATS / (tokens * Math.max(dFf, numHeads * tokens)));
}

/**
 * Groups series by their number of patches and cuts the groups to at most `maxRows`.
 *
 * Padding a series to a longer one's patches would give the same numbers, since a patch without any value is masked, and
 * would cost time; a series so gets the numbers that it gets alone.
 */
export function patchBatches(
  lengths: readonly number[],
  patchSize: number,
  maxRows: (patches: number) => number,
): PatchBatch[] {
  const groups = new Map<number, number[]>();
  lengths.forEach((length, row) => {
    const patches = patchCount(length, patchSize);
    const group = groups.get(patches);
    if (group) group.push(row);
    else groups.set(patches, [row]);
  });
  const batches: PatchBatch[] = [];
  for (const [patches, rows] of groups) {
    const runs = Math.ceil(rows.length / Math.max(1, maxRows(patches)));
    // Equal runs: a short last one would read all weights for a few rows.
    const step = Math.ceil(rows.length / runs);
    for (let start = 0; start < rows.length; start += step)
      batches.push({ rows: rows.slice(start, start + step), patches });
  }
  return batches;
}

/** Values and mask of a batch, as a patch embedding takes them. */
export interface PatchFeeds {
  /** `[batch, patches, width]`: each patch's values begin at `valueOffset`, its mask at `valueOffset + patchSize`. */
  readonly data: Float32Array;
  /** `[batch, patches]`: 1 where the patch has an observed value. */
  readonly mask: Float32Array;
}

/**
 * Returns the feeds of a batch. A series is filled up on the left to whole patches; a missing value becomes 0 with mask 0.
 *
 * @param width values of one patch: `2 × patchSize`, or more when something stands before the values
 */
export function patchFeeds(
  series: readonly NormalisedSeries[],
  {
    patches,
    patchSize,
    width = 2 * patchSize,
    valueOffset = 0,
  }: { patches: number; patchSize: number; width?: number; valueOffset?: number },
): PatchFeeds {
  const data = new Float32Array(series.length * patches * width);
  const mask = new Float32Array(series.length * patches);
  series.forEach((values, row) => {
    const padding = patches * patchSize - values.length;
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (Number.isNaN(value)) continue;
      const patch = row * patches + Math.floor((padding + i) / patchSize);
      const place = patch * width + valueOffset + ((padding + i) % patchSize);
      data[place] = value;
      data[place + patchSize] = 1;
      mask[patch] = 1;
    }
  });
  return { data, mask };
}
