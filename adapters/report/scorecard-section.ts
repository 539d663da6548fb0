import type {
  CalibrationBucket,
  HorizonCard,
  MeasuredShare,
  MeasuredSkill,
  Scorecard,
} from '../../src/pipeline/index.js';
import { coverageBadge, judged } from './coverage-verdict.js';
import { type Cell, type DataTable, tableHtml } from './data-table.js';
import { escapeHtml } from './escape-html.js';
import { countText, horizonText, percentText, rangeText, signedPercentText, withMinus } from './number-text.js';
import type { Say } from './say.js';

const REASONS = {
  'no-base': 'no bar on the base date',
  'no-close': 'no bar long after the day',
  'unknown-code': 'the source forgot the code',
} as const;

/** Returns the scorecard of a record: counts, then what each horizon is worth, then what a week changed. */
export function scorecardSection(card: Scorecard, say: Say): string {
  const { from, to, issued, matched, waiting, overdue, unreadable, newestClose } = card;
  const voids = Object.entries(card.void) as [keyof typeof REASONS, number][];
  const voided = voids.reduce((sum, [, count]) => sum + count, 0);
  const counts = [
    ['issued', issued, ''],
    ['matched', matched, newestClose === undefined ? '' : say('newest close {date}', { date: newestClose })],
    ['waiting', waiting, say('their day has not come')],
    ['overdue', overdue, overdue === 0 ? '' : say('their day came without a close')],
    [
      'void',
      voided,
      voids
        .filter(([, count]) => count > 0)
        .map(([reason, count]) => `${countText(count)} ${say(REASONS[reason])}`)
        .join(', '),
    ],
    ...(unreadable > 0 ? [['unreadable', unreadable, say('rows of the store that cannot be read back')] as const] : []),
  ] as const;
  const tiles = counts.map(
    ([name, count, beside]) =>
      `<div><dt>${say(name)}</dt><dd>${countText(count)}${beside === '' ? '' : `<small>${escapeHtml(beside)}</small>`}</dd></div>`,
  );
  return (
    `<section id="scorecard"><h2>${say('Scorecard')}</h2><p class="lead">` +
    `${escapeHtml(say('Forecasts made from {from} to {to}, as seen on that evening.', { from, to }))} ` +
    `${say('Each share and each skill stands with its 95% interval and what it was counted on; where too few days tell, there is no number.')}</p>` +
    `<dl class="counts">${tiles.join('')}</dl>${card.horizons.map((one) => horizonCard(one, say)).join('')}${weekCard(card, say)}</section>`
  );
}

function horizonCard(one: HorizonCard, say: Say): string {
  const { horizon, issued, matched, skill, coverage, direction, members, calibration } = one;
  const rows: Cell[][] = [];
  if (skill !== undefined) {
    rows.push(
      skillRow(say('Skill of the distribution (pinball loss)'), skill.pinball, say),
      skillRow(say('Skill of the 80% interval (interval score)'), skill.interval, say),
      skillRow(say('Skill of the point (absolute error)'), skill.point, say),
    );
  }
  const parts = [
    ['Closes inside the 80% interval', coverage.overall],
    ['… in calm days', coverage.calm],
    ['… in middling days', coverage.middle],
    ['… in wild days', coverage.wild],
    ['… of the newest 20 dates', coverage.lately],
  ] as const;
  for (const [name, share] of parts) {
    if (share !== undefined)
      rows.push(shareRow(say(name), share, coverageBadge(judged(share).state, say) || say('as promised'), say));
  }
  if (direction !== undefined) {
    rows.push(
      shareRow(say('Directions right'), direction.hitRate, verdictText(direction.skill, say), say),
      shareRow(say('… by always naming the commonest, with hindsight'), direction.baseRate, '', say),
    );
  }
  for (const { member, weight, skill: earned } of members) {
    const { mean, least, largest, count } = weight;
    const range = rangeText(percentText(least, 0), percentText(largest, 0), say);
    rows.push([
      say('Weight of {member}, mean and range', { member }),
      percentText(mean, 0),
      range,
      countText(count),
      '',
    ]);
    if (earned !== undefined) rows.push(skillRow(say('… its own skill'), earned, say));
  }
  const table: DataTable = {
    caption: say('Scorecard, {ahead} ahead', { ahead: horizonText(horizon, say) }),
    columns: [
      { title: say('Measure') },
      { title: say('Value'), align: 'right' },
      { title: say('95% interval'), align: 'right' },
      { title: say('Counted on'), align: 'right' },
      { title: say('Verdict') },
    ],
    rows,
  };
  const empty = rows.length === 0 ? `<p class="quiet">${say('None has met its close yet.')}</p>` : tableHtml(table);
  return (
    `<div class="card"><h3>${say('{ahead} ahead', { ahead: horizonText(horizon, say) })} <small class="quiet">` +
    `${say('{n} of {total} matched', { n: countText(matched), total: countText(issued) })}</small></h3>` +
    `${empty}${calibrationTable(horizon, calibration, say)}</div>`
  );
}

function calibrationTable(horizon: number, calibration: HorizonCard['calibration'], say: Say): string {
  const rows = (Object.entries(calibration) as ['up' | 'flat' | 'down', CalibrationBucket[]][]).flatMap(
    ([direction, buckets]) =>
      buckets.map(({ from, to, count, forecast, came }) => [
        say(direction),
        rangeText(percentText(from, 0), percentText(to, 0), say),
        forecast === undefined ? '' : percentText(forecast, 0),
        came === undefined ? say('too few to show') : percentText(came.estimate, 0),
        came === undefined ? '' : rangeText(percentText(came.low, 0), percentText(came.high, 0), say),
        countText(count),
      ]),
  );
  if (rows.length === 0) return '';
  const numbers = ['Said, on average', 'Came', '95% interval', 'n'] as const;
  const table = tableHtml({
    caption: say('Calibration of directions, {ahead} ahead', { ahead: horizonText(horizon, say) }),
    columns: [
      { title: say('Direction') },
      { title: say('Share said') },
      ...numbers.map((title) => ({ title: say(title), align: 'right' as const })),
    ],
    rows,
  });
  return `<details><summary>${say('When it said so much, how often it came')}</summary>${table}</details>`;
}

function weekCard({ sinceLastWeek: week }: Scorecard, say: Say): string {
  const rows = week.horizons.map(({ horizon, coverage, skillBefore, skillNow }) => [
    horizonText(horizon, say),
    coverage === undefined
      ? say('none met')
      : say('{share} of {total}', { share: percentText(coverage.estimate, 0), total: countText(coverage.count) }),
    skillBefore === undefined ? '–' : skillText(skillBefore, say),
    skillNow === undefined ? '–' : skillText(skillNow, say),
  ]);
  const table = tableHtml({
    caption: say('Since last week'),
    columns: [
      { title: say('Ahead') },
      { title: say('New closes inside the interval'), align: 'right' },
      { title: say('Skill a week ago'), align: 'right' },
      { title: say('Skill now'), align: 'right' },
    ],
    rows,
  });
  const what = say('{issued} issued, {matched} matched, {void} void.', {
    issued: countText(week.issued),
    matched: countText(week.matched),
    void: countText(week.void),
  });
  return `<div class="card"><h3>${escapeHtml(say('Since {date}', { date: week.since }))}</h3><p class="quiet">${what}</p>${rows.length === 0 ? '' : table}</div>`;
}

function skillRow(name: string, skill: MeasuredSkill, say: Say): Cell[] {
  const { estimate, low, high } = skill;
  const known = estimate !== undefined && low !== undefined && high !== undefined;
  return [
    name,
    known ? signedPercentText(estimate, 1) : '',
    known ? rangeText(signedPercentText(low, 1), signedPercentText(high, 1), say) : '',
    countedOn(skill, say),
    verdictText(skill, say),
  ];
}

function shareRow(name: string, share: MeasuredShare, verdict: string, say: Say): Cell[] {
  const range = rangeText(percentText(share.low, 0), percentText(share.high, 0), say);
  return [name, percentText(share.estimate, 0), range, countedOn(share, say), { html: verdict }];
}

const countedOn = ({ count, dates }: { count: number; dates: number }, say: Say) =>
  say(dates === 1 ? '{n} on 1 day' : '{n} on {days} days', { n: countText(count), days: countText(dates) });

const verdictText = ({ verdict }: MeasuredSkill, say: Say) =>
  say(verdict === 'not distinguishable' ? 'not distinguishable from chance' : verdict);

const skillText = (skill: MeasuredSkill, say: Say) =>
  skill.estimate === undefined ? verdictText(skill, say) : withMinus(signedPercentText(skill.estimate, 1));
