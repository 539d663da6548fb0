import { refuseUnknown } from '../../src/errors.js';
import type { Forecast, Step } from '../../src/pipeline/index.js';
import { displayWidth, plainText } from './display-width.js';
import { inShownOrder } from './forecaster-look.js';
import { horizonText, percentText, priceDigits, priceText, signedPercentText } from './number-text.js';
import { textTable } from './text-table.js';

/** Columns of a terminal that a table may take. */
const TERMINAL_WIDTH = 100;

/**
 * Returns a forecast as plain text for a terminal: a line on its base, a row a horizon, and a line for each member that failed.
 * Within 100 columns: where the members do not fit into the table, they stand beneath it.
 *
 * @param options options.name shown beside the code; options.currency shown beside the close, an ISO 4217 code also settles the decimals
 * @returns lines without a final newline
 * @example
 * console.log(forecastTable(await predict('005930', context), { name: 'Samsung Electronics', currency: 'KRW' }));
 */
export function forecastTable(
  forecast: Forecast,
  options: { readonly name?: string | undefined; readonly currency?: string | undefined } = {},
): string {
  refuseUnknown('forecastTable', options, ['name', 'currency']);
  const { name, currency } = options;
  const { code, baseDate, baseClose, steps, failures } = forecast;
  const digits = priceDigits([baseClose], currency);
  const close = `close ${priceText(baseClose, digits)}${currency === undefined ? '' : ` ${currency}`}`;
  const columns = [
    { title: 'Ahead' },
    { title: 'For' },
    { title: 'Point', align: 'right' },
    { title: '80% interval', align: 'right' },
    { title: 'Return', align: 'right' },
    { title: 'Up', align: 'right' },
    { title: 'Flat', align: 'right' },
    { title: 'Down', align: 'right' },
    { title: 'Label' },
  ] as const;
  const rows = steps.map((step) => [
    horizonText(step.horizon),
    step.targetDate,
    priceText(step.pointClose, digits),
    `${priceText(step.ciLow, digits)} to ${priceText(step.ciHigh, digits)}`,
    signedPercentText(step.expectedReturn),
    percentText(step.probUp, 0),
    percentText(step.probFlat, 0),
    percentText(step.probDown, 0),
    step.direction,
  ]);
  const members = steps.map(membersText);
  const whole = textTable(
    [...columns, { title: 'Members' }],
    rows.map((row, index) => [...row, members[index]]),
  );
  const fits = Math.max(...whole.split('\n').map(displayWidth)) <= TERMINAL_WIDTH;
  const table = fits ? whole : `${textTable(columns, rows)}\n${membersLines(steps, members).map(plainText).join('\n')}`;
  return [
    plainText(`${name === undefined ? code : `${name} (${code})`}, ${close} on ${baseDate}`),
    '',
    table,
    ...failures.map(({ member, horizons, code: cause, message }) =>
      plainText(
        `${member} took no part at ${horizons.map((horizon) => horizonText(horizon)).join(', ')}: ${message} (${cause})`,
      ),
    ),
  ].join('\n');
}

/** One line where all horizons agree, else a line a horizon. */
function membersLines(steps: readonly Step[], members: readonly string[]): string[] {
  if (members.every((text) => text === members[0])) return [`Members: ${members[0]}`];
  return members.map((text, index) => `Members, ${horizonText(steps[index].horizon)}: ${text}`);
}

function membersText({ members, weights }: Step): string {
  const present = inShownOrder(Object.keys(members)).filter((name) => weights[name] > 0);
  return present.map((name) => `${name} ${percentText(weights[name], 0)}`).join(', ');
}
