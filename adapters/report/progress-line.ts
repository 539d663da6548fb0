import { cutDisplay, plainText } from './display-width.js';
import { countText } from './number-text.js';

/** Where progress is written: `process.stderr`, or anything with a `write`. */
export interface ProgressStream {
  /** Whether it is a terminal, on which a line can be written over. */
  readonly isTTY?: boolean | undefined;
  /** Cells in a line; default 80. */
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** A line that shows how far a long task is. */
export interface ProgressLine {
  /** Shows `done` of `total`; fits `onProgress` of the pipelines as it is. */
  readonly update: (progress: { readonly done: number; readonly total: number; readonly item?: string }) => void;
  /** Ends the line, also before everything is done. */
  readonly end: () => void;
}

const BAR_CELLS = 24;

/**
 * Returns a progress line on a stream: on a terminal a bar that is written over, elsewhere one line about every tenth.
 *
 * @param label what is being done, for example 'Training'
 * @example
 * const line = progressLine(process.stderr, 'Training');
 * await retrain(context, { codes, onProgress: line.update });
 * line.end();
 */
export function progressLine(stream: ProgressStream, label: string): ProgressLine {
  return stream.isTTY ? overwritten(stream, plainText(label)) : tenths(stream, plainText(label));
}

function overwritten(stream: ProgressStream, label: string): ProgressLine {
  let shown = '';
  return {
    update({ done, total, item = '' }) {
      const share = shareOf(done, total);
      const filled = Math.floor(share * BAR_CELLS);
      const bar = '#'.repeat(filled) + '.'.repeat(BAR_CELLS - filled);
      const text = `${label} [${bar}] ${countsText(done, total)} ${plainText(item)}`.trimEnd();
      // One cell is left free: a full line would wrap, and a wrapped one can't be written over.
      const line = cutDisplay(text, (stream.columns ?? 80) - 1);
      if (line === shown) return;
      shown = line;
      stream.write(`\r${line}\u001b[K`);
    },
    end() {
      if (shown !== '') stream.write('\n');
      shown = '';
    },
  };
}

function tenths(stream: ProgressStream, label: string): ProgressLine {
  let written = 0;
  return {
    update({ done, total }) {
      const tenth = Math.floor(shareOf(done, total) * 10);
      if (tenth === written) return;
      // A task that starts over counts anew.
      if (tenth > written) stream.write(`${label} ${countsText(done, total)}\n`);
      written = tenth;
    },
    end() {
      written = 0;
    },
  };
}

const shareOf = (done: number, total: number) => (total > 0 ? Math.min(1, Math.max(0, done / total)) : 0);

const countsText = (done: number, total: number) =>
  `${Math.floor(shareOf(done, total) * 100)}% (${countText(done)} of ${countText(total)})`;
