import { expect, it } from 'vitest';
import { fanPicture } from '../../site/playground/fan-picture.js';
import { LEVELS } from '../../site/playground/forecast.js';
import { priceText } from '../../site/playground/price-text.js';

it.each([
  [72_300, 'KRW', 72_300.4, '72\u202f300'],
  [6032.38, 'USD', 6032.384, '6\u202f032.38'],
  [8.4e-6, 'USD', 8.4e-6, '0.000008400'],
  [8.4e-6, '', 9.1e-6, '0.000009100'],
  [2.4e-12, '', 2.4e-12, '0.000000000002400'],
  [0.5, 'KRW', 0.5, '0.5000'],
  [1.08, '', 0.0041, '0.004100'],
])('with a newest close of %d %s the page writes %d as %s', (last, currency, value, text) => {
  expect(priceText(last, currency)(value)).toBe(text);
});

it.each([8.4e-6, 1.0832, 72_300])('the labels of a fan around %d differ, and say the price', (base) => {
  const closes = Array.from({ length: 30 }, (_, i) => base * (1 + 1e-4 * Math.sin(i)));
  const { svg } = fanPicture({
    closes,
    dates: closes.map((_, i) => `2024-03-${String(i + 1).padStart(2, '0')}`),
    steps: [1],
    quantiles: [LEVELS.map((level) => base * (1 + 1e-4 * (level - 0.5)))],
    ahead: ['2024-04-01'],
    width: 800,
    height: 400,
    price: priceText(base, base > 100 ? 'KRW' : ''),
  });
  const labels = [...svg.matchAll(/text-anchor="end">([^<]*)</g)]
    .map(([, text]) => text)
    .filter((text) => !text.includes('-'));
  expect(labels.length).toBeGreaterThan(2);
  expect(new Set(labels).size).toBe(labels.length);
  for (const label of labels) expect(Math.abs(Number(label.replace(/[,\u202f]/g, '')) / base - 1)).toBeLessThan(1e-3);
});
