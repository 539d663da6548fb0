import { escapeHtml } from './escape-html.js';
import { withMinus } from './number-text.js';

/** A cell: text, which is escaped, or markup made by the report itself. */
export type Cell = string | { readonly html: string };

/** A table: columns with how they align, rows of cells. */
export interface DataTable {
  readonly caption?: string;
  readonly columns: readonly { readonly title: string; readonly align?: 'left' | 'right' }[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Returns a table whose first column heads its row; where it has little room, a row becomes a card of its cells, each beneath its title. */
export function tableHtml({ caption, columns, rows }: DataTable): string {
  const kind = (index: number) => (columns[index].align === 'right' ? ' class="n"' : '');
  const label = (index: number) => (index > 0 ? ` data-label="${escapeHtml(columns[index].title)}"` : '');
  const head = columns.map(({ title }, index) => `<th scope="col"${kind(index)}>${escapeHtml(title)}</th>`).join('');
  const body = rows.map((cells) => {
    const inner = cells.map((cell, index) => {
      const tag = index === 0 ? 'th scope="row"' : 'td';
      return `<${tag}${kind(index)}${label(index)}>${cellHtml(cell, columns[index].align)}</${tag.slice(0, 2)}>`;
    });
    return `<tr>${inner.join('')}</tr>`;
  });
  const title = caption === undefined ? '' : `<caption>${escapeHtml(caption)}</caption>`;
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption ?? 'Table')}">` +
    `<table>${title}<thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
  );
}

function cellHtml(cell: Cell, align: 'left' | 'right' | undefined): string {
  if (typeof cell !== 'string') return cell.html;
  return escapeHtml(align === 'right' ? withMinus(cell) : cell);
}
