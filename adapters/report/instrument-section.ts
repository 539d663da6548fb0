import type { Forecast, Step } from '../../src/pipeline/index.js';
import { coverageStripChart, STRIP_LEGEND, stripHeight } from './coverage-strip-chart.js';
import { coverageVerdict } from './coverage-verdict.js';
import { type Cell, type DataTable, tableHtml } from './data-table.js';
import type { ChartLibrary } from './echarts-svg.js';
import { escapeHtml } from './escape-html.js';
import { explanationSection } from './explanation-section.js';
import { fanBands } from './fan-bands.js';
import { fanChart, fanLegend } from './fan-chart.js';
import { inShownOrder, looksOf } from './forecaster-look.js';
import { directionRoles, risingColour } from './market-colours.js';
import { type MatchedForecast, matchForecasts } from './matched-forecasts.js';
import { horizonText, percentText, priceDigits, priceText, signedPercentText, withMinus } from './number-text.js';
import { pastForecasts } from './past-forecasts.js';
import { PAST_LEGEND, pastForecastsChart } from './past-forecasts-chart.js';
import { FULL_WIDTH, figureHtml, type ReportFigure } from './report-figure.js';
import type { ReportInstrument } from './report-input.js';
import { weightsBars } from './weights-bar.js';
import { weightsChart, weightsHeight, weightsLegend } from './weights-chart.js';

/** Returns one instrument's newest forecast and its record, or '' for one that has neither bars nor a forecast. */
export function instrumentSection(library: ChartLibrary, instrument: ReportInstrument, index: number): string {
  const { code, name, currency, bars, latest, predictions, outcomes, weights = [] } = instrument;
  if (bars.length === 0 && latest === undefined) return '';
  const id = `i${index}`;
  const digits = priceDigits([...bars.map(({ close }) => close), ...(latest ? [latest.baseClose] : [])], currency);
  const matched = matchForecasts(predictions, outcomes);
  const figures: ReportFigure[] = [];
  if (latest !== undefined) figures.push(fanFigure(`${id}-fan`, instrument, latest, digits));
  const past = pastFigure(`${id}-past`, instrument, digits);
  if (past !== undefined) figures.push(past);
  if (matched.length > 0) figures.push(stripFigure(`${id}-strip`, matched));
  if (weights.length > 0) figures.push(weightsFigure(`${id}-weights`, weights));

  const title = name === undefined ? escapeHtml(code) : `${escapeHtml(name)}<small>${escapeHtml(code)}</small>`;
  const last = latest ? { date: latest.baseDate, close: latest.baseClose } : bars[bars.length - 1];
  const close = escapeHtml(`${priceText(last.close, digits)}${currency === undefined ? '' : ` ${currency}`}`);
  return (
    `<section class="card instrument rising-${risingColour(instrument.rising, currency)}" id="${id}"><div class="who"><h3>${title}</h3>` +
    `<p>Close ${close} <span class="quiet">on ${escapeHtml(last.date)}</span></p></div>` +
    (latest === undefined
      ? ''
      : tableHtml(forecastRows(latest, digits)) + weightsBars(latest.steps) + failureList(latest)) +
    explanationSection(instrument.explanations ?? [], `${id}-why`) +
    `${figures.map((figure) => figureHtml(library, figure)).join('')}</section>`
  );
}

function forecastRows(latest: Forecast, digits: number): DataTable {
  return {
    caption: 'Newest forecast',
    columns: [
      { title: 'Ahead' },
      { title: 'For' },
      { title: 'Point', align: 'right' },
      { title: '80% interval', align: 'right' },
      { title: 'Return', align: 'right' },
      { title: 'Down · flat · up' },
      { title: 'Label' },
    ],
    stacked: true,
    rows: latest.steps.map((step) => [
      horizonText(step.horizon),
      step.targetDate,
      priceText(step.pointClose, digits),
      `${priceText(step.ciLow, digits)} – ${priceText(step.ciHigh, digits)}`,
      signedPercentText(step.expectedReturn),
      sharesCell(step),
      labelCell(step.direction),
    ]),
  };
}

const DIRECTION_SIGNS = { up: '▲', flat: '■', down: '▼' } as const;

const labelCell = (direction: 'up' | 'flat' | 'down'): Cell => ({
  html: `<span class="call ${direction}">${DIRECTION_SIGNS[direction]} ${direction}</span>`,
});

function sharesCell({ probDown, probFlat, probUp }: Step): Cell {
  const parts = [
    ['down', probDown],
    ['flat', probFlat],
    ['up', probUp],
  ] as const;
  const bars = parts.map(([kind, share]) => `<i class="${kind}" style="flex:${Math.max(0, share).toFixed(4)}"></i>`);
  const text = parts.map(([, share]) => percentText(share, 0)).join(' · ');
  return {
    html: `<span class="together"><span class="shares" aria-hidden="true">${bars.join('')}</span>${text}</span>`,
  };
}

function failureList({ failures }: Forecast): string {
  if (failures.length === 0) return '';
  const look = looksOf(failures.map(({ member }) => member));
  const items = failures.map(
    ({ member, horizons, code, message }) =>
      `<li>${escapeHtml(`${look(member).name} took no part at ${horizons.map(horizonText).join(', ')}: ${message} (${code})`)}</li>`,
  );
  return `<ul class="failures">${items.join('')}</ul>`;
}

function fanFigure(id: string, instrument: ReportInstrument, latest: Forecast, digits: number): ReportFigure {
  const { bars, currency, rising } = instrument;
  const roles = directionRoles(risingColour(rising, currency));
  const farthest = latest.steps[latest.steps.length - 1];
  const levels = ['point', 'interval'] as const;
  return {
    id,
    title: 'Newest forecast',
    takeaway:
      `In ${horizonText(farthest.horizon)} the close is expected near ${priceText(farthest.pointClose, digits)} ` +
      `(${signedPercentText(farthest.expectedReturn)}), with four chances in five between ` +
      `${priceText(farthest.ciLow, digits)} and ${priceText(farthest.ciHigh, digits)}.`,
    legend: fanLegend(latest, roles),
    option: (size) => fanChart({ bars, latest, digits, roles }, size),
    size: { width: FULL_WIDTH, height: 320, narrowHeight: 280 },
    table: {
      columns: [
        { title: 'Ahead' },
        { title: 'For' },
        ...levels.map((title) => ({ title: title === 'point' ? 'Point' : 'Intervals', align: 'right' as const })),
      ],
      rows: latest.steps.map((step) => [
        horizonText(step.horizon),
        step.targetDate,
        priceText(step.pointClose, digits),
        fanBands(step)
          .map(
            ({ level, low, high }) =>
              `${percentText(level, 0)}: ${priceText(low, digits)} – ${priceText(high, digits)}`,
          )
          .join('; '),
      ]),
    },
  };
}

function pastFigure(id: string, instrument: ReportInstrument, digits: number): ReportFigure | undefined {
  const { bars, predictions, outcomes } = instrument;
  const horizon = Math.min(...predictions.map((prediction) => prediction.horizon));
  const past = Number.isFinite(horizon) ? pastForecasts(bars, { predictions, outcomes, horizon }) : [];
  if (past.length === 0) return undefined;
  const met = past.filter(({ side }) => side !== undefined);
  const held = met.filter(({ side }) => side === 'inside').length;
  return {
    id,
    title: `Forecasts ${horizonText(horizon)} ahead, and what came`,
    takeaway:
      met.length === 0
        ? 'None of these forecasts has met its close yet.'
        : `${held} of ${met.length} closes fell inside their 80% interval (${percentText(held / met.length, 0)})${tooFew(held / met.length, met.length / horizon)}.`,
    legend: PAST_LEGEND,
    option: (size) => pastForecastsChart({ bars, past, digits }, size),
    size: { width: FULL_WIDTH, height: 310, narrowHeight: 270 },
    table: {
      columns: [
        { title: 'For' },
        { title: 'Made on' },
        { title: 'Point', align: 'right' },
        { title: '80% interval', align: 'right' },
        { title: 'Close', align: 'right' },
        { title: 'Interval' },
      ],
      rows: [...past]
        .reverse()
        .map(({ date, baseDate, point, low, high, close, side }) => [
          date,
          baseDate,
          priceText(point, digits),
          `${priceText(low, digits)} – ${priceText(high, digits)}`,
          close === undefined ? 'open' : priceText(close, digits),
          side === undefined ? '' : side === 'inside' ? 'held' : `closed ${side}`,
        ]),
    },
  };
}

/** Says of an interval that did not keep its promise which way it failed; '' where it did, or too few outcomes tell. */
function tooFew(share: number, effectiveCount: number): string {
  const { state } = coverageVerdict(share, Math.max(1, effectiveCount));
  return state === 'as promised' ? '' : `: it was ${state}`;
}

function stripFigure(id: string, matched: readonly MatchedForecast[]): ReportFigure {
  const horizons = [...new Set(matched.map(({ outcome }) => outcome.horizon))].sort((a, b) => a - b);
  const rows = horizons.map((horizon) => {
    const own = matched.filter(({ outcome }) => outcome.horizon === horizon);
    const share = (side: MatchedForecast['side']) => own.filter((pair) => pair.side === side).length / own.length;
    return { horizon, count: own.length, inside: share('inside'), above: share('above'), below: share('below') };
  });
  return {
    id,
    title: 'Intervals held and missed, day by day',
    takeaway:
      'One mark a forecast, on the day it was for. Misses should be one in five, half above and half below, and not come in long runs.',
    legend: STRIP_LEGEND,
    option: (size) => coverageStripChart(matched, size),
    size: {
      width: FULL_WIDTH,
      height: stripHeight(horizons.length),
      narrowHeight: stripHeight(horizons.length),
    },
    table: {
      columns: [
        { title: 'Ahead' },
        { title: 'Outcomes', align: 'right' },
        { title: 'Inside', align: 'right' },
        { title: 'Above', align: 'right' },
        { title: 'Below', align: 'right' },
      ],
      rows: rows.map(({ horizon, count, inside, above, below }) => [
        horizonText(horizon),
        String(count),
        percentText(inside),
        percentText(above),
        percentText(below),
      ]),
    },
  };
}

function weightsFigure(id: string, weights: NonNullable<ReportInstrument['weights']>): ReportFigure {
  const horizons = new Set(weights.map(({ horizon }) => horizon)).size;
  const names = inShownOrder(weights.flatMap((record) => Object.keys(record.weights)));
  const look = looksOf(names);
  const newest = [...weights].sort((a, b) => (a.asOf < b.asOf ? 1 : a.asOf > b.asOf ? -1 : a.horizon - b.horizon));
  return {
    id,
    title: 'Learned weights over time',
    takeaway: 'The share that each member has in the ensemble’s point and interval, as learned from outcomes.',
    legend: weightsLegend(names),
    option: (size) => weightsChart(weights, size),
    size: { width: FULL_WIDTH, height: weightsHeight(horizons), narrowHeight: weightsHeight(horizons) },
    table: {
      columns: [
        { title: 'As of' },
        { title: 'Ahead' },
        ...names.map((name) => ({ title: look(name).name, align: 'right' as const })),
        { title: 'Outcomes', align: 'right' },
      ],
      rows: newest.map((record) => [
        record.asOf,
        horizonText(record.horizon),
        ...names.map((name) => withMinus(percentText(record.weights[name] ?? 0))),
        String(record.sampleCount),
      ]),
    },
  };
}
