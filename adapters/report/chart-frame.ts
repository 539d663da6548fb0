import { colour } from './palette.js';

/** Text size of every chart, in px; charts are shown near their own size. */
export const CHART_TEXT = 12;

/** Returns the look of an axis' labels. */
export function axisText(role: 'soft' | 'ink' = 'soft') {
  return { color: colour(role), fontSize: CHART_TEXT };
}

/** Returns the look shared by all axes: a quiet line, no ticks, hairlines across. */
export function axisLook({ line, hairlines }: { line: boolean; hairlines: boolean }) {
  return {
    axisLine: { show: line, lineStyle: { color: colour('axis') } },
    axisTick: { show: false },
    // Edges of a range that is not round get no hairline.
    splitLine: { show: hairlines, showMinLine: false, showMaxLine: false, lineStyle: { color: colour('grid') } },
  };
}

/** Returns the title of an axis. */
export function axisName(name: string, gap: number) {
  return { name, nameLocation: 'middle' as const, nameGap: gap, nameTextStyle: axisText() };
}

/** Returns every which label of an axis to show, as echarts counts: 0 for all, 1 for every second. */
export function labelGap(count: number, wanted: number): number {
  return Math.max(0, Math.ceil(count / wanted) - 1);
}
