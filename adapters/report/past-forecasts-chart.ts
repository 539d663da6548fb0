import type { CustomSeriesRenderItem, EChartsOption } from 'echarts';
import type { Bar } from '../../src/series/index.js';
import { axisLook, axisText, labelGap } from './chart-frame.js';
import type { LegendEntry } from './chart-legend.js';
import type { ChartSize } from './echarts-svg.js';
import { axisPriceText, dayText } from './number-text.js';
import { colour } from './palette.js';
import type { PastForecast } from './past-forecasts.js';
import type { Say } from './say.js';

/** Bars shown: a phone has no room for more. */
const BARS_SHOWN = { wide: 130, narrow: 50 };

/** Returns what the marks stand for. */
export function pastLegend(say: Say): LegendEntry[] {
  return [
    { name: say('Close'), mark: 'line', role: 'ink' },
    { name: say('Point forecast'), mark: 'circle', role: 'forecast' },
    { name: say('Interval held'), mark: 'bar', role: 'forecast' },
    { name: say('Interval missed'), mark: 'bracket', role: 'miss' },
  ];
}

/** Returns the closes as a line, with each past forecast's interval behind its day; misses stand out by colour and end marks. */
export function pastForecastsChart(
  { bars, past, digits }: { bars: readonly Bar[]; past: readonly PastForecast[]; digits: number },
  size: ChartSize,
  say: Say,
): EChartsOption {
  const shown = bars.slice(-(size.narrow ? BARS_SHOWN.narrow : BARS_SHOWN.wide));
  const places = new Map(shown.map(({ date }, index) => [date, index]));
  const seen = past.filter(({ date }) => places.has(date));
  const place = ({ date }: PastForecast) => places.get(date) ?? 0;
  const held = seen.filter(({ side }) => side === 'inside' || side === undefined);
  const missed = seen.filter(({ side }) => side === 'above' || side === 'below');
  const values = [...shown.map(({ close }) => close), ...seen.flatMap(({ low, high }) => [low, high])];
  const room = (Math.max(...values) - Math.min(...values)) * 0.05 || values[0] * 0.01;
  return {
    grid: { top: 6, left: 4, right: 12, bottom: 4, containLabel: true },
    xAxis: {
      type: 'category',
      data: shown.map(({ date }) => date),
      ...axisLook({ line: true, hairlines: false }),
      axisLabel: {
        ...axisText(),
        formatter: dayText(say),
        interval: labelGap(shown.length, size.narrow ? 3 : 7),
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
        name: say('Interval held'),
        silent: true,
        itemStyle: { color: colour('forecast'), opacity: 0.35 },
        renderItem: intervalBar({ role: 'forecast', ends: false }),
        encode: { x: 0, y: [1, 2] },
        data: held.map((forecast) => [place(forecast), forecast.low, forecast.high]),
      },
      {
        type: 'custom',
        name: say('Interval missed'),
        silent: true,
        itemStyle: { color: colour('miss') },
        renderItem: intervalBar({ role: 'miss', ends: true }),
        encode: { x: 0, y: [1, 2] },
        data: missed.map((forecast) => [place(forecast), forecast.low, forecast.high]),
      },
      {
        type: 'line',
        name: say('Close'),
        silent: true,
        symbol: 'none',
        lineStyle: { color: colour('ink'), width: 1.5 },
        itemStyle: { color: colour('ink') },
        data: shown.map(({ close }) => close),
      },
      {
        type: 'scatter',
        name: say('Point forecast'),
        silent: true,
        symbolSize: 4,
        itemStyle: { color: colour('forecast'), opacity: 1 },
        data: seen.map((forecast) => [place(forecast), forecast.point]),
      },
    ],
  };
}

function intervalBar({ role, ends }: { role: 'forecast' | 'miss'; ends: boolean }): CustomSeriesRenderItem {
  return (_params, api) => {
    const [x, low] = api.coord([api.value(0), api.value(1)]);
    const high = api.coord([api.value(0), api.value(2)])[1];
    const slot = api.coord([(api.value(0) as number) + 1, api.value(1)])[0] - x;
    const stroke = colour(role);
    const width = Math.max(1.5, Math.min(4, slot * 0.5));
    const stem = {
      type: 'line' as const,
      shape: { x1: x, y1: low, x2: x, y2: high },
      style: { stroke, lineWidth: ends ? Math.min(2, width) : width, opacity: ends ? 1 : 0.28, fill: 'none' },
    };
    const end = (y: number) => ({
      type: 'line' as const,
      shape: { x1: x - slot * 0.45, y1: y, x2: x + slot * 0.45, y2: y },
      style: { stroke, lineWidth: 2, fill: 'none' },
    });
    return { type: 'group', children: ends ? [stem, end(low), end(high)] : [stem] };
  };
}
