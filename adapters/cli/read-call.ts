import { parseArgs } from 'node:util';
import { isForecastError, refuseUnknown } from '../../src/errors.js';
import { COMMANDS, type CommandName, type OptionName, optionsOf } from './command-table.js';
import { UsageError } from './usage-error.js';

/** A command line, read. */
export interface Call {
  readonly command: CommandName;
  readonly positionals: readonly string[];
  /** As typed: every value is text. */
  readonly texts: Readonly<Partial<Record<OptionName, string>>>;
  readonly flags: Readonly<Partial<Record<OptionName, boolean>>>;
}

/** Returns what was typed, checked against the command's options. @throws UsageError naming what is wrong and the nearest word that would be right */
export function readCall(argv: readonly string[]): Call {
  const [word, ...args] = argv;
  known(`unknown command '${word}'`, word, Object.keys(COMMANDS));
  const command = word as CommandName;
  const options = optionsOf(command);
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'option')
      known(`${command} has no option ${token.rawName}`, token.name, Object.keys(options), (name) => `--${name}`);
  }
  const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`--${twice} is given twice`);
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args, options, strict: true, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split('\n')[0].replace(/\.$/, ''));
  }
  const { values, positionals } = parsed;
  const entries = Object.entries(values);
  const texts = Object.fromEntries(entries.filter(([, value]) => typeof value === 'string')) as Call['texts'];
  const empty = Object.entries(texts).find(([, text]) => text.trim() === '');
  if (empty !== undefined) throw new UsageError(`--${empty[0]} has no value`);
  const flags = Object.fromEntries(entries.filter(([, value]) => value === true)) as Call['flags'];
  const [least, most] = COMMANDS[command].takes;
  if (!flags.help && (positionals.length < least || positionals.length > most)) {
    const came = positionals.length === 0 ? 'nothing' : positionals.join(' ');
    throw new UsageError(`it is: chronolight ${COMMANDS[command].usage}; came ${came}`);
  }
  return { command, positionals, texts, flags };
}

function known(message: string, word: string, words: readonly string[], show = (name: string) => name): void {
  try {
    refuseUnknown('', { [word]: true }, words);
  } catch (error) {
    const nearest = isForecastError(error) && /did you mean '([^']*)'/.exec(error.message)?.[1];
    throw new UsageError(`${message}${nearest ? `: did you mean ${show(nearest)}?` : ''}`);
  }
}

/** Returns "1,3,5" as whole numbers. @throws UsageError */
export function wholeNumbers(option: OptionName, text: string): number[] {
  return text.split(',').map((part) => {
    if (!/^\d{1,6}$/.test(part.trim()))
      throw new UsageError(`--${option} takes whole numbers, such as 1,3,5; came ${text}`);
    return Number(part);
  });
}

/** Returns "a,b" as texts. @throws UsageError */
export function listOf(option: OptionName, text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.includes('')) throw new UsageError(`--${option} takes a list such as a,b; came ${text}`);
  return parts;
}
