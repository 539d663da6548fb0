import type { EChartsOption } from 'echarts';
import { type LegendEntry, legendHtml } from './chart-legend.js';
import { type DataTable, tableHtml } from './data-table.js';
import { type ChartLibrary, type ChartSize, drawChart } from './echarts-svg.js';
import { escapeHtml } from './escape-html.js';
import { withMinus } from './number-text.js';
import type { Say } from './say.js';

/** A chart with what it shows in words and in numbers. */
export interface ReportFigure {
  /** Unique in the page; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** One sentence: what there is to see. */
  readonly takeaway: string;
  /** What the marks stand for; none where there is one kind only. */
  readonly legend?: readonly LegendEntry[];
  readonly option: (size: ChartSize) => EChartsOption;
  /** Drawn size; a chart as wide as the page is drawn a second time for phones, where its text would shrink to nothing. */
  readonly size: { readonly width: number; readonly height: number; readonly narrowHeight?: number };
  readonly table: DataTable;
}

/** Width of a chart across the page and of one that shares its row, in px. */
export const FULL_WIDTH = 860;
export const HALF_WIDTH = 416;
const PHONE_WIDTH = 344;

/** Returns the figure as markup, its numbers folded away below the chart. */
export function figureHtml(library: ChartLibrary, figure: ReportFigure, say: Say): string {
  const { id, size, option, table } = figure;
  const title = escapeHtml(figure.title);
  const takeaway = escapeHtml(withMinus(figure.takeaway));
  const legend = figure.legend === undefined ? '' : legendHtml(figure.legend);
  const draw = (drawn: ChartSize, suffix: string) =>
    drawChart(library, option(drawn), drawn, { id: id + suffix, title, description: takeaway });
  const { width, height, narrowHeight } = size;
  const charts =
    narrowHeight === undefined
      ? draw({ width, height, narrow: false }, '')
      : `<div class="wide">${draw({ width, height, narrow: false }, '')}</div>` +
        `<div class="narrow">${draw({ width: PHONE_WIDTH, height: narrowHeight, narrow: true }, '-narrow')}</div>`;
  return (
    `<figure id="${id}"><figcaption><h4>${title}</h4><p>${takeaway}</p></figcaption>${legend}${charts}` +
    `<details><summary>${say('Numbers')}</summary>${tableHtml({ caption: figure.title, ...table })}</details></figure>`
  );
}
