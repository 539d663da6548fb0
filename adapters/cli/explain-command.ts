import { type Explanation, explain } from '../../src/pipeline/index.js';
import { type CommandCall, end } from './forecast-commands.js';
import { type NamedFailure, namedFailure } from './named-failure.js';

/** Features told of each number; --json has them all. */
const MOST_TOLD = 8;

/** Explains what the trained model says of one instrument's newest bar, horizon by horizon. */
export async function explainCommand(
  { context, horizons, output, signal }: CommandCall,
  code: string,
): Promise<number> {
  const explanations: Explanation[] = [];
  const failures: NamedFailure[] = [];
  for (const horizon of horizons) {
    try {
      explanations.push(await explain(code, context, { horizon, signal }));
    } catch (error) {
      signal.throwIfAborted();
      failures.push(namedFailure(`${code} h${horizon}`, error));
    }
  }
  output.result({ explanations, failures }, explanations.map(textOf).join('\n\n'));
  return end(output, failures, explanations.length);
}

function textOf({ code, member, horizon, baseDate, numbers }: Explanation): string {
  const blocks = numbers.map(({ text, contributions }) => {
    const told = contributions
      .slice(0, MOST_TOLD)
      .map(({ feature, value, text: adds }) => `    ${feature} ${valueText(value)}: ${adds}`);
    const rest = contributions.length - told.length;
    return [`  ${text}`, ...told, ...(rest > 0 ? [`    and ${rest} features that add less`] : [])].join('\n');
  });
  return [`${code} in ${horizon} trading days from ${baseDate}, ${member}:`, ...blocks].join('\n');
}

function valueText(value: number): string {
  return Number.isNaN(value) ? 'without a value' : `at ${Number(value.toPrecision(3))}`;
}
