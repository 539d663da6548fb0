import { expect, test } from 'vitest';
import { newestInputs } from '../../src/members/pooled/newest-inputs.js';
import { OWN_INPUTS, ownInputs } from '../../src/members/pooled/own-inputs.js';
import { instrumentHistory } from '../../src/members/pooled/pooled-rows.js';
import { parseSeries } from '../../src/series/index.js';
import { clusteredBars } from './simulated-instruments.js';

test('what a regression sees of the newest bar is, to the bit, the last row of what training sees', () => {
  const bars = clusteredBars(3, { count: 340 });
  for (const count of [2, 3, 23, 67, 249, 250, 251, 340]) {
    const series = parseSeries(bars.slice(0, count));
    const { sigma, history, location } = instrumentHistory(series);
    const row = ownInputs(history, sigma).subarray(-OWN_INPUTS.length);
    expect(newestInputs(series)).toEqual({
      date: bars[count - 1].date,
      sigma: sigma[count - 1],
      location: location[count - 1],
      values: new Map(OWN_INPUTS.map((name, k) => [name, row[k]])),
    });
  }
});
