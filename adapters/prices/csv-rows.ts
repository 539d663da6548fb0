/** One row of a CSV text. */
export interface CsvRow {
  readonly cells: string[];
  /** The line it begins in, from 1, as an editor counts. */
  readonly line: number;
}

/** A text that is no CSV. */
export class CsvFault extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Yields the rows of a CSV text (RFC 4180): cells between delimiters, quoted ones with doubled quotes. Lines end with LF, CRLF or CR,
 * mixed as they may be; rows without any character are passed over. Each character is looked at once, and no row is kept.
 *
 * Spaces around a quoted cell are dropped; a quote within an unquoted cell is a character like others.
 *
 * @param delimiter one character
 * @throws CsvFault for a quoted cell without end, and for text between a closing quote and the next delimiter
 */
export function* csvRows(text: string, delimiter: string): Generator<CsvRow, void, undefined> {
  const separator = delimiter.charCodeAt(0);
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === LF || code === CR) {
      // an empty line is worth no array: a file may have millions
      if (code === LF || text.charCodeAt(at + 1) !== LF) line++;
      at++;
      continue;
    }
    const first = line;
    const cells: string[] = [];
    for (let more = true; more; ) {
      let start = at;
      while (text.charCodeAt(start) === 0x20) start++;
      if (text.charCodeAt(start) === QUOTE) {
        const opened = line;
        const parts: string[] = [];
        let from = start + 1;
        for (;;) {
          const quote = text.indexOf('"', from);
          if (quote === -1) throw new CsvFault('a quoted field has no end', opened);
          parts.push(text.slice(from, quote));
          if (text.charCodeAt(quote + 1) !== QUOTE) {
            at = quote + 1;
            break;
          }
          parts.push('"');
          from = quote + 2;
        }
        const cell = parts.join('');
        line += lineEndsIn(cell);
        cells.push(cell);
        while (text.charCodeAt(at) === 0x20) at++;
        if (at < text.length && !endsCell(text.charCodeAt(at), separator)) {
          throw new CsvFault('text after the end of a quoted field', line);
        }
      } else {
        start = at;
        while (at < text.length && !endsCell(text.charCodeAt(at), separator)) at++;
        cells.push(text.slice(start, at));
      }
      more = at < text.length && text.charCodeAt(at) === separator;
      if (more) at++;
    }
    if (at < text.length) {
      at += text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF ? 2 : 1;
      line++;
    }
    if (cells.length > 1 || cells[0].trim() !== '') yield { cells, line: first };
  }
}

function endsCell(code: number, separator: number): boolean {
  return code === separator || code === LF || code === CR;
}

function lineEndsIn(cell: string): number {
  let count = 0;
  for (let at = 0; at < cell.length; at++) {
    const code = cell.charCodeAt(at);
    if (code === LF || (code === CR && cell.charCodeAt(at + 1) !== LF)) count++;
  }
  return count;
}
