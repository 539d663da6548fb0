import { tableHtml } from './data-table.js';
import { directionReliability } from './direction-reliability.js';
import type { ChartLibrary } from './echarts-svg.js';
import { escapeHtml } from './escape-html.js';
import { type HorizonScore, scoresByHorizon } from './horizon-scores.js';
import { type MatchedForecast, matchForecasts } from './matched-forecasts.js';
import { countText, horizonText, percentText, rangeText, signedPercentText } from './number-text.js';
import { figureHtml } from './report-figure.js';
import type { ReportInstrument, SkillFigure } from './report-input.js';
import type { Say } from './say.js';
import { absErrorFigure, coverageFigure, hitRateFigure, pinballFigure, reliabilityFigure } from './score-figures.js';

/** Returns the scores over all instruments: coverage, reliability, hit rate and errors, or '' before any outcome. */
export function scoresSection(
  library: ChartLibrary,
  instruments: readonly ReportInstrument[],
  scores: readonly HorizonScore[],
  say: Say,
): string {
  if (scores.length === 0) return '';
  const matched = instruments.flatMap(({ predictions, outcomes }) => matchForecasts(predictions, outcomes));
  const draw = (figure: Parameters<typeof figureHtml>[1]) => figureHtml(library, figure, say);
  const pinball = pinballFigure(scores, say);
  const errors = [draw(absErrorFigure(scores, say)), ...(pinball ? [draw(pinball)] : [])];
  const many = instruments.filter(({ outcomes }) => outcomes.length > 0).length > 1;
  return (
    `<section id="scores"><h2>${say('How good the forecasts were')}</h2><p class="lead">${many ? `${say('All instruments together.')} ` : ''}` +
    `${say('What counts is the distance to the reference in each chart, and whether it is larger than its uncertainty.')}</p>` +
    `<div class="pair">${draw(coverageFigure(scores, say))}${draw(hitRateFigure(scores, say))}</div>` +
    `<div class="${errors.length > 1 ? 'pair' : 'lone'}">${errors.join('')}</div>` +
    reliability(matched, scores, { draw, say }) +
    (many ? byInstrument(instruments, say) : '') +
    '</section>'
  );
}

function reliability(
  matched: readonly MatchedForecast[],
  scores: readonly HorizonScore[],
  { draw, say }: { draw: (figure: ReturnType<typeof reliabilityFigure>) => string; say: Say },
): string {
  if (matched.length === 0) return '';
  const total = scores.reduce((sum, { count }) => sum + count, 0);
  const thinning = scores.reduce((sum, { effectiveCount }) => sum + effectiveCount, 0) / total;
  const figures = (['up', 'down'] as const).map((direction) =>
    draw(reliabilityFigure(direction, directionReliability(matched, direction), { thinning, say })),
  );
  return `<div class="pair">${figures.join('')}</div>`;
}

function byInstrument(instruments: readonly ReportInstrument[], say: Say): string {
  const rows = instruments.flatMap(({ code, name, outcomes }) =>
    scoresByHorizon(outcomes).map((score) => [
      {
        html: `${escapeHtml(name ?? code)}${name === undefined ? '' : ` <small>${escapeHtml(code)}</small>`}`,
      },
      horizonText(score.horizon, say),
      countText(score.count),
      percentText(score.coverage, 0),
      percentText(score.hitRate, 0),
      percentText(score.baseRate, 0),
      percentText(score.meanAbsError, 2),
      signedPercentText(score.meanAbsError / score.randomWalkMeanAbsError - 1, 1),
    ]),
  );
  const numbers = ['Outcomes', 'Covered', 'Hit rate', 'Base rate', 'Mean error', 'Beside random walk'] as const;
  const table = tableHtml({
    caption: say('Scores by instrument'),
    columns: [
      { title: say('Instrument') },
      { title: say('Ahead') },
      ...numbers.map((title) => ({ title: say(title), align: 'right' as const })),
    ],
    rows,
  });
  return `<div class="card"><h4>${say('By instrument')}</h4><p class="quiet">${say('Small samples scatter: the best and the worst of many are mostly luck.')}</p>${table}</div>`;
}

/** Returns the skills that were handed in as a table, or '' without any. */
export function skillsSection(skills: readonly SkillFigure[], say: Say): string {
  if (skills.length === 0) return '';
  const ordered = [...skills].sort((a, b) => a.horizon - b.horizon);
  const table = tableHtml({
    caption: say('Skill beside the random walk'),
    columns: [
      { title: say('Ahead') },
      { title: say('Forecaster') },
      { title: say('Loss') },
      { title: say('Skill'), align: 'right' },
      { title: say('95% interval'), align: 'right' },
      { title: say('Beside the random walk') },
    ],
    rows: ordered.map(({ horizon, forecaster, loss, skill, low, high, state }) => [
      horizonText(horizon, say),
      forecaster,
      loss,
      signedPercentText(skill),
      low === undefined || high === undefined ? '–' : rangeText(signedPercentText(low), signedPercentText(high), say),
      say(state === 'not distinguishable' ? 'not distinguishable from chance' : state),
    ]),
  });
  return `<div class="card"><h4>${say('Skill beside the random walk')}</h4><p class="quiet">${say('1 − loss / the random walk’s loss: above zero is better.')}</p>${table}</div>`;
}
