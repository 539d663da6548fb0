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
import { countText, horizonText, percentText, signedPercentText, withMinus } from './number-text.js';

const REASONS = {
  'no-base': 'no bar on the base date',
  'no-close': 'no bar long after the day',
  'unknown-code': 'the source forgot the code',
} as const;

/** Returns the scorecard of a record: counts, then what each horizon is worth, then what a week changed. */
export function scorecardSection(card: Scorecard): string {
  const { from, to, issued, matched, waiting, overdue, unreadable, newestClose } = card;
  const voids = Object.entries(card.void) as [keyof typeof REASONS, number][];
  const voided = voids.reduce((sum, [, count]) => sum + count, 0);
  const counts = [
    ['issued', issued, ''],
    ['matched', matched, newestClose === undefined ? '' : `newest close ${newestClose}`],
    ['waiting', waiting, 'their day has not come'],
    ['overdue', overdue, overdue === 0 ? '' : 'their day came without a close'],
    [
      'void',
      voided,
      voids
        .filter(([, count]) => count > 0)
        .map(([reason, count]) => `${countText(count)} ${REASONS[reason]}`)
        .join(', '),
    ],
    ...(unreadable > 0 ? [['unreadable', unreadable, 'rows of the store that cannot be read back'] as const] : []),
  ] as const;
  const tiles = counts.map(
    ([name, count, beside]) =>
      `<div><dt>${name}</dt><dd>${countText(count)}${beside === '' ? '' : `<small>${escapeHtml(beside)}</small>`}</dd></div>`,
  );
  return (
    `<section id="scorecard"><h2>Scorecard</h2><p class="lead">Forecasts made from ${escapeHtml(from)} to ${escapeHtml(to)}, as seen on that evening. ` +
    `Each share and each skill stands with its 95% interval and what it was counted on; where too few days tell, there is no number.</p>` +
    `<dl class="counts">${tiles.join('')}</dl>${card.horizons.map(horizonCard).join('')}${weekCard(card)}</section>`
  );
}

function horizonCard(one: HorizonCard): string {
  const { horizon, issued, matched, skill, coverage, direction, members, calibration } = one;
  const rows: Cell[][] = [];
  if (skill !== undefined) {
    rows.push(
      skillRow('Skill of the distribution (pinball loss)', skill.pinball),
      skillRow('Skill of the 80% interval (interval score)', skill.interval),
      skillRow('Skill of the point (absolute error)', skill.point),
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
    if (share !== undefined) rows.push(shareRow(name, share, coverageBadge(judged(share).state) || 'as promised'));
  }
  if (direction !== undefined) {
    rows.push(
      shareRow('Directions right', direction.hitRate, verdictText(direction.skill)),
      shareRow('… by always naming the commonest, with hindsight', direction.baseRate, ''),
    );
  }
  for (const { member, weight, skill: earned } of members) {
    const { mean, least, largest, count } = weight;
    const range = `${percentText(least, 0)} to ${percentText(largest, 0)}`;
    rows.push([`Weight of ${member}, mean and range`, percentText(mean, 0), range, countText(count), '']);
    if (earned !== undefined) rows.push(skillRow(`… its own skill`, earned));
  }
  const table: DataTable = {
    caption: `Scorecard, ${horizonText(horizon)} ahead`,
    columns: [
      { title: 'Measure' },
      { title: 'Value', align: 'right' },
      { title: '95% interval', align: 'right' },
      { title: 'Counted on', align: 'right' },
      { title: 'Verdict' },
    ],
    rows,
    stacked: true,
  };
  const empty = rows.length === 0 ? '<p class="quiet">None has met its close yet.</p>' : tableHtml(table);
  return (
    `<div class="card"><h3>${horizonText(horizon)} ahead <small class="quiet">${countText(matched)} of ${countText(issued)} matched</small></h3>` +
    `${empty}${calibrationTable(horizon, calibration)}</div>`
  );
}

function calibrationTable(horizon: number, calibration: HorizonCard['calibration']): string {
  const rows = (Object.entries(calibration) as [string, CalibrationBucket[]][]).flatMap(([direction, buckets]) =>
    buckets.map(({ from, to, count, forecast, came }) => [
      direction,
      `${percentText(from, 0)} to ${percentText(to, 0)}`,
      forecast === undefined ? '' : percentText(forecast, 0),
      came === undefined ? 'too few to show' : percentText(came.estimate, 0),
      came === undefined ? '' : `${percentText(came.low, 0)} to ${percentText(came.high, 0)}`,
      countText(count),
    ]),
  );
  if (rows.length === 0) return '';
  const numbers = ['Said, on average', 'Came', '95% interval', 'n'];
  const table = tableHtml({
    caption: `Calibration of directions, ${horizonText(horizon)} ahead`,
    columns: [
      { title: 'Direction' },
      { title: 'Share said' },
      ...numbers.map((title) => ({ title, align: 'right' as const })),
    ],
    rows,
  });
  return `<details><summary>When it said so much, how often it came</summary>${table}</details>`;
}

function weekCard({ sinceLastWeek: week }: Scorecard): string {
  const rows = week.horizons.map(({ horizon, coverage, skillBefore, skillNow }) => [
    horizonText(horizon),
    coverage === undefined ? 'none met' : `${percentText(coverage.estimate, 0)} of ${countText(coverage.count)}`,
    skillBefore === undefined ? '–' : skillText(skillBefore),
    skillNow === undefined ? '–' : skillText(skillNow),
  ]);
  const table = tableHtml({
    caption: 'Since last week',
    columns: [
      { title: 'Ahead' },
      { title: 'New closes inside the interval', align: 'right' },
      { title: 'Skill a week ago', align: 'right' },
      { title: 'Skill now', align: 'right' },
    ],
    rows,
    stacked: true,
  });
  const what = `${countText(week.issued)} issued, ${countText(week.matched)} matched, ${countText(week.void)} void`;
  return `<div class="card"><h3>Since ${escapeHtml(week.since)}</h3><p class="quiet">${what}.</p>${rows.length === 0 ? '' : table}</div>`;
}

function skillRow(name: string, skill: MeasuredSkill): Cell[] {
  const { estimate, low, high } = skill;
  const known = estimate !== undefined && low !== undefined && high !== undefined;
  return [
    name,
    known ? signedPercentText(estimate, 1) : '',
    known ? `${signedPercentText(low, 1)} to ${signedPercentText(high, 1)}` : '',
    countedOn(skill),
    verdictText(skill),
  ];
}

function shareRow(name: string, share: MeasuredShare, verdict: string): Cell[] {
  const range = `${percentText(share.low, 0)} to ${percentText(share.high, 0)}`;
  return [name, percentText(share.estimate, 0), range, countedOn(share), { html: verdict }];
}

const countedOn = ({ count, dates }: { count: number; dates: number }) =>
  `${countText(count)} on ${countText(dates)} ${dates === 1 ? 'day' : 'days'}`;

const verdictText = ({ verdict }: MeasuredSkill) =>
  verdict === 'not distinguishable' ? 'not distinguishable from chance' : verdict;

const skillText = (skill: MeasuredSkill) =>
  skill.estimate === undefined ? verdictText(skill) : withMinus(signedPercentText(skill.estimate, 1));
