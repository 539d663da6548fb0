import type { Say } from './say.js';

const ENTRIES = [
  [
    'Point, interval',
    'The point is the centre of the forecast. The close is meant to fall inside the 80% interval four times in five: neither more nor less.',
  ],
  [
    'Ahead',
    'Horizons count trading days. A forecast over 5 days made every day shares days with its neighbours, so its outcomes are fewer than they look.',
  ],
  [
    'Random walk, “no change”',
    'The forecast that the price stays where it is. Daily prices are hard to forecast: a point forecast that beats it by a percent is remarkable.',
  ],
  [
    'Base rate',
    'The share of the most frequent direction. A hit rate means nothing without it: in a rising market, always saying “up” is often right. Moves within ±0.3% count as flat unless the host set another band.',
  ],
  [
    'Members',
    'The models that forecast side by side. “Naive” is the one that the others are measured against: a random walk unless the host chose another. The ensemble is their mean at each level, weighted by what their outcomes have taught.',
  ],
] as const;

/** Returns the words that a reader needs. */
export function readingSection(say: Say): string {
  const items = ENTRIES.map(([term, text]) => `<dt>${say(term)}</dt><dd>${say(text)}</dd>`);
  return `<section class="reading" id="reading"><h2>${say('How to read this')}</h2><dl>${items.join('')}</dl></section>`;
}
