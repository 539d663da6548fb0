import type { CustomSeriesRenderItem, EChartsOption } from 'echarts';
import type { ReliabilityBin } from '../../src/scoring/index.js';
import { wilsonInterval } from '../../src/scoring/inside.js';

import { axisLook, axisName, axisText } from './chart-frame.js';
import { countText } from './number-text.js';
import { type ColourRole, colour } from './palette.js';
import type { Say } from './say.js';

/**
 * Returns observed frequency over forecast probability with the diagonal of perfect reliability, and the bins' counts below.
 *
 * @param thinning independent outcomes per outcome, in (0, 1]: how far the whiskers' counts are cut down
 */
export function reliabilityChart(
  bins: readonly ReliabilityBin[],
  { role, thinning, say }: { role: ColourRole; thinning: number; say: Say },
): EChartsOption {
  const percent = (value: number) => `${Math.round(value * 100)}%`;
  const shared = { min: 0, max: 1, interval: 0.2, type: 'value' as const };
  return {
    grid: [
      { top: 12, left: 62, right: 16, height: 236, outerBoundsMode: 'none' },
      { top: 274, left: 62, right: 16, height: 44, outerBoundsMode: 'none' },
    ],
    xAxis: [
      { ...shared, ...axisLook({ line: true, hairlines: true }), axisLabel: { show: false } },
      {
        ...shared,
        gridIndex: 1,
        ...axisLook({ line: true, hairlines: false }),
        axisLabel: { ...axisText(), formatter: percent },
        ...axisName(say('Probability that was forecast'), 26),
      },
    ],
    yAxis: [
      {
        ...shared,
        ...axisLook({ line: false, hairlines: true }),
        axisLabel: { ...axisText(), formatter: percent },
        ...axisName(say('Came true'), 42),
      },
      {
        type: 'value',
        gridIndex: 1,
        max: Math.max(1, ...bins.map(({ count }) => count)) * 1.35,
        ...axisLook({ line: false, hairlines: false }),
        axisLabel: { show: false },
        ...axisName(say('Count'), 42),
      },
    ],
    series: [
      {
        type: 'line',
        silent: true,
        symbol: 'none',
        lineStyle: { color: colour('axis'), width: 1.5, type: 'dashed' },
        data: [
          [0, 0],
          [1, 1],
        ],
      },
      {
        type: 'custom',
        silent: true,
        renderItem: whisker(colour(role)),
        encode: { x: 0, y: [1, 2] },
        data: bins.map(({ foretold, observed, count }) => {
          const { low, high } = wilsonInterval(observed, Math.max(1, count * thinning));
          return [foretold, low, high];
        }),
      },
      {
        type: 'line',
        silent: true,
        symbol: 'circle',
        symbolSize: 9,
        lineStyle: { color: colour(role), width: 2 },
        itemStyle: { color: colour(role) },
        data: bins.map(({ foretold, observed }) => [foretold, observed]),
      },
      {
        type: 'custom',
        silent: true,
        xAxisIndex: 1,
        yAxisIndex: 1,
        renderItem: countBar(colour(role)),
        encode: { x: [0, 1], y: 2 },
        data: bins.map(({ from, to, count }) => [from, to, count]),
      },
    ],
  };
}

function whisker(stroke: string): CustomSeriesRenderItem {
  return (_params, api) => {
    const [x, low] = api.coord([api.value(0), api.value(1)]);
    const high = api.coord([api.value(0), api.value(2)])[1];
    return {
      type: 'line',
      shape: { x1: x, y1: low, x2: x, y2: high },
      style: { stroke, lineWidth: 2, opacity: 0.4, fill: 'none' },
    };
  };
}

function countBar(fill: string): CustomSeriesRenderItem {
  return (_params, api) => {
    const [left, top] = api.coord([api.value(0), api.value(2)]);
    const [right, bottom] = api.coord([api.value(1), 0]);
    return {
      type: 'group',
      children: [
        {
          type: 'rect',
          shape: { x: left + 1.5, y: top, width: right - left - 3, height: Math.max(1, bottom - top) },
          style: { fill, opacity: 0.35 },
        },
        {
          type: 'text',
          x: (left + right) / 2,
          y: top - 3,
          style: {
            text: countText(api.value(2) as number),
            fill: colour('soft'),
            fontSize: 11,
            align: 'center',
            verticalAlign: 'bottom',
          },
        },
      ],
    };
  };
}
