import type { OutcomeRecord } from '../../src/store/records.js';
import { scoresByHorizon } from './horizon-scores.js';
import { countText, horizonText, percentText, signedPercentText } from './number-text.js';
import { textTable } from './text-table.js';

/**
 * Returns scores as plain text for a terminal, a row a horizon, each beside what it must be compared with: hit rate and base rate,
 * coverage (80 % intended), mean absolute error and the random walk's as shares of the base close, how much the one is larger, and
 * whether that can be told from chance. Within 100 columns.
 *
 * @param outcomes of one or more instruments, in any order
 * @returns lines without a final newline
 */
export function scoreTable(outcomes: readonly OutcomeRecord[]): string {
  const scores = scoresByHorizon(outcomes);
  if (scores.length === 0) return 'No forecast has met its close yet.';
  return textTable(
    [
      { title: 'Ahead' },
      { title: 'n', align: 'right' },
      { title: 'Hit rate', align: 'right' },
      { title: 'Base rate', align: 'right' },
      { title: 'Coverage', align: 'right' },
      { title: 'Error', align: 'right' },
      { title: 'Random walk', align: 'right' },
      { title: 'Change', align: 'right' },
      { title: 'Verdict' },
    ],
    scores.map((score) => [
      horizonText(score.horizon),
      countText(score.count),
      percentText(score.hitRate),
      percentText(score.baseRate),
      percentText(score.coverage),
      percentText(score.meanAbsError, 3),
      percentText(score.randomWalkMeanAbsError, 3),
      signedPercentText(score.meanAbsError / score.randomWalkMeanAbsError - 1),
      score.errorSkill?.verdict ?? 'too few days to tell',
    ]),
  );
}
