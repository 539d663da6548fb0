import type { CustomSeriesRenderItem, EChartsOption } from 'echarts';
import type { Forecast } from '../../src/pipeline/index.js';
import type { Bar } from '../../src/series/index.js';
import { axisLook, axisText } from './chart-frame.js';
import type { LegendEntry } from './chart-legend.js';
import type { ChartSize } from './echarts-svg.js';
import { fanBands } from './fan-bands.js';
import type { directionRoles } from './market-colours.js';
import { axisPriceText, dayText, priceText } from './number-text.js';
import { colour } from './palette.js';
import type { Say } from './say.js';

type DirectionRoles = ReturnType<typeof directionRoles>;

/** Bars shown before the fan: enough to see the mood, few enough to leave the fan room. */
const BARS_BEFORE = { wide: 34, narrow: 18 };

/** Returns what the marks stand for. */
export function fanLegend(latest: Forecast, { up, down }: DirectionRoles, say: Say): LegendEntry[] {
  return [
    { name: say('Day that rose'), mark: 'rose', role: up },
    { name: say('Day that fell'), mark: 'fell', role: down },
    { name: say('Point forecast'), mark: 'circle', role: 'forecast' },
    { name: bandName(commonLevels(latest), say), mark: 'band', role: 'forecast' },
  ];
}

function bandName(levels: readonly number[], say: Say): string {
  const parts = [...levels].reverse().map((level) => Math.round(level * 100));
  return say(levels.length > 1 ? 'Intervals of {levels}%' : 'Interval of {levels}%', { levels: parts.join(', ') });
}

/** Returns the newest bars as candles and, from the last close on, the newest forecast as nested bands around its point. */
export function fanChart(
  { bars, latest, digits, roles }: { bars: readonly Bar[]; latest: Forecast; digits: number; roles: DirectionRoles },
  size: ChartSize,
  say: Say,
): EChartsOption {
  const upToBase = bars.filter(({ date }) => date <= latest.baseDate);
  const shown = upToBase.slice(-(size.narrow ? BARS_BEFORE.narrow : BARS_BEFORE.wide));
  const origin = Math.max(0, shown.length - 1);
  const reach = Math.max(...latest.horizons);
  const days = axisDays(shown, latest, reach);
  const anchors = [{ at: origin, point: latest.baseClose, bands: undefined }, ...anchorsOf(latest, origin)];
  const levels = commonLevels(latest);
  const values = [
    ...shown.flatMap(({ low, high }) => [low, high]),
    ...latest.steps.flatMap(({ ciLow, ciHigh }) => [ciLow, ciHigh]),
  ];
  const room = (Math.max(...values) - Math.min(...values)) * 0.06 || latest.baseClose * 0.01;
  return {
    grid: { top: 6, left: 4, right: size.narrow ? 18 : 76, bottom: 4, containLabel: true },
    xAxis: {
      type: 'category',
      data: days,
      ...axisLook({ line: true, hairlines: false }),
      axisLabel: {
        ...axisText(),
        formatter: dayText(say),
        interval: dayLabels(days, origin, latest),
        hideOverlap: true,
      },
    },
    yAxis: {
      type: 'value',
      scale: true,
      min: Math.min(...values) - room,
      max: Math.max(...values) + room,
      ...axisLook({ line: false, hairlines: true }),
      axisLabel: {
        ...axisText(),
        formatter: axisPriceText(values, digits),
        showMinLabel: false,
        showMaxLabel: false,
      },
    },
    series: [
      {
        type: 'custom',
        name: bandName(levels, say),
        silent: true,
        itemStyle: { color: colour('forecast'), opacity: 0.35 },
        renderItem: bandShape(anchors, levels),
        data: levels.map((_, index) => [origin, latest.baseClose, index]),
      },
      {
        type: 'custom',
        name: say('Daily bars'),
        silent: true,
        itemStyle: { color: colour('ink') },
        renderItem: candleOf(roles),
        encode: { x: 0, y: [1, 2, 3, 4] },
        data: shown.map(({ open, high, low, close }, index) => [index, open, high, low, close]),
      },
      {
        type: 'line',
        name: say('Point forecast'),
        silent: true,
        symbol: 'circle',
        symbolSize: 8,
        showAllSymbol: true,
        lineStyle: { color: colour('forecast'), width: 2 },
        itemStyle: { color: colour('forecast') },
        data: anchors.map(({ at, point }) => ({ value: [at, point], symbolSize: at === origin ? 0 : 8 })),
        endLabel: {
          show: !size.narrow,
          formatter: () => priceText(anchors[anchors.length - 1].point, digits),
          color: colour('forecast'),
          fontSize: 12,
          fontWeight: 'bold',
        },
      },
    ],
  };
}

interface Anchor {
  readonly at: number;
  readonly point: number;
  readonly bands?: ReturnType<typeof fanBands>;
}

function anchorsOf(latest: Forecast, origin: number): Anchor[] {
  return latest.steps.map((step) => ({ at: origin + step.horizon, point: step.pointClose, bands: fanBands(step) }));
}

/** Levels that every step has: a band drawn over only some of the steps would mislead. */
function commonLevels(latest: Forecast): number[] {
  const perStep = latest.steps.map((step) => fanBands(step).map(({ level }) => level));
  return perStep[0].filter((level) => perStep.every((levels) => levels.includes(level)));
}

/** Days of the bars, then one place a trading day up to the farthest horizon: days between two horizons have no date. */
function axisDays(shown: readonly Bar[], latest: Forecast, reach: number): string[] {
  const days = shown.length > 0 ? shown.map(({ date }) => date) : [latest.baseDate];
  const targets = new Map(latest.steps.map(({ horizon, targetDate }) => [horizon, targetDate]));
  // Categories must differ, so a day without a date is a run of blanks.
  for (let ahead = 1; ahead <= reach; ahead++) days.push(targets.get(ahead) ?? ' '.repeat(ahead));
  return days;
}

/** Which days get a label: some before the base date, the base date itself, and the farthest target. */
function dayLabels(days: readonly string[], origin: number, latest: Forecast) {
  const reach = Math.max(...latest.horizons);
  // as far apart behind the base date as the farthest target lies ahead of it, or a multiple of that where labels would collide
  const every = reach * Math.ceil(5 / reach);
  const last = origin + reach;
  return (index: number) =>
    index === last || (index <= origin && (origin - index) % every === 0 && days[index].trim() !== '');
}

function bandShape(anchors: readonly Anchor[], levels: readonly number[]): CustomSeriesRenderItem {
  return (_params, api) => {
    const index = api.value(2) as number;
    const edge = (anchor: Anchor, side: 'low' | 'high') => {
      const band = anchor.bands?.find(({ level }) => level === levels[index]);
      return api.coord([anchor.at, band === undefined ? anchor.point : band[side]]);
    };
    const points = [
      ...anchors.map((anchor) => edge(anchor, 'high')),
      ...[...anchors].reverse().map((anchor) => edge(anchor, 'low')),
    ];
    return {
      type: 'polygon',
      shape: { points },
      style: { fill: colour('forecast'), opacity: levels.length > 1 ? 0.16 : 0.22 },
    };
  };
}

const candleOf =
  (roles: DirectionRoles): CustomSeriesRenderItem =>
  (_params, api) => {
    const at = (value: number) => api.coord([api.value(0), api.value(value)]);
    const [x, open] = at(1);
    const next = api.coord([(api.value(0) as number) + 1, api.value(1)])[0];
    const high = at(2)[1];
    const low = at(3)[1];
    const close = at(4)[1];
    const half = Math.max(1.5, Math.min(5, (next - x) * 0.31));
    const rose = close <= open;
    const ink = colour(rose ? roles.up : roles.down);
    return {
      type: 'group',
      children: [
        {
          type: 'line',
          shape: { x1: x, y1: high, x2: x, y2: low },
          style: { stroke: ink, lineWidth: 1, fill: 'none' },
        },
        {
          type: 'rect',
          shape: {
            x: x - half,
            y: Math.min(open, close),
            width: 2 * half,
            height: Math.max(1, Math.abs(open - close)),
          },
          style: { fill: rose ? colour('paper') : ink, stroke: ink, lineWidth: 1 },
        },
      ],
    };
  };
