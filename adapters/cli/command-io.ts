import { progressLine } from '../report/progress-line.js';

/** What a command is handed of the world. */
export interface CommandIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** How one run writes: results on stdout, all else on stderr. */
export interface Output {
  /** Writes the result: as JSON with --json, else as text. */
  result(json: object, text: string): void;
  /** Writes lines as they are, as log export does. */
  line(text: string): void;
  /** Writes a note for a person. */
  note(text: string): void;
  /** Shows progress on a terminal; in a pipe nothing. */
  progress(label: string): { update(progress: { done: number; total: number; item?: string }): void; end(): void };
}

/** The version of the JSON documents; fields may be added within one. */
const SCHEMA_VERSION = 1;

export function outputOf(
  io: CommandIo,
  { command, json, quiet }: { command: string; json: boolean; quiet: boolean },
): Output {
  return {
    result: (document, text) =>
      io.stdout.write(
        json ? `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, command, ...document })}\n` : `${text}\n`,
      ),
    line: (text) => io.stdout.write(`${text}\n`),
    note: (text) => quiet || io.stderr.write(`${text}\n`),
    progress: (label) => (quiet || !io.stderr.isTTY ? { update() {}, end() {} } : progressLine(io.stderr, label)),
  };
}
