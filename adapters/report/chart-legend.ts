import { escapeHtml } from './escape-html.js';
import { type ColourRole, colour } from './palette.js';

/** What a mark of a chart looks like. */
export type LegendMark =
  | 'circle'
  | 'diamond'
  | 'rect'
  | 'triangle'
  | 'wedge'
  | 'line'
  | 'dashes'
  | 'upright'
  | 'bar'
  | 'bracket'
  | 'rose'
  | 'fell'
  | 'band'
  | 'area';

/** An entry of a legend. */
export interface LegendEntry {
  readonly name: string;
  readonly mark: LegendMark;
  readonly role: ColourRole;
}

/** Each mark in a box of 16 × 14, as the charts draw it. */
const SHAPES: Record<LegendMark, (fill: string) => string> = {
  circle: (fill) => `<circle cx="8" cy="7" r="5" fill="${fill}"/>`,
  diamond: (fill) => `<path d="M8 1L14 7L8 13L2 7Z" fill="${fill}"/>`,
  rect: (fill) => `<path d="M4 3H12V11H4Z" fill="${fill}"/>`,
  triangle: (fill) => `<path d="M8 2L13 12H3Z" fill="${fill}"/>`,
  wedge: (fill) => `<path d="M3 3H13L8 12Z" fill="${fill}"/>`,
  line: (stroke) => `<path d="M0 7H16" stroke="${stroke}" stroke-width="2"/>`,
  dashes: (stroke) => `<path d="M0 7H16" stroke="${stroke}" stroke-width="2" stroke-dasharray="4 2"/>`,
  upright: (stroke) => `<path d="M8 0V14" stroke="${stroke}" stroke-width="2"/>`,
  bar: (stroke) => `<path d="M8 0V14" stroke="${stroke}" stroke-width="4" opacity="0.35"/>`,
  bracket: (stroke) => `<path d="M8 1V13M4 1H12M4 13H12" stroke="${stroke}" stroke-width="2" fill="none"/>`,
  rose: (stroke) => `<path d="M8 0V3M8 11V14M5 3H11V11H5Z" stroke="${stroke}" fill="none"/>`,
  fell: (stroke) => `<path d="M8 0V3M8 11V14M5 3H11V11H5Z" stroke="${stroke}" fill="${stroke}"/>`,
  band: (fill) => `<path d="M0 2H16V12H0Z" fill="${fill}" opacity="0.3"/>`,
  area: (fill) => `<path d="M0 2H16V12H0Z" fill="${fill}" opacity="0.55"/>`,
};

/** Returns a legend as a list: text of the page, so that it wraps and is read aloud. */
export function legendHtml(entries: readonly LegendEntry[]): string {
  const items = entries.map(({ name, mark, role }) => {
    const shape = SHAPES[mark](colour(role));
    return `<li><svg class="chart" viewBox="0 0 16 14" aria-hidden="true">${shape}</svg>${escapeHtml(name)}</li>`;
  });
  return `<ul class="legend">${items.join('')}</ul>`;
}
