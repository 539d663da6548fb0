// Draws docs/public/fan.svg, the picture of README and site: what the library says with nothing configured, after the last close of 2019, of the
// S&P 500 (from the npm package vega-datasets, BSD-3-Clause) for each of the next 20 days, and the closes that came. Needs dist/.
//
//   node scripts/fan-picture.mjs [FILE]
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const BASE_DATE = '2019-12-31';
const DAYS = 20;
const LEVELS = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];
const SIZE = { width: 640, height: 340 };

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'fan-picture-'));
try {
  const [{ createContext, predict }, { us }, { csvPrices }] = await Promise.all(
    ['dist/index.js', 'dist/markets.js', 'dist/prices/csv.js'].map(
      (path) => import(new URL(`../${path}`, import.meta.url).href),
    ),
  );
  // the playground's own drawing, so that the two look alike
  const drawing = join(folder, 'drawing.mjs');
  await build({
    entryPoints: [join(root, 'site/playground/fan-picture.ts')],
    outfile: drawing,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  });
  const { fanPicture } = await import(drawing);

  await copyFile(join(root, 'node_modules/vega-datasets/data/sp500-2000.csv'), join(folder, 'SP500.csv'));
  const context = createContext({
    market: us,
    prices: csvPrices(folder),
    clock: () => new Date(`${BASE_DATE}T18:00:00-05:00`),
  });
  const horizons = Array.from({ length: DAYS }, (_, k) => k + 1);
  const { steps, baseDate } = await predict('SP500', context, { horizons });
  if (baseDate !== BASE_DATE) throw new Error(`the newest bar is of ${baseDate}`);
  const bars = await context.prices.getBars('SP500', { to: '2020-12-31' });
  const at = bars.findIndex(({ date }) => date === BASE_DATE);
  const seen = bars.slice(at - 119, at + 1);
  const came = bars.slice(at + 1, at + 1 + DAYS);

  const { svg, days, y } = fanPicture({
    ...SIZE,
    closes: seen.map(({ close }) => close),
    dates: seen.map(({ date }) => date),
    steps: horizons,
    quantiles: steps.map((step) => LEVELS.map((level) => step.quantile(level))),
    ahead: steps.map(({ targetDate }) => targetDate),
    price: (value) => value.toLocaleString('en-US', { maximumFractionDigits: 0 }),
  });
  const ahead = days.filter(({ step }) => step > 0);
  const path = came.map(({ close }, k) => `${ahead[k].x.toFixed(1)},${y(close).toFixed(1)}`);
  const inside = came.filter(
    ({ close }, k) => close >= steps[k].quantile(0.1) && close <= steps[k].quantile(0.9),
  ).length;
  const text =
    `The S&amp;P 500 up to ${BASE_DATE}, the forecast for each of the next ${DAYS} days (bands of 50, 80 and 95 %), ` +
    `and the closes that came: ${inside} of ${came.length} inside the 80 % band.`;
  const whole = svg
    .replace(' aria-hidden="true"', ' role="img" aria-labelledby="t"')
    .replace(
      />/,
      `><title id="t">${text}</title><style>${style()}</style><rect class="paper" width="100%" height="100%" rx="10"/>`,
    )
    .replace('</svg>', `<polyline class="came" points="${path.join(' ')}"/></svg>`);
  await writeFile(process.argv[2] ?? join(root, 'docs/public/fan.svg'), `${whole}\n`);
  console.log(`${text.replace('&amp;', '&')} ${(whole.length / 1000).toFixed(1)} kB`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

function style() {
  return (
    'text{font:13px system-ui,sans-serif;fill:#5b6470}.paper{fill:#fff}.grid{stroke:#ebedf0}.now{stroke:#5b6470;stroke-dasharray:3 4}' +
    '.seen,.came{fill:none;stroke:#1b1f24;stroke-width:1.6;stroke-linejoin:round}.came{stroke-dasharray:2 3}.median{fill:none;stroke:#5a3fc0;stroke-width:2.2}' +
    '.band{fill:#5a3fc0}.band95{opacity:.14}.band80{opacity:.2}.band50{opacity:.32}' +
    '@media (prefers-color-scheme:dark){text{fill:#a1a9b3}.paper{fill:#1b1f24}.grid{stroke:#262b31}.now{stroke:#a1a9b3}.seen,.came{stroke:#e8eaed}.median{stroke:#b3a1ff}.band{fill:#9b86ff}}'
  );
}
