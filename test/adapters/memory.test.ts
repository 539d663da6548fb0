import { expect, test } from 'vitest';
import { memoryPrices } from '../../adapters/prices/memory.js';
import { memoryModels, memoryStore } from '../../adapters/store/memory.js';
import { modelStoreSuite, priceSourceSuite, storeSuite } from '../../src/testing/index.js';
import { sampleBars } from '../../src/testing/samples.js';

const supports = { persistent: 'it lives in one process', shared: 'it lives in one process', corruptRows: 'no medium' };
storeSuite({ test, open: () => memoryStore(), supports });
modelStoreSuite({ test, open: () => memoryModels(), supports: { persistent: 'it lives in one process' } });
priceSourceSuite({ test, open: (bars) => memoryPrices(bars) });

test('memoryPrices takes a plain object and bars in any order', async () => {
  const bars = sampleBars(['2024-01-02', '2024-01-03', '2024-01-04']);
  const prices = memoryPrices({ A: [...bars].reverse() });
  expect(await prices.getBars('A', {})).toEqual(bars);
});

test('memoryPrices refuses two bars of one day, and a bar without a date', () => {
  const [bar] = sampleBars(['2024-01-02']);
  expect(() => memoryPrices({ A: [bar, { ...bar }] })).toThrow(expect.objectContaining({ code: 'DUPLICATE_DATE' }));
  expect(() => memoryPrices({ A: [{ ...bar, date: '' }] })).toThrow(expect.objectContaining({ code: 'INVALID_DATE' }));
});
