// Draws an erDiagram block as a picture when the site is built. The repository's host draws it by mermaid itself; mermaid in the page would be
// half a megabyte for one picture. What it knows of mermaid is what docs/schema.md uses, and anything else is refused.
const CARD = 330;
const GAP = 64;
const HEAD = 30;
const ROW = 21;
const NOTE = 15;

export interface DrawnTable {
  name: string;
  columns: { type: string; name: string; key: boolean; note: string }[];
}

export interface DrawnRelation {
  from: string;
  to: string;
  /** The signs at both ends: '||--o|'. */
  ends: string;
  label: string;
}

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Reads the text of an erDiagram. */
export function readErDiagram(text: string): { tables: DrawnTable[]; relations: DrawnRelation[] } {
  const tables: DrawnTable[] = [];
  const relations: DrawnRelation[] = [];
  const lines = text.split('\n').map((line) => line.trim());
  if (lines[0] !== 'erDiagram') throw new Error(`not an erDiagram: ${lines[0]}`);
  let table: DrawnTable | undefined;
  for (const line of lines.slice(1).filter(Boolean)) {
    const opened = /^(\w+) \{$/.exec(line);
    const related = /^(\w+) (\S+--\S+) (\w+) : "(.*)"$/.exec(line);
    const column = /^(\w+) (\w+)( PK)?(?: "(.*)")?$/.exec(line);
    if (table === undefined && opened !== null) {
      table = { name: opened[1], columns: [] };
      tables.push(table);
    } else if (table === undefined && related !== null)
      relations.push({ from: related[1], ends: related[2], to: related[3], label: related[4] });
    else if (table !== undefined && line === '}') table = undefined;
    else if (table !== undefined && column !== null)
      table.columns.push({ type: column[1], name: column[2], key: column[3] !== undefined, note: column[4] ?? '' });
    else throw new Error(`not understood in an erDiagram: ${line}`);
  }
  return { tables, relations };
}

/** Returns where each table stands, by name: two columns, each next table in the shorter one. */
export function placeTables(tables: readonly DrawnTable[]): Map<string, Place> {
  const ends = [0, 0];
  return new Map(
    tables.map(({ name, columns }) => {
      const column = ends[0] <= ends[1] ? 0 : 1;
      const height = HEAD + 8 + columns.reduce((sum, { note }) => sum + ROW + noteLines(note).length * NOTE, 0);
      const place = { x: column * (CARD + GAP), y: ends[column], width: CARD, height };
      ends[column] += height + 26;
      return [name, place];
    }),
  );
}

/** Returns the picture as SVG, in the colours of the page around it. */
export function erDiagramSvg(text: string): string {
  const { tables, relations } = readErDiagram(text);
  const places = placeTables(tables);
  const bottom = Math.max(...[...places.values()].map(({ y, height }) => y + height));
  const drawn = tables.map((table) => card(table, places.get(table.name)!));
  const lines = relations.map((relation) => link(relation, places));
  const names = tables.map(({ name }) => name).join(', ');
  return (
    `<div class="er-diagram" tabindex="0" role="region" aria-label="The tables as a picture"><svg viewBox="-1 -1 ${2 * CARD + GAP + 2} ${bottom + 2}" ` +
    `role="img" aria-label="Tables ${names}, each with its columns">${lines.join('')}${drawn.join('')}</svg></div>\n`
  );
}

function card({ name, columns }: DrawnTable, { x, y, width, height }: Place): string {
  let line = y + HEAD + 4;
  const rows = columns.map(({ type, name: column, key, note }) => {
    const at = line + 15;
    const notes = noteLines(note);
    line += ROW + notes.length * NOTE;
    return (
      `<text x="${x + 12}" y="${at}"${key ? ' class="key"' : ''}>${escaped(column)}</text>` +
      `<text x="${x + width - 12}" y="${at}" class="soft" text-anchor="end">${key ? 'key · ' : ''}${type}</text>` +
      notes
        .map((part, i) => `<text x="${x + 12}" y="${at + (i + 1) * NOTE - 1}" class="note">${escaped(part)}</text>`)
        .join('')
    );
  });
  return (
    `<g><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/><path d="M${x} ${y + HEAD}h${width}"/>` +
    `<text x="${x + 12}" y="${y + 20}" class="name">${name}</text>${rows.join('')}</g>`
  );
}

/** Returns a note in lines that a card has room for. */
function noteLines(note: string): string[] {
  return note === '' ? [] : (note.match(/.{1,56}(?:\s|$)/g) ?? [note]).map((part) => part.trim());
}

/** A line from one table's side to the other's, one of each end's signs: '||' exactly one, 'o|' none or one. */
function link({ from, to, ends, label }: DrawnRelation, places: ReadonlyMap<string, Place>): string {
  const [a, b] = [places.get(from), places.get(to)];
  if (a === undefined || b === undefined) throw new Error(`a relation of a table that is not drawn: ${from}, ${to}`);
  if (ends !== '||--o|' || b.x <= a.x) throw new Error(`a relation that cannot be drawn yet: ${from} ${ends} ${to}`);
  const y = Math.max(a.y, b.y) + HEAD / 2;
  const [left, right] = [a.x + a.width, b.x];
  return (
    `<g class="link"><title>${escaped(`one of ${from} to none or one of ${to}, by ${label}`)}</title><path d="M${left} ${y}H${right}"/>` +
    `<path d="M${left + 8} ${y - 6}v12M${left + 13} ${y - 6}v12M${right - 8} ${y - 6}v12"/><circle cx="${right - 16}" cy="${y}" r="5"/></g>`
  );
}

const escaped = (text: string) =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** Has markdown-it draw mermaid blocks. */
export function drawErDiagrams(markdown: { renderer: { rules: { fence?: unknown } } }): void {
  const usual = markdown.renderer.rules.fence as Fence;
  const fence: Fence = (tokens, index, ...rest) => {
    const { info, content } = tokens[index];
    return info.trim() === 'mermaid' ? erDiagramSvg(content) : usual(tokens, index, ...rest);
  };
  markdown.renderer.rules.fence = fence;
}

/** A rule of markdown-it. */
type Fence = (tokens: readonly { info: string; content: string }[], index: number, ...rest: unknown[]) => string;
