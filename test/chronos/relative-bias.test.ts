import { describe, expect, it } from 'vitest';
import { type BucketRule, biasTable, relativeBucket } from '../../src/chronos/graph/relative-bias.js';

/** "distance:bucket" at every distance of -9000..9000 where the bucket changes: T5Attention._relative_position_bucket of transformers 5.23.0. */
const REFERENCE: [BucketRule, string][] = [
  [
    { buckets: 32, maxDistance: 128, bidirectional: true },
    '-9000:15 -90:14 -63:13 -45:12 -31:11 -22:10 -15:9 -11:8 -7:7 -6:6 -5:5 -4:4 -3:3 -2:2 -1:1 0:0 1:17 2:18 3:19 4:20 5:21 6:22 7:23 8:24 12:25 16:26 23:27 32:28 46:29 64:30 91:31',
  ],
  [
    { buckets: 32, maxDistance: 128, bidirectional: false },
    '-9000:31 -112:30 -98:29 -86:28 -76:27 -66:26 -58:25 -51:24 -45:23 -39:22 -34:21 -30:20 -26:19 -23:18 -20:17 -18:16 -15:15 -14:14 -13:13 -12:12 -11:11 -10:10 -9:9 -8:8 -7:7 -6:6 -5:5 -4:4 -3:3 -2:2 -1:1 0:0',
  ],
  [
    { buckets: 64, maxDistance: 256, bidirectional: true },
    '-9000:31 -215:30 -181:29 -152:28 -127:27 -107:26 -90:25 -76:24 -63:23 -53:22 -45:21 -38:20 -31:19 -26:18 -22:17 -19:16 -15:15 -14:14 -13:13 -12:12 -11:11 -10:10 -9:9 -8:8 -7:7 -6:6 -5:5 -4:4 -3:3 -2:2 -1:1 0:0 1:33 2:34 3:35 4:36 5:37 6:38 7:39 8:40 9:41 10:42 11:43 12:44 13:45 14:46 15:47 16:48 20:49 23:50 27:51 32:52 39:53 46:54 54:55 64:56 77:57 91:58 108:59 128:60 153:61 182:62 216:63',
  ],
  [
    { buckets: 32, maxDistance: 100, bidirectional: false },
    '-9000:31 -89:30 -79:29 -70:28 -63:27 -56:26 -50:25 -44:24 -39:23 -35:22 -31:21 -28:20 -25:19 -22:18 -20:17 -17:16 -15:15 -14:14 -13:13 -12:12 -11:11 -10:10 -9:9 -8:8 -7:7 -6:6 -5:5 -4:4 -3:3 -2:2 -1:1 0:0',
  ],
];

describe('relativeBucket', () => {
  it.each(REFERENCE)('equals the reference at every distance: %o', (rule, changes) => {
    const seen: string[] = [];
    let last: number | undefined;
    for (let distance = -9000; distance <= 9000; distance++) {
      const bucket = relativeBucket(distance, rule);
      if (bucket !== last) seen.push(`${distance}:${bucket}`);
      last = bucket;
    }
    expect(seen.join(' ')).toBe(changes);
  });
});

describe('biasTable', () => {
  it('holds the biases of every distance that so many positions can have', () => {
    const rule = { buckets: 32, maxDistance: 128, bidirectional: true };
    const weights = Float32Array.from({ length: 64 }, (_, i) => i);
    const table = biasTable(weights, 2, 100, rule);
    expect(table).toHaveLength(2 * 199);
    for (const distance of [-99, -8, 0, 5, 99]) {
      const bucket = relativeBucket(distance, rule);
      expect([...table.slice(2 * (distance + 99), 2 * (distance + 100))]).toEqual([2 * bucket, 2 * bucket + 1]);
    }
  });
});
