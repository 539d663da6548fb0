import type { Forecast, Step } from '../../src/pipeline/index.js';
import { coverageStripChart, stripHeight, stripLegend } from './coverage-strip-chart.js';
import { coverageVerdict } from './coverage-verdict.js';
import { type Cell, type DataTable, tableHtml } from './data-table.js';
import type { ChartLibrary } from './echarts-svg.js';
import { escapeHtml } from './escape-html.js';
import { explanationSection } from './explanation-section.js';
import { fanBands } from './fan-bands.js';
import { fanChart, fanLegend } from './fan-chart.js';
import { FIGURE_SPACE } from './figure-space.js';
import { inShownOrder, looksOf } from './forecaster-look.js';
import { KOREAN_FAILURES } from './korean-failures.js';
import { directionRoles, risingColour } from './market-colours.js';
import { type MatchedForecast, matchForecasts } from './matched-forecasts.js';
import { horizonText, percentText, priceDigits, priceText, signedPercentText, withMinus } from './number-text.js';
import { pastForecasts } from './past-forecasts.js';
import { pastForecastsChart, pastLegend } from './past-forecasts-chart.js';
import { FULL_WIDTH, figureHtml, type ReportFigure } from './report-figure.js';
import type { ReportInstrument } from './report-input.js';
import type { Say } from './say.js';
import { weightsBars } from './weights-bar.js';
import { weightsChart, weightsHeight, weightsLegend } from './weights-chart.js';

/** Returns one instrument's newest forecast and its record, or '' for one that has neither bars nor a forecast. */
export function instrumentSection(
  library: ChartLibrary,
  instrument: ReportInstrument,
  { index, say }: { index: number; say: Say },
): string {
  const { code, name, currency, bars, latest, predictions, outcomes, weights = [] } = instrument;
  if (bars.length === 0 && latest === undefined) return '';
  const id = `i${index}`;
  const digits = priceDigits([...bars.map(({ close }) => close), ...(latest ? [latest.baseClose] : [])], currency);
  const matched = matchForecasts(predictions, outcomes);
  const figures: ReportFigure[] = [];
  const fan = latest && fanFigure(`${id}-fan`, { ...instrument, latest }, digits, say);
  const past = pastFigure(`${id}-past`, instrument, digits, say);
  if (past !== undefined) figures.push(past);
  if (matched.length > 0) figures.push(stripFigure(`${id}-strip`, matched, say));
  if (weights.length > 0) figures.push(weightsFigure(`${id}-weights`, weights, say));

  const title = name === undefined ? escapeHtml(code) : `${escapeHtml(name)}<small>${escapeHtml(code)}</small>`;
  const last = latest ? { date: latest.baseDate, close: latest.baseClose } : bars[bars.length - 1];
  const close = escapeHtml(`${priceText(last.close, digits)}${currency === undefined ? '' : ` ${currency}`}`);
  return (
    `<section class="card instrument rising-${risingColour(instrument.rising, currency)}" id="${id}"><div class="who"><h3>${title}</h3>` +
    `<p>${say('Close')} ${close} <span class="quiet">${say('on {date}', { date: escapeHtml(last.date) })}</span></p></div>` +
    (latest === undefined
      ? ''
      : tableHtml(forecastRows(latest, digits, say)) + weightsBars(latest.steps, say) + failureList(latest, say)) +
    // the forecast first, then why
    (fan === undefined ? '' : figureHtml(library, fan, say)) +
    explanationSection(instrument.explanations ?? [], `${id}-why`, say) +
    `${figures.map((figure) => figureHtml(library, figure, say)).join('')}</section>`
  );
}

function forecastRows(latest: Forecast, digits: number, say: Say): DataTable {
  return {
    caption: say('Newest forecast'),
    columns: [
      { title: say('Ahead') },
      { title: say('For') },
      { title: say('Point'), align: 'right' },
      { title: say('80% interval'), align: 'right' },
      { title: say('Return'), align: 'right' },
      { title: say('Down · flat · up'), align: 'right' },
      { title: say('Label') },
    ],
    rows: latest.steps.map((step) => [
      horizonText(step.horizon, say),
      step.targetDate,
      priceText(step.pointClose, digits),
      `${priceText(step.ciLow, digits)} – ${priceText(step.ciHigh, digits)}`,
      signedPercentText(step.expectedReturn),
      sharesCell(step),
      labelCell(step.direction, say),
    ]),
  };
}

const DIRECTION_SIGNS = { up: '▲', flat: '■', down: '▼' } as const;

const labelCell = (direction: 'up' | 'flat' | 'down', say: Say): Cell => ({
  html: `<span class="call ${direction}">${DIRECTION_SIGNS[direction]} ${say(direction)}</span>`,
});

function sharesCell({ probDown, probFlat, probUp }: Step): Cell {
  const parts = [
    ['down', probDown],
    ['flat', probFlat],
    ['up', probUp],
  ] as const;
  const bars = parts.map(([kind, share]) => `<i class="${kind}" style="flex:${Math.max(0, share).toFixed(4)}"></i>`);
  const text = parts.map(([, share]) => percentText(share, 0).padStart(3, FIGURE_SPACE)).join(' · ');
  return {
    html: `<span class="together"><span class="shares" aria-hidden="true">${bars.join('')}</span>${text}</span>`,
  };
}

/** Why a member took no part: in English as it said, else by its code; the words of a code that only the host knows stay. */
function failureWords(code: string, message: string, say: Say): string {
  const known = say.language === 'ko' && Object.hasOwn(KOREAN_FAILURES, code);
  return known ? `${KOREAN_FAILURES[code as keyof typeof KOREAN_FAILURES]}.` : message;
}

function failureList({ failures }: Forecast, say: Say): string {
  if (failures.length === 0) return '';
  const look = looksOf(
    failures.map(({ member }) => member),
    say,
  );
  const items = failures.map(
    ({ member, horizons, code, message }) =>
      `<li>${escapeHtml(
        say('{member} took no part at {horizons}: {message} ({code})', {
          member: look(member).name,
          horizons: horizons.map((horizon) => horizonText(horizon, say)).join(', '),
          message: failureWords(code, message, say),
          code,
        }),
      )}</li>`,
  );
  return `<ul class="failures">${items.join('')}</ul>`;
}

function fanFigure(
  id: string,
  { bars, currency, rising, latest }: ReportInstrument & { latest: Forecast },
  digits: number,
  say: Say,
): ReportFigure {
  const roles = directionRoles(risingColour(rising, currency));
  const farthest = latest.steps[latest.steps.length - 1];
  return {
    id,
    title: say('Newest forecast'),
    takeaway: say(
      'In {ahead} the close is expected near {point} ({change}), with four chances in five between {low} and {high}.',
      {
        ahead: horizonText(farthest.horizon, say),
        point: priceText(farthest.pointClose, digits),
        change: signedPercentText(farthest.expectedReturn),
        low: priceText(farthest.ciLow, digits),
        high: priceText(farthest.ciHigh, digits),
      },
    ),
    legend: fanLegend(latest, roles, say),
    option: (size) => fanChart({ bars, latest, digits, roles }, size, say),
    size: { width: FULL_WIDTH, height: 320, narrowHeight: 280 },
    table: {
      columns: [
        { title: say('Ahead') },
        { title: say('For') },
        { title: say('Point'), align: 'right' },
        ...fanBands(farthest).map(({ level }) => ({ title: percentText(level, 0), align: 'right' as const })),
      ],
      rows: latest.steps.map((step) => [
        horizonText(step.horizon, say),
        step.targetDate,
        priceText(step.pointClose, digits),
        ...fanBands(step).map(({ low, high }) => `${priceText(low, digits)} – ${priceText(high, digits)}`),
      ]),
    },
  };
}

function pastFigure(id: string, instrument: ReportInstrument, digits: number, say: Say): ReportFigure | undefined {
  const { bars, predictions, outcomes } = instrument;
  const horizon = Math.min(...predictions.map((prediction) => prediction.horizon));
  const past = Number.isFinite(horizon) ? pastForecasts(bars, { predictions, outcomes, horizon }) : [];
  if (past.length === 0) return undefined;
  const met = past.filter(({ side }) => side !== undefined);
  const held = met.filter(({ side }) => side === 'inside').length;
  return {
    id,
    title: say('Forecasts {ahead} ahead, and what came', { ahead: horizonText(horizon, say) }),
    takeaway:
      met.length === 0
        ? say('None of these forecasts has met its close yet.')
        : heldWords({ held, count: met.length, horizon }, say),
    legend: pastLegend(say),
    option: (size) => pastForecastsChart({ bars, past, digits }, size, say),
    size: { width: FULL_WIDTH, height: 310, narrowHeight: 270 },
    table: {
      columns: [
        { title: say('For') },
        { title: say('Made on') },
        { title: say('Point'), align: 'right' },
        { title: say('80% interval'), align: 'right' },
        { title: say('Close'), align: 'right' },
        { title: say('Interval') },
      ],
      rows: [...past]
        .reverse()
        .map(({ date, baseDate, point, low, high, close, side }) => [
          date,
          baseDate,
          priceText(point, digits),
          `${priceText(low, digits)} – ${priceText(high, digits)}`,
          close === undefined ? say('open') : priceText(close, digits),
          side === undefined ? '' : say(OUTCOME_WORDS[side]),
        ]),
    },
  };
}

const OUTCOME_WORDS = { inside: 'held', above: 'closed above', below: 'closed below' } as const;

/** Says how often an interval held and, where it did not keep its promise, which way it failed. */
function heldWords({ held, count, horizon }: { held: number; count: number; horizon: number }, say: Say): string {
  const { state } = coverageVerdict(held / count, Math.max(1, count / horizon));
  const told = { held, count, share: percentText(held / count, 0) };
  return state === 'as promised'
    ? say('{held} of {count} closes fell inside their 80% interval ({share}).', told)
    : say('{held} of {count} closes fell inside their 80% interval ({share}): it was {state}.', {
        ...told,
        state: say(state),
      });
}

function stripFigure(id: string, matched: readonly MatchedForecast[], say: Say): ReportFigure {
  const horizons = [...new Set(matched.map(({ outcome }) => outcome.horizon))].sort((a, b) => a - b);
  const rows = horizons.map((horizon) => {
    const own = matched.filter(({ outcome }) => outcome.horizon === horizon);
    const share = (side: MatchedForecast['side']) => own.filter((pair) => pair.side === side).length / own.length;
    return { horizon, count: own.length, inside: share('inside'), above: share('above'), below: share('below') };
  });
  return {
    id,
    title: say('Intervals held and missed, day by day'),
    takeaway: say(
      'One mark a forecast, on the day it was for. Misses should be one in five, half above and half below, and not come in long runs.',
    ),
    legend: stripLegend(say),
    option: (size) => coverageStripChart(matched, size, say),
    size: {
      width: FULL_WIDTH,
      height: stripHeight(horizons.length),
      narrowHeight: stripHeight(horizons.length),
    },
    table: {
      columns: [
        { title: say('Ahead') },
        { title: say('Outcomes'), align: 'right' },
        { title: say('Inside'), align: 'right' },
        { title: say('Above'), align: 'right' },
        { title: say('Below'), align: 'right' },
      ],
      rows: rows.map(({ horizon, count, inside, above, below }) => [
        horizonText(horizon, say),
        String(count),
        percentText(inside),
        percentText(above),
        percentText(below),
      ]),
    },
  };
}

function weightsFigure(id: string, weights: NonNullable<ReportInstrument['weights']>, say: Say): ReportFigure {
  const horizons = new Set(weights.map(({ horizon }) => horizon)).size;
  const names = inShownOrder(weights.flatMap((record) => Object.keys(record.weights)));
  const look = looksOf(names, say);
  const newest = [...weights].sort((a, b) => (a.asOf < b.asOf ? 1 : a.asOf > b.asOf ? -1 : a.horizon - b.horizon));
  return {
    id,
    title: say('Learned weights over time'),
    takeaway: say('The share that each member has in the ensemble’s point and interval, as learned from outcomes.'),
    legend: weightsLegend(names, say),
    option: (size) => weightsChart(weights, size, say),
    size: { width: FULL_WIDTH, height: weightsHeight(horizons), narrowHeight: weightsHeight(horizons) },
    table: {
      columns: [
        { title: say('As of') },
        { title: say('Ahead') },
        ...names.map((name) => ({ title: look(name).name, align: 'right' as const })),
        { title: say('Outcomes'), align: 'right' },
      ],
      rows: newest.map((record) => [
        record.asOf,
        horizonText(record.horizon, say),
        ...names.map((name) => withMinus(percentText(record.weights[name] ?? 0))),
        String(record.sampleCount),
      ]),
    },
  };
}
