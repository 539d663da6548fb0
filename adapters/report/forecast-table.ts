import type { Forecast, Step } from '../../src/pipeline/index.js';
import { plainText } from './display-width.js';
import { inShownOrder } from './forecaster-look.js';
import { horizonText, percentText, priceDigits, priceText, signedPercentText } from './number-text.js';
import { textTable } from './text-table.js';

/**
 * Returns a forecast as plain text for a terminal: a line on its base, a row a horizon, and a line for each member that failed.
 *
 * @param options options.name shown beside the code; options.currency shown beside the close, an ISO 4217 code also settles the decimals
 * @returns lines without a final newline
 * @example
 * console.log(forecastTable(await predict('005930', context), { name: 'Samsung Electronics', currency: 'KRW' }));
 */
export function forecastTable(
  forecast: Forecast,
  { name, currency }: { readonly name?: string | undefined; readonly currency?: string | undefined } = {},
): string {
  const { code, baseDate, baseClose, steps, failures } = forecast;
  const digits = priceDigits([baseClose], currency);
  const close = `close ${priceText(baseClose, digits)}${currency === undefined ? '' : ` ${currency}`}`;
  const table = textTable(
    [
      { title: 'Ahead' },
      { title: 'For' },
      { title: 'Point', align: 'right' },
      { title: '80% interval', align: 'right' },
      { title: 'Return', align: 'right' },
      { title: 'Up', align: 'right' },
      { title: 'Flat', align: 'right' },
      { title: 'Down', align: 'right' },
      { title: 'Label' },
      { title: 'Members' },
    ],
    steps.map((step) => [
      horizonText(step.horizon),
      step.targetDate,
      priceText(step.pointClose, digits),
      `${priceText(step.ciLow, digits)} to ${priceText(step.ciHigh, digits)}`,
      signedPercentText(step.expectedReturn),
      percentText(step.probUp, 0),
      percentText(step.probFlat, 0),
      percentText(step.probDown, 0),
      step.direction,
      membersText(step),
    ]),
  );
  return [
    plainText(`${name === undefined ? code : `${name} (${code})`}, ${close} on ${baseDate}`),
    '',
    table,
    ...failures.map(({ member, horizons, code: cause, message }) =>
      plainText(`${member} took no part at ${horizons.map(horizonText).join(', ')}: ${message} (${cause})`),
    ),
  ].join('\n');
}

function membersText({ members, weights }: Step): string {
  const present = inShownOrder(Object.keys(members)).filter((name) => weights[name] > 0);
  return present.map((name) => `${name} ${percentText(weights[name], 0)}`).join(', ');
}
