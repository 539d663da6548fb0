import type { EChartsOption } from 'echarts';
import type { WeightsRecord } from '../../src/store/records.js';
import { axisLook, axisText, labelGap } from './chart-frame.js';
import type { LegendEntry } from './chart-legend.js';
import type { ChartSize } from './echarts-svg.js';
import { inShownOrder, looksOf } from './forecaster-look.js';
import { dayText, horizonText } from './number-text.js';
import { colour } from './palette.js';
import type { Say } from './say.js';

const PANEL = 84;
const GAP = 38;

/** Returns the height that panels of so many horizons need. */
export function weightsHeight(horizons: number): number {
  return 10 + horizons * (PANEL + GAP);
}

/** Returns what the areas of members of these names stand for. */
export function weightsLegend(names: readonly string[], say: Say): LegendEntry[] {
  const look = looksOf(names, say);
  return names.map((name) => ({ name: look(name).name, mark: 'area', role: look(name).role }));
}

/** Returns the members' weights stacked over time, one panel a horizon. */
export function weightsChart(records: readonly WeightsRecord[], size: ChartSize, say: Say): EChartsOption {
  const horizons = [...new Set(records.map(({ horizon }) => horizon))].sort((a, b) => a - b);
  const names = inShownOrder(records.flatMap(({ weights }) => Object.keys(weights)));
  const look = looksOf(names, say);
  const days = [...new Set(records.map(({ asOf }) => asOf))].sort();
  const series = horizons.flatMap((horizon, panel) =>
    names.map((member) => {
      const byDay = new Map(
        records.filter((record) => record.horizon === horizon).map(({ asOf, weights }) => [asOf, weights[member]]),
      );
      return {
        type: 'line' as const,
        name: look(member).name,
        xAxisIndex: panel,
        yAxisIndex: panel,
        stack: `h${horizon}`,
        step: 'end' as const,
        symbol: 'none',
        silent: true,
        connectNulls: true,
        lineStyle: { width: 1, color: colour(look(member).role) },
        itemStyle: { color: colour(look(member).role) },
        areaStyle: { color: colour(look(member).role), opacity: 0.55 },
        data: days.map((day) => byDay.get(day) ?? null),
      };
    }),
  );
  return {
    grid: horizons.map((_, panel) => ({ top: 22 + panel * (PANEL + GAP), left: 48, right: 12, height: PANEL })),
    title: horizons.map((horizon, panel) => ({
      text: horizonText(horizon, say),
      left: 44,
      top: 0 + panel * (PANEL + GAP),
      padding: 4,
      textStyle: { color: colour('ink'), fontSize: 12, fontWeight: 'bold' as const },
    })),
    xAxis: horizons.map((_, panel) => ({
      type: 'category' as const,
      gridIndex: panel,
      boundaryGap: false,
      data: days,
      ...axisLook({ line: true, hairlines: false }),
      axisLabel: {
        ...axisText(),
        show: panel === horizons.length - 1,
        formatter: dayText(say),
        interval: labelGap(days.length, size.narrow ? 3 : 7),
        hideOverlap: true,
      },
    })),
    yAxis: horizons.map((_, panel) => ({
      type: 'value' as const,
      gridIndex: panel,
      min: 0,
      max: 1,
      interval: 0.5,
      ...axisLook({ line: false, hairlines: true }),
      axisLabel: { ...axisText(), formatter: (value: number) => `${value * 100}%` },
    })),
    series,
  };
}
