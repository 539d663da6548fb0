import type { EChartsOption } from 'echarts';
import { axisLook, axisText, labelGap } from './chart-frame.js';
import type { LegendEntry } from './chart-legend.js';
import type { ChartSize } from './echarts-svg.js';
import type { MatchedForecast } from './matched-forecasts.js';
import { dayText, horizonText } from './number-text.js';
import { colour } from './palette.js';
import type { Say } from './say.js';

/** Days shown: a phone has no room for more. */
const DAYS_SHOWN = { wide: 130, narrow: 50 };

const SIDES = [
  { side: 'inside', name: 'Inside the interval', role: 'forecast', icon: 'rect', mark: 'bar' },
  { side: 'above', name: 'Closed above', role: 'miss', icon: 'triangle', mark: 'triangle' },
  { side: 'below', name: 'Closed below', role: 'miss', icon: 'path://M0 0L10 0L5 9Z', mark: 'wedge' },
] as const;

/** Returns the height that a strip of so many horizons needs. */
export function stripHeight(horizons: number): number {
  return 6 + horizons * 26 + 24;
}

/** Returns what the marks stand for. */
export function stripLegend(say: Say): LegendEntry[] {
  return SIDES.map(({ name, mark, role }) => ({ name: say(name), mark, role }));
}

/** Returns one row a horizon and one mark a forecast: inside its interval, above or below it, by the day it was for. */
export function coverageStripChart(matched: readonly MatchedForecast[], size: ChartSize, say: Say): EChartsOption {
  const all = [...new Set(matched.map(({ outcome }) => outcome.actualDate))].sort();
  const days = all.slice(-(size.narrow ? DAYS_SHOWN.narrow : DAYS_SHOWN.wide));
  const places = new Map(days.map((date, index) => [date, index]));
  const horizons = [...new Set(matched.map(({ outcome }) => outcome.horizon))].sort((a, b) => a - b);
  const slot = (size.width - 60) / Math.max(1, days.length);
  const thin = Math.max(2, Math.min(8, slot * 0.55));
  return {
    grid: { top: 4, left: 4, right: 12, bottom: 4, containLabel: true },
    xAxis: {
      type: 'category',
      data: days,
      ...axisLook({ line: true, hairlines: false }),
      axisLabel: {
        ...axisText(),
        formatter: dayText(say),
        interval: labelGap(days.length, size.narrow ? 3 : 7),
        hideOverlap: true,
      },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: horizons.map((horizon) => horizonText(horizon, say)),
      ...axisLook({ line: false, hairlines: false }),
      axisLabel: axisText('ink'),
    },
    series: SIDES.map(({ side, name, role, icon }) => ({
      type: 'scatter' as const,
      name: say(name),
      silent: true,
      symbol: icon,
      symbolSize: side === 'inside' ? [thin, 14] : [Math.max(8, thin + 2), 8],
      itemStyle: { color: colour(role), opacity: side === 'inside' ? 0.35 : 1 },
      data: matched
        .filter((pair) => pair.side === side && places.has(pair.outcome.actualDate))
        .map(({ outcome }) => [places.get(outcome.actualDate) ?? 0, horizons.indexOf(outcome.horizon)]),
    })),
  };
}
