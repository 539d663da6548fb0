import { FIGURE_SPACE } from '../../adapters/report/figure-space.js';
import { sharesOf } from '../../src/ensemble/index.js';
import { quantileFunction } from '../../src/stats/index.js';
import { LEVELS } from './forecast.js';
import type { Score } from './score.js';
import type { Shown } from './show-fan.js';

/** Steps of a long horizon that the table shows beside the last. */
const SHOWN_STEPS = [1, 2, 3, 5, 10, 15, 20];

/** Shows a row for each day ahead; nothing without a forecast. */
export function showSteps(shown: Shown | undefined): void {
  const table = document.getElementById('steps')!;
  table.hidden = shown === undefined;
  if (shown === undefined) return;
  const { forecast, answer, price } = shown;
  const { steps, quantiles } = forecast;
  const base = answer.series.close[answer.series.length - 1];
  const head = `<th>Day</th><th>Median</th><th class="wide">50 %</th><th>80 %</th><th>${arrow('down')} / flat / ${arrow('up')}</th>`;
  table.querySelector('thead')!.innerHTML = `<tr>${head}</tr>`;
  const rows = steps.flatMap((step, k) => {
    if (!SHOWN_STEPS.includes(step) && k < steps.length - 1) return [];
    const row = quantiles[k];
    const { probDown, probFlat, probUp } = sharesOf(quantileFunction(LEVELS, row), {
      baseClose: base,
      flatBand: answer.flatBand,
    });
    const range = (low: number, high: number) =>
      `<span class="price">${price(row[low])} –</span> <span class="price">${price(row[high])}</span>`;
    const cells = `<td>${answer.dates[step - 1].slice(5)}</td><td>${price(row[3])}</td><td class="wide">${range(2, 4)}</td><td>${range(1, 5)}</td>`;
    return `<tr>${cells}<td>${directions([probDown, probFlat, probUp])}</td></tr>`;
  });
  table.querySelector('tbody')!.innerHTML = rows.join('');
  const band = `${(answer.flatBand * 100).toFixed(1)} %`;
  table.querySelector('caption')!.textContent =
    `After the close of ${answer.series.dates[answer.series.length - 1]} at ${price(base)}; flat is within ±${band}.`;
}

function directions(shares: readonly [number, number, number]): string {
  const percent = shares.map((share) => String(Math.round(share * 100)).padStart(2, FIGURE_SPACE));
  const [first, second] = [shares[0] * 100, (shares[0] + shares[1]) * 100];
  const bar =
    `<svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true"><rect class="share-down" width="${first}" height="12"/>` +
    `<rect class="share-flat" x="${first}" width="${second - first}" height="12"/>` +
    `<rect class="share-up" x="${second}" width="${100 - second}" height="12"/></svg>`;
  return `<div class="directions">${bar}<span>${percent.join(' / ')}</span></div>`;
}

function arrow(direction: 'down' | 'up'): string {
  return direction === 'down' ? '▼ down' : '▲ up';
}

/** Shows how each forecaster fared, with n and uncertainty in every row. */
export function showScores(scores: readonly Score[], chosen: string): void {
  const table = document.getElementById('scores')!;
  table.hidden = scores.length === 0;
  const lead = document.getElementById('record-lead')!;
  if (scores.length === 0) {
    lead.textContent =
      'Each forecaster is asked after each of the last 250 closes of this series, seeing nothing later.';
    return;
  }
  const { horizon, days, from, to } = scores[0];
  lead.textContent = `Asked after each of ${days} closes from ${from} to ${to}, seeing nothing later, for the close ${horizon} ${horizon === 1 ? 'day' : 'days'} on.`;
  const head =
    '<th>Forecaster</th><th>80 % held</th><th>Better than the random walk by</th><th class="wide">Verdict</th>';
  table.querySelector('thead')!.innerHTML = `<tr>${head}</tr>`;
  table.querySelector('tbody')!.innerHTML = scores
    .map((score) => scoreRow(score, score.forecaster === chosen))
    .join('');
}

function scoreRow({ forecaster, held, days, coverage, skill }: Score, isChosen: boolean): string {
  const off = coverage !== undefined && (coverage.low > 0.8 || coverage.high < 0.8);
  const share = `${Math.round((held / days) * 100)} %`;
  const range = coverage ? ` <small>${percent(coverage.low)} to ${percent(coverage.high)}</small>` : '';
  const coverageCell = `${off ? `<span class="alarm">${coverage.high < 0.8 ? 'too narrow' : 'too wide'} ${share}</span>` : share}<br><small>${held} of ${days},</small>${range}`;
  const verdictText =
    skill === undefined
      ? 'the yardstick'
      : { better: 'better', worse: 'worse', 'not distinguishable': 'cannot be told apart' }[skill.verdict];
  const tone = skill?.verdict === 'better' ? 'good' : skill?.verdict === 'worse' ? 'bad' : '';
  const skillCell =
    skill === undefined
      ? '–'
      : `<span class="${tone}">${signed(skill.estimate)}</span><br><small>${signed(skill.low)} to ${signed(skill.high)}</small>`;
  const narrowVerdict = skill === undefined ? '' : `<br><small class="narrow">${verdictText}</small>`;
  return `<tr${isChosen ? ' class="chosen"' : ''}><td>${forecaster}${narrowVerdict}</td><td>${coverageCell}</td><td>${skillCell}</td><td class="wide ${tone}">${verdictText}</td></tr>`;
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
const signed = (share: number) => `${share > 0 ? '+' : share < 0 ? '−' : ''}${Math.abs(share * 100).toFixed(1)} %`;
