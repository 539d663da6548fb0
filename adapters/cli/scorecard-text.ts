import type { MeasuredShare, MeasuredSkill, Scorecard } from '../../src/pipeline/index.js';
import { textTable } from '../report/text-table.js';

/** Returns a scorecard for a person: never a number without its n and interval. */
export function scorecardText(card: Scorecard): string {
  const voids = Object.entries(card.void).filter(([, count]) => count > 0);
  const given =
    voids.length === 0 ? '0 void' : `${voids.map(([reason, count]) => `${count} void (${reason})`).join(', ')}`;
  const lines = [
    `Forecasts of ${card.from} to ${card.to}, as of that evening`,
    `${card.issued} issued: ${card.matched} matched, ${card.waiting} wait for their day, ${card.overdue} overdue, ${given}${
      card.unreadable > 0 ? `; ${card.unreadable} rows cannot be read` : ''
    }`,
  ];
  if (card.newestClose !== undefined) lines.push(`newest close met: ${card.newestClose}`);
  for (const one of card.horizons) {
    const { horizon, skill, coverage, direction, members } = one;
    lines.push(
      '',
      `${horizon} trading days ahead (${one.matched} of ${one.issued} matched); skill is beside ${card.yardstick}`,
    );
    const rows: string[][] = [];
    const addSkill = (name: string, measured: MeasuredSkill | undefined) =>
      measured && rows.push([name, ...skillCells(measured)]);
    const addShare = (name: string, measured: MeasuredShare | undefined) =>
      measured && rows.push([name, ...shareCells(measured)]);
    addSkill('skill of the distribution', skill?.pinball);
    addSkill('skill of the 80 % interval', skill?.interval);
    addSkill('skill of the point', skill?.point);
    addShare('coverage of the 80 % interval', coverage.overall);
    addShare('  in calm thirds', coverage.calm);
    addShare('  in middle thirds', coverage.middle);
    addShare('  in wild thirds', coverage.wild);
    addShare('  lately', coverage.lately);
    addShare('directions right', direction?.hitRate);
    addShare('  the commonest, in hindsight', direction?.baseRate);
    for (const { member, weight, skill: earned } of members) {
      const { least, largest, mean, count } = weight;
      rows.push([`weight of ${member}`, percent(mean), `${percent(least)} to ${percent(largest)}`, `n = ${count}`, '']);
      addSkill(`  skill of ${member}`, earned);
    }
    if (rows.length > 0)
      lines.push(
        textTable(
          ['', '', '95 % interval', 'n', ''].map((title) => ({ title })),
          rows,
        ),
      );
    for (const [name, buckets] of Object.entries(one.calibration)) {
      const shown = buckets.flatMap(({ from, to, count, forecast, came }) =>
        forecast === undefined || came === undefined
          ? []
          : [
              `${percent(from)}-${percent(to)}: said ${percent(forecast)}, came ${percent(came.estimate)} (${interval(came)}, n = ${count})`,
            ],
      );
      lines.push(...shown.map((words) => `${name} ${words}`));
    }
  }
  const week = card.sinceLastWeek;
  lines.push('', `since ${week.since}: ${week.issued} issued, ${week.matched} matched, ${week.void} void`);
  for (const { horizon, coverage } of week.horizons) {
    if (coverage)
      lines.push(
        `  ${horizon} days: the interval held ${percent(coverage.estimate)} (${interval(coverage)}, n = ${coverage.count})`,
      );
  }
  return lines.join('\n');
}

function skillCells({ verdict, estimate, low, high, count, dates }: MeasuredSkill): string[] {
  const n = `n = ${count}, ${dates} days`;
  if (estimate === undefined || low === undefined || high === undefined) return ['', '', n, verdict];
  return [percent(estimate), interval({ low, high }), n, verdict];
}

function shareCells(share: MeasuredShare): string[] {
  return [percent(share.estimate), interval(share), `n = ${share.count}, ${share.dates} days`, ''];
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

const interval = ({ low, high }: { low: number; high: number }) => `${percent(low)} to ${percent(high)}`;
