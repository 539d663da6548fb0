import { coverageBadge, coverageVerdict, coverageWords } from './coverage-verdict.js';
import { escapeHtml } from './escape-html.js';
import type { HorizonScore } from './horizon-scores.js';
import { countText, horizonText, percentText, signedPercentText, withMinus } from './number-text.js';
import type { SkillFigure } from './report-input.js';
import type { Phrase, Say } from './say.js';

const STATES = {
  better: { kind: 'better', text: 'better' },
  worse: { kind: 'worse', text: 'worse' },
  'not distinguishable': { kind: 'unclear', text: 'not distinguishable from chance' },
} as const;

/** Returns what the report has to say first: how many forecasts met their closes, and how they did, per horizon. */
export function headlineSection(scores: readonly HorizonScore[], skills: readonly SkillFigure[], say: Say): string {
  if (scores.length === 0 && skills.length === 0) {
    return (
      `<section id="record"><h2>${say('How it fared')}</h2><p class="lead">` +
      `${say('No forecast has met its close yet, so there is nothing to score. The forecasts above are untested.')}</p></section>`
    );
  }
  const judged = [...judgements(scores, skills, say)].sort((a, b) => a.horizon - b.horizon);
  const horizons = [...new Set([...scores, ...judged].map(({ horizon }) => horizon))].sort((a, b) => a - b);
  const tiles = horizons.map((horizon) =>
    tile(
      horizon,
      scores.find((score) => score.horizon === horizon),
      judged.find((skill) => skill.horizon === horizon),
      say,
    ),
  );
  return (
    `<section id="record"><h2>${say('How it fared')}</h2><p class="lead">${escapeHtml(lead(scores, judged, say))}</p>` +
    `<div class="tiles">${tiles.join('')}</div></section>`
  );
}

/** The ensemble's skills as the host measured them; where it handed none in, those of the absolute error, measured here. */
function judgements(scores: readonly HorizonScore[], skills: readonly SkillFigure[], say: Say): SkillFigure[] {
  const given = skills.filter(({ forecaster }) => forecaster === 'ensemble');
  if (given.length > 0) return given;
  return scores.flatMap(({ horizon, errorSkill }): SkillFigure[] => {
    if (errorSkill === undefined) return [];
    const { estimate, low, high, verdict } = errorSkill;
    return [
      { forecaster: 'ensemble', horizon, loss: say('mean absolute error'), skill: estimate, low, high, state: verdict },
    ];
  });
}

function lead(scores: readonly HorizonScore[], judged: readonly SkillFigure[], say: Say): string {
  const count = scores.reduce((sum, score) => sum + score.count, 0);
  const from = scores.map(({ firstDate }) => firstDate).sort()[0];
  const to = scores
    .map(({ lastDate }) => lastDate)
    .sort()
    .at(-1);
  const met =
    count === 0
      ? ''
      : `${say('{n} forecasts made from {from} to {to} have met their closes.', { n: countText(count), from, to: to ?? '' })} `;
  const broken = (['too narrow', 'too wide'] as const)
    .map((state) => {
      const at = scores.filter((score) => coverageVerdict(score.coverage, score.effectiveCount).state === state);
      const shares = at.map(({ horizon, coverage }) =>
        say('{share} at {ahead}', { share: percentText(coverage, 0), ahead: horizonText(horizon, say) }),
      );
      const told = { state: say(state), shares: listed(shares, say) };
      return at.length === 0 ? '' : `${say('The 80% interval was {state}: it held {shares}.', told)} `;
    })
    .join('');
  if (judged.length === 0) {
    return (
      met +
      broken +
      say(
        'Each figure stands beside what it must be compared with. There are too few days yet to tell the differences from chance.',
      )
    );
  }
  const inState = (state: SkillFigure['state']) =>
    judged.filter((skill) => skill.state === state).map(({ horizon }) => horizonText(horizon, say));
  const clause = (horizons: readonly string[], words: Phrase) =>
    horizons.length === 0 ? '' : say(words, { horizons: listed(horizons, say) });
  const parts = [
    clause(inState('better'), 'The ensemble beat the random walk at {horizons}.'),
    clause(inState('worse'), 'The ensemble did worse than the random walk at {horizons}.'),
    clause(inState('not distinguishable'), 'The ensemble could not be told from the random walk at {horizons}.'),
  ];
  return met + broken + parts.filter((part) => part !== '').join(' ');
}

const listed = (items: readonly string[], say: Say) => {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : say('{items} and {last}', { items: items.slice(0, -1).join(', '), last });
};

function tile(horizon: number, score: HorizonScore | undefined, skill: SkillFigure | undefined, say: Say): string {
  const items: string[] = [];
  if (skill !== undefined) items.push(skillItem(skill, say));
  if (score !== undefined) {
    if (skill === undefined) {
      const change = score.meanAbsError / score.randomWalkMeanAbsError - 1;
      items.push(
        item(
          say('Error beside the random walk’s'),
          signedPercentText(change, 1),
          `${errorWords(score, say)}; ${say('too few days to tell')}`,
        ),
      );
    }
    items.push(coverageItem(score, say));
    items.push(
      item(
        say('Directions right'),
        percentText(score.hitRate, 0),
        say('always saying “{direction}” would have had {share}', {
          direction: say(score.baseDirection),
          share: percentText(score.baseRate, 0),
        }),
      ),
    );
  }
  const count = score === undefined ? '' : `<small>${say('{n} outcomes', { n: countText(score.count) })}</small>`;
  return `<article class="tile"><h3>${say('{ahead} ahead', { ahead: horizonText(horizon, say) })} ${count}</h3><dl>${items.join('')}</dl></article>`;
}

/** A broken promise looks like one: in the colour of alarms, and in words. */
function coverageItem(score: HorizonScore, say: Say): string {
  const verdict = coverageVerdict(score.coverage, score.effectiveCount);
  const kind = verdict.state === 'as promised' ? '' : ' class="alarm"';
  return (
    `<div><dt>${say('Closes inside the 80% interval')}</dt><dd${kind}>${percentText(score.coverage, 0)}` +
    `<small>${coverageWords(verdict, say)}</small>${coverageBadge(verdict.state, say)}</dd></div>`
  );
}

function errorWords(score: HorizonScore, say: Say): string {
  return say('mean {own} of the price; “no change” {other}', {
    own: percentText(score.meanAbsError, 2),
    other: percentText(score.randomWalkMeanAbsError, 2),
  });
}

function skillItem({ skill, low, high, loss, state }: SkillFigure, say: Say): string {
  const range =
    low === undefined || high === undefined
      ? ''
      : say(', 95% interval {low} to {high}', { low: signedPercentText(low, 1), high: signedPercentText(high, 1) });
  const { kind, text } = STATES[state];
  return (
    `<div><dt>${say('Skill beside the random walk')}</dt><dd>${withMinus(signedPercentText(skill, 1))}` +
    `<small>${escapeHtml(withMinus(loss + range))}</small><span class="badge ${kind}">${say(text)}</span></dd></div>`
  );
}

const item = (term: string, value: string, beside: string) =>
  `<div><dt>${escapeHtml(term)}</dt><dd>${escapeHtml(withMinus(value))}<small>${escapeHtml(withMinus(beside))}</small></dd></div>`;
