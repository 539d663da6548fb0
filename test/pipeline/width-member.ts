import type { Member } from '../../src/ensemble/index.js';
import { normalQuantile } from '../../src/stats/index.js';

const levels = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** A member whose model is a width in daily volatilities, one a code; what it is to publish next is set from outside. */
export function widthMember(): { member: Member; next: { [key: string]: string } } {
  const next: { [key: string]: string } = {};
  const member: Member = {
    name: 'width',
    prior: 1,
    async forecast(batch, { horizons, models }) {
      return Promise.all(
        batch.map(async ({ code, series }) => {
          const width = await models?.get(`_width_${code}`);
          if (width === undefined) return new Map();
          const close = series.close[series.length - 1];
          const step = (horizon: number) => ({
            levels,
            quantiles: levels.map(
              (p) => close * Math.exp(0.015 * Number(width) * Math.sqrt(horizon) * normalQuantile(p)),
            ),
          });
          return new Map(horizons.map((horizon) => [horizon, step(horizon)]));
        }),
      );
    },
    async retrain({ horizons, publish, report }) {
      const stands = await publish(Object.entries(next).map(([key, text]) => ({ key, text })));
      report([{ code: 'A', horizon: horizons[0], status: stands ? 'published' : 'kept' }]);
    },
  };
  return { member, next };
}
