import type { DocumentedFeature } from '../../src/features/index.js';

const HEAD = `# Features

The columns of \`buildFeatures\`, one by one. This page is written from the library's own table by \`test/features/docs.test.ts\`,
which fails when the two differ; \`npx vitest run test/features/docs.test.ts -u\` writes it anew.

- **Row t is made of bars up to t alone.** Adding bars changes no earlier row by a bit.
- **Scale-free.** Multiplying all prices, or all volumes, by a power of two changes no bit; by another constant, only rounding.
- **Warm-up**: how many rows at the start are NaN for want of history. Later a value is NaN only where it is undefined, 0 / 0: no
  price change, no range or no volume in its whole window. There are no infinities: what overflows is NaN.
- **Recursive** features (marked ↻) never forget: their value depends, ever less, on where the series starts. The same bars from
  the same start give the same bits; train and predict on the same number of bars. All other values depend on their window alone,
  but for the last bits, in which the position of the window within the series shows.
- **Units**: returns, distances and volatilities are fractions (0.01 is 1 %), per bar and not annualised; oscillators have TA-Lib's
  units (0..100 or so). Volatilities are of log returns, returns and targets are simple.
- Where TA-Lib has the indicator its definition is followed, seeds of averages included, and checked to a relative 1e-9
  against its C library; the others against numpy (\`test/parity/features\`). Where TA-Lib says 0 for 0 / 0, the value is NaN here.

In the formulas C O H L V are a bar's close, open, high, low and volume; without an index they are those of bar t; \`mean(X, n)\`,
\`max(X, n)\`, \`min(X, n)\` run over the last n bars, bar t included.
`;

const TAIL = `## Targets

With \`withTargets\`, for each horizon h in bars: \`returns[t] = C[t+h] / C[t] - 1\`, and \`directions[t]\`: 2 (up) if the return is above
\`flatBand\` (0.003), 0 (down) if below \`-flatBand\`, else 1 (flat). The last h rows have none: NaN and -1.

## Features of your own

\`\`\`ts
const overnight = defineFeature('overnight', ({ open, close }) =>
  open.map((price, t) => (t === 0 ? NaN : price / close[t - 1] - 1)));
buildFeatures(bars, { features: [...DEFAULT_FEATURES, overnight] });
\`\`\`

The function gets the whole series and returns one number per bar. Before it is used, it is run again on shorter histories and on
ones whose later bars are others; if a row before the cut differs by more than a relative 1e-9, \`buildFeatures\` throws \`LOOKAHEAD\`
with the row, its date and both values. The check is a test on the prices at hand, not a proof; \`checkCausality(feature, series)\`
runs it by itself.
`;

/** Returns docs/features.md: every feature's formula, warm-up and source, by family. */
export function featuresPage(features: readonly DocumentedFeature[]): string {
  const families = [...new Set(features.map(({ family }) => family))];
  const sections = families.map((family) => {
    const rows = features
      .filter((feature) => feature.family === family)
      .map(({ name, formula, warmup, source, recursive }) => {
        return `| \`${name}\`${recursive ? ' ↻' : ''} | ${escaped(formula)} | ${warmup} | ${escaped(source)} |`;
      });
    return `## ${family[0].toUpperCase()}${family.slice(1)}\n\n| name | formula | warm-up | source |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  const count = `${features.length} features in ${families.length} families.\n`;
  return [HEAD, count, ...sections, TAIL].join('\n');
}

const escaped = (text: string) => text.replaceAll('|', '\\|').replaceAll('*', '\\*');
