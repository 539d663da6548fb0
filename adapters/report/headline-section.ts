import { coverageBadge, coverageVerdict, coverageWords } from './coverage-verdict.js';
import { escapeHtml } from './escape-html.js';
import type { HorizonScore } from './horizon-scores.js';
import { countText, horizonText, percentText, signedPercentText, withMinus } from './number-text.js';
import type { SkillFigure } from './report-input.js';

const STATES = {
  better: { kind: 'better', text: 'better' },
  worse: { kind: 'worse', text: 'worse' },
  'not distinguishable': { kind: 'unclear', text: 'not distinguishable from chance' },
} as const;

/** Returns what the report has to say first: how many forecasts met their closes, and how they did, per horizon. */
export function headlineSection(scores: readonly HorizonScore[], skills: readonly SkillFigure[]): string {
  if (scores.length === 0 && skills.length === 0) {
    return (
      '<section id="record"><h2>How it fared</h2><p class="lead">No forecast has met its close yet, so there is nothing to score. ' +
      'The forecasts above are untested.</p></section>'
    );
  }
  const judged = [...judgements(scores, skills)].sort((a, b) => a.horizon - b.horizon);
  const horizons = [...new Set([...scores, ...judged].map(({ horizon }) => horizon))].sort((a, b) => a - b);
  const tiles = horizons.map((horizon) =>
    tile(
      horizon,
      scores.find((score) => score.horizon === horizon),
      judged.find((skill) => skill.horizon === horizon),
    ),
  );
  return (
    `<section id="record"><h2>How it fared</h2><p class="lead">${escapeHtml(lead(scores, judged))}</p>` +
    `<div class="tiles">${tiles.join('')}</div></section>`
  );
}

/** The ensemble's skills as the host measured them; where it handed none in, those of the absolute error, measured here. */
function judgements(scores: readonly HorizonScore[], skills: readonly SkillFigure[]): SkillFigure[] {
  const given = skills.filter(({ forecaster }) => forecaster === 'ensemble');
  if (given.length > 0) return given;
  return scores.flatMap(({ horizon, errorSkill }): SkillFigure[] => {
    if (errorSkill === undefined) return [];
    const { estimate, low, high, verdict } = errorSkill;
    return [
      { forecaster: 'ensemble', horizon, loss: 'mean absolute error', skill: estimate, low, high, state: verdict },
    ];
  });
}

function lead(scores: readonly HorizonScore[], judged: readonly SkillFigure[]): string {
  const count = scores.reduce((sum, score) => sum + score.count, 0);
  const from = scores.map(({ firstDate }) => firstDate).sort()[0];
  const to = scores
    .map(({ lastDate }) => lastDate)
    .sort()
    .at(-1);
  const met = count === 0 ? '' : `${countText(count)} forecasts made from ${from} to ${to} have met their closes. `;
  const broken = (['too narrow', 'too wide'] as const)
    .map((state) => {
      const at = scores.filter((score) => coverageVerdict(score.coverage, score.effectiveCount).state === state);
      const shares = at.map(({ horizon, coverage }) => `${percentText(coverage, 0)} at ${horizonText(horizon)}`);
      return at.length === 0 ? '' : `The 80% interval was ${state}: it held ${listed(shares)}. `;
    })
    .join('');
  if (judged.length === 0) {
    return (
      met +
      broken +
      'Each figure stands beside what it must be compared with. There are too few days yet to tell the differences from chance.'
    );
  }
  const inState = (state: SkillFigure['state']) =>
    judged.filter((skill) => skill.state === state).map(({ horizon }) => horizonText(horizon));
  const parts = [
    clause(inState('better'), 'The ensemble beat the random walk at'),
    clause(inState('worse'), 'The ensemble did worse than the random walk at'),
    clause(inState('not distinguishable'), 'The ensemble could not be told from the random walk at'),
  ];
  return met + broken + parts.filter((part) => part !== '').join(' ');
}

const clause = (horizons: readonly string[], words: string) =>
  horizons.length === 0 ? '' : `${words} ${listed(horizons)}.`;

const listed = (items: readonly string[]) => items.join(', ').replace(/, ([^,]*)$/, ' and $1');

function tile(horizon: number, score: HorizonScore | undefined, skill: SkillFigure | undefined): string {
  const items: string[] = [];
  if (skill !== undefined) items.push(skillItem(skill));
  if (score !== undefined) {
    if (skill === undefined) {
      const change = score.meanAbsError / score.randomWalkMeanAbsError - 1;
      items.push(
        item(
          'Error beside the random walk’s',
          signedPercentText(change, 1),
          `${errorWords(score)}; too few days to tell`,
        ),
      );
    }
    items.push(coverageItem(score));
    items.push(
      item(
        'Directions right',
        percentText(score.hitRate, 0),
        `always saying “${score.baseDirection}” would have had ${percentText(score.baseRate, 0)}`,
      ),
    );
  }
  const count = score === undefined ? '' : `<small>${countText(score.count)} outcomes</small>`;
  return `<article class="tile"><h3>${horizonText(horizon)} ahead ${count}</h3><dl>${items.join('')}</dl></article>`;
}

/** A broken promise looks like one: in the colour of alarms, and in words. */
function coverageItem(score: HorizonScore): string {
  const verdict = coverageVerdict(score.coverage, score.effectiveCount);
  const kind = verdict.state === 'as promised' ? '' : ' class="alarm"';
  return (
    `<div><dt>Closes inside the 80% interval</dt><dd${kind}>${percentText(score.coverage, 0)}` +
    `<small>${coverageWords(verdict)}</small>${coverageBadge(verdict.state)}</dd></div>`
  );
}

function errorWords(score: HorizonScore): string {
  return `mean ${percentText(score.meanAbsError, 2)} of the price; “no change” ${percentText(score.randomWalkMeanAbsError, 2)}`;
}

function skillItem({ skill, low, high, loss, state }: SkillFigure): string {
  const range =
    low === undefined || high === undefined
      ? ''
      : `, 95% interval ${signedPercentText(low, 1)} to ${signedPercentText(high, 1)}`;
  const { kind, text } = STATES[state];
  return (
    `<div><dt>Skill beside the random walk</dt><dd>${withMinus(signedPercentText(skill, 1))}` +
    `<small>${escapeHtml(withMinus(loss + range))}</small><span class="badge ${kind}">${text}</span></dd></div>`
  );
}

const item = (term: string, value: string, beside: string) =>
  `<div><dt>${escapeHtml(term)}</dt><dd>${escapeHtml(withMinus(value))}<small>${escapeHtml(withMinus(beside))}</small></dd></div>`;
