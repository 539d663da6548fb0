import { displayWidth, padDisplay, plainText } from './display-width.js';

/** Returns rows as lines of aligned columns under their titles, without trailing spaces. Widths count cells, not characters. */
export function textTable(
  columns: readonly { readonly title: string; readonly align?: 'left' | 'right' }[],
  rows: readonly (readonly string[])[],
): string {
  const cells = [columns.map(({ title }) => title), ...rows].map((row) => row.map(plainText));
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => displayWidth(row[index]))));
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => padDisplay(cell, widths[index], columns[index].align))
      .join('  ')
      .trimEnd();
  const [head, ...body] = cells;
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(line)].join('\n');
}
