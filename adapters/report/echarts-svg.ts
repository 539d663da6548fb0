import type { EChartsOption } from 'echarts';
import { ForecastError } from '../../src/errors.js';

/** The part of echarts that a report needs. */
export interface ChartLibrary {
  init(
    dom: null,
    theme: null,
    options: { renderer: 'svg'; ssr: true; width: number; height: number },
  ): {
    setOption(option: EChartsOption): void;
    renderToSVGString(): string;
    dispose(): void;
  };
}

/**
 * Returns echarts, which is an optional peer.
 *
 * @param load how to import it
 * @throws ForecastError `RUNTIME_MISSING` when it is not installed
 */
export async function loadChartLibrary(load?: () => Promise<unknown>): Promise<ChartLibrary> {
  let cause: unknown;
  try {
    // here, within try: a bundler then lets it be absent
    // one file: to find and compile the 600 of its modules takes longer than to draw
    const module = load === undefined ? await import('echarts/dist/echarts.esm.min.mjs') : await load();
    const candidates = [module, (module as { default?: unknown } | undefined)?.default];
    const library = candidates.find((candidate): candidate is ChartLibrary => {
      return typeof (candidate as Partial<ChartLibrary> | undefined)?.init === 'function';
    });
    if (library !== undefined) return library;
  } catch (error) {
    cause = error;
  }
  throw new ForecastError('RUNTIME_MISSING', 'renderReport: echarts draws the charts: install echarts@^6.1.0', {
    field: 'echarts',
    expected: 'the package echarts',
    cause,
  });
}

/** A chart's size in CSS pixels, and whether it is for a narrow screen. */
export interface ChartSize {
  readonly width: number;
  readonly height: number;
  readonly narrow: boolean;
}

/** What a drawn chart says to those who can't see it. */
export interface ChartLabel {
  /** Unique in the page; letters, digits and hyphens. */
  readonly id: string;
  /** Both as HTML text, already escaped. */
  readonly title: string;
  readonly description: string;
}

/**
 * Returns a chart as an `<svg>` element that scales with its container. The same option gives the same bytes, whatever was drawn
 * before.
 */
export function drawChart(library: ChartLibrary, option: EChartsOption, size: ChartSize, label: ChartLabel): string {
  const chart = library.init(null, null, { renderer: 'svg', ssr: true, width: size.width, height: size.height });
  try {
    chart.setOption({ animation: false, backgroundColor: 'transparent', ...option });
    return tidy(chart.renderToSVGString(), size, label);
  } finally {
    chart.dispose();
  }
}

/**
 * Drops what only a live chart needs (hover rules, data indices) and numbers clip paths by the chart's id: echarts counts them per
 * process.
 */
function tidy(svg: string, { width, height }: ChartSize, { id, title, description }: ChartLabel): string {
  const inner = svg
    .slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>'))
    .replace(/<style\b[\s\S]*?<\/style>/g, '')
    .replace(/ (?:class|ecmeta_\w+|pointer-events)="[^"]*"/g, '')
    .replace(/\bzr\d+-(\w+)/g, `${id}-$1`)
    .replace(/<rect [^>]*fill="(?:none|transparent)"[^>]*><\/rect>\n?/, '')
    // Boxes of titles and legends, which nobody sees.
    .replace(/<path [^>]*fill-opacity="0" [^>]*stroke-width="0"[^>]*><\/path>\n?/g, '')
    .replace(/font-family:[^;"]*;/g, '')
    // Places, not texts: a label may be a price with many decimals.
    .replace(/<[^>]*>/g, (tag) => tag.replace(/(\.\d\d)\d+/g, '$1'))
    .replace(/\n+/g, '');
  const named = `aria-labelledby="${id}-title" aria-describedby="${id}-desc"`;
  return (
    `<svg class="chart" role="img" ${named} viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">` +
    `<title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>${inner}</svg>`
  );
}
