import type { CustomSeriesRenderItem, EChartsOption } from 'echarts';
import { axisLook, axisText, CHART_TEXT } from './chart-frame.js';
import type { LegendEntry } from './chart-legend.js';
import { type ColourRole, colour } from './palette.js';

/** A value of a row, with its interval where there is one. */
export interface Dot {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** What a chart of dots in rows shows: each series has at most one dot a row; each row may have a reference mark. */
export interface DotRows {
  readonly rows: readonly string[];
  readonly series: readonly {
    readonly name: string;
    readonly role: ColourRole;
    readonly symbol: 'circle' | 'diamond' | 'rect' | 'triangle';
    readonly dots: readonly (Dot | undefined)[];
  }[];
  readonly reference: { readonly name: string; readonly values: readonly (number | undefined)[] };
  readonly axis: {
    readonly min: number;
    readonly max: number;
    readonly step: number;
    readonly text: (value: number) => string;
  };
}

/** Distance between the dots of a row, in px. */
const LANE = 14;

/** Returns the height that rows of so many dots need. */
export function dotRowsHeight(rows: number, series: number): number {
  return 8 + rows * (series * LANE + 22) + 28;
}

/** Returns the legend of such a chart. */
export function dotRowsLegend({ series, reference }: Pick<DotRows, 'series' | 'reference'>): LegendEntry[] {
  const marks = series.map(({ name, symbol, role }) => ({ name, mark: symbol, role }));
  return [...marks, { name: reference.name, mark: 'upright', role: 'soft' }];
}

/** Returns a chart of dots with whiskers in rows, beside a reference mark. */
export function dotRowsChart(shown: DotRows): EChartsOption {
  const lanes = shown.series.length;
  const offsetOf = (index: number) => (index - (lanes - 1) / 2) * LANE;
  return {
    grid: { top: 8, left: 4, right: 20, bottom: 4, containLabel: true },
    xAxis: {
      type: 'value',
      min: shown.axis.min,
      max: shown.axis.max,
      interval: shown.axis.step,
      ...axisLook({ line: false, hairlines: true }),
      axisLabel: { ...axisText(), formatter: shown.axis.text, hideOverlap: true },
    },
    yAxis: {
      type: 'category',
      data: [...shown.rows],
      inverse: true,
      ...axisLook({ line: true, hairlines: false }),
      axisLabel: { ...axisText('ink'), fontSize: CHART_TEXT },
    },
    series: [
      {
        type: 'custom',
        name: shown.reference.name,
        silent: true,
        itemStyle: { color: colour('soft') },
        renderItem: referenceMark(lanes),
        data: shown.reference.values.flatMap((value, row) => (value === undefined ? [] : [[value, row]])),
      },
      ...shown.series.flatMap(({ name, role, symbol, dots }, index) => [
        {
          type: 'custom' as const,
          silent: true,
          itemStyle: { color: colour(role) },
          renderItem: whisker(offsetOf(index), colour(role)),
          data: dots.flatMap((dot, row) =>
            dot?.low === undefined || dot.high === undefined ? [] : [[dot.low, row, dot.high]],
          ),
        },
        {
          type: 'scatter' as const,
          name,
          silent: true,
          symbol,
          symbolSize: symbol === 'rect' ? 8 : 10,
          symbolOffset: [0, offsetOf(index)],
          itemStyle: { color: colour(role), opacity: 1 },
          data: dots.flatMap((dot, row) => (dot === undefined ? [] : [[dot.value, row]])),
        },
      ]),
    ],
  };
}

function referenceMark(lanes: number): CustomSeriesRenderItem {
  return (_params, api) => {
    const [x, y] = api.coord([api.value(0), api.value(1)]);
    const half = (lanes * LANE) / 2 + 4;
    return {
      type: 'line',
      shape: { x1: x, y1: y - half, x2: x, y2: y + half },
      style: { stroke: colour('soft'), lineWidth: 2, fill: 'none' },
    };
  };
}

function whisker(offset: number, stroke: string): CustomSeriesRenderItem {
  return (_params, api) => {
    const [x1, y] = api.coord([api.value(0), api.value(1)]);
    const [x2] = api.coord([api.value(2), api.value(1)]);
    return {
      type: 'line',
      shape: { x1, y1: y + offset, x2, y2: y + offset },
      style: { stroke, lineWidth: 2, opacity: 0.45, fill: 'none' },
    };
  };
}
