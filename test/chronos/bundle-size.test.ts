import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { boltBundle, wholeBundle } from './chronos-bundle.js';

/** What a page downloads before its first forecast, minified, in bytes: issue 12, item 5. */
const BOLT_LIMIT = 80_000;
const ALL_LIMIT = 150_000;
const FOLDER = fileURLToPath(new URL('../../src/chronos', import.meta.url));

describe('the bundle of chronolight/chronos', () => {
  it('loads little for Chronos-Bolt alone: nothing of other families, of ONNX graphs, and of no package', async () => {
    const { bytes, sources } = await boltBundle(FOLDER);
    expect(
      sources.filter((source) => /node_modules|-graph\.ts|t5-network|t5\.ts|chronos2|bar-bolt/.test(source)),
    ).toEqual([]);
    expect(bytes).toBeLessThanOrEqual(BOLT_LIMIT);
  });

  it('is light with all families in one file', async () => {
    const { bytes, sources } = await wholeBundle(FOLDER);
    expect(sources.some((source) => source.endsWith('families/chronos2.ts'))).toBe(true);
    expect(bytes).toBeLessThanOrEqual(ALL_LIMIT);
  });
});
