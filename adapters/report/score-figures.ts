import { YARDSTICK } from '../../src/ensemble/inside.js';
import type { ReliabilityBin } from '../../src/scoring/index.js';
import { verdict } from '../../src/scoring/index.js';
import { wilsonInterval } from '../../src/scoring/inside.js';

import { coverageVerdict } from './coverage-verdict.js';
import { type Dot, type DotRows, dotRowsChart, dotRowsHeight, dotRowsLegend } from './dot-rows-chart.js';
import { inShownOrder, looksOf } from './forecaster-look.js';
import type { ForecasterScore, HorizonScore } from './horizon-scores.js';
import { countText, horizonText, percentText, rangeText, signedPercentText, withMinus } from './number-text.js';
import { reliabilityChart } from './reliability-chart.js';
import { HALF_WIDTH, type ReportFigure } from './report-figure.js';
import type { Say } from './say.js';

/** Returns the ensemble and every member that has a score, in the order in which they are shown. */
const forecastersOf = (scores: readonly HorizonScore[]) => [
  'ensemble',
  ...inShownOrder(scores.flatMap(({ members }) => Object.keys(members))),
];

/** The interval that a share's whiskers show, as every chart's note says it. */
const WHISKER_NOTE =
  'Whiskers: 95% interval of the share (Wilson), for about as many independent outcomes as these overlapping and correlated ones are worth.';

const HAC_NOTE = 'Whiskers: 95% interval over days, overlap allowed for.';

const scoreOf = (score: HorizonScore, who: string): ForecasterScore | undefined =>
  who === 'ensemble' ? score : score.members[who];

/** Returns how often closes fell inside the interval, beside the intended 80 %. */
export function coverageFigure(scores: readonly HorizonScore[], say: Say): ReportFigure {
  const dots = (who: string) =>
    scores.map((score): Dot | undefined => {
      const own = scoreOf(score, who);
      if (own === undefined) return undefined;
      return { value: own.coverage, ...wilsonInterval(own.coverage, worth(score, own)) };
    });
  const reference = { name: say('80% intended'), values: scores.map(() => 0.8) };
  const shown = { ...seriesOf(scores, dots, say), reference };
  const off = scores.filter((score) => coverageVerdict(score.coverage, score.effectiveCount).state !== 'as promised');
  return {
    ...dotFigure('coverage', shown, shareAxis(shown.series, 0.8)),
    title: say('Interval coverage'),
    takeaway: `${
      off.length === 0
        ? say('The ensemble’s 80% intervals held about as often as they should.')
        : say('The ensemble’s intervals did not hold as often as they should at {horizons}.', {
            horizons: off.map(({ horizon }) => horizonText(horizon, say)).join(', '),
          })
    } ${say(WHISKER_NOTE)}`,
    table: {
      columns: [
        { title: say('Ahead') },
        { title: say('Forecaster') },
        { title: say('Outcomes'), align: 'right' },
        { title: say('Inside'), align: 'right' },
        { title: say('95% interval'), align: 'right' },
        { title: say('Intended'), align: 'right' },
      ],
      rows: rowsOf(scores, say, (score, own) => {
        const { low, high } = wilsonInterval(own.coverage, worth(score, own));
        return [
          countText(own.count),
          percentText(own.coverage),
          `${percentText(low, 0)} – ${percentText(high, 0)}`,
          '80%',
        ];
      }),
    },
  };
}

/** Returns how often directions were right, beside what always naming the most frequent one would have scored. */
export function hitRateFigure(scores: readonly HorizonScore[], say: Say): ReportFigure {
  const dots = (who: string) =>
    scores.map((score): Dot | undefined => {
      const own = scoreOf(score, who);
      return own === undefined ? undefined : { ...own.hitRateInterval, value: own.hitRate };
    });
  const shown = {
    ...seriesOf(scores, dots, say),
    reference: { name: say('Base rate'), values: scores.map(({ baseRate }) => baseRate) },
  };
  const centre = scores.reduce((sum, { baseRate }) => sum + baseRate, 0) / scores.length;
  return {
    ...dotFigure('hit-rate', shown, shareAxis(shown.series, centre)),
    title: say('Directions right, beside the base rate'),
    takeaway: `${hitRateWords(scores, say)} ${say('The base rate is what always naming the most frequent direction would have scored, known only afterwards.')} ${say(HAC_NOTE)}`,
    table: {
      columns: [
        { title: say('Ahead') },
        { title: say('Forecaster') },
        { title: say('Outcomes'), align: 'right' },
        { title: say('Right'), align: 'right' },
        { title: say('95% interval'), align: 'right' },
        { title: say('Base rate'), align: 'right' },
        { title: say('Most frequent') },
      ],
      rows: rowsOf(scores, say, (score, own) => [
        countText(own.count),
        percentText(own.hitRate),
        rangeOf(own.hitRateInterval, (share) => percentText(share, 0), say),
        percentText(score.baseRate),
        say(score.baseDirection),
      ]),
    },
  };
}

function hitRateWords(scores: readonly HorizonScore[], say: Say): string {
  const judged = scores.flatMap(({ horizon, hitRate, baseRate, hitRateInterval }) =>
    hitRateInterval === undefined ? [] : [{ horizon, hitRate, baseRate, state: verdict(hitRateInterval, baseRate) }],
  );
  if (judged.length === 0) return say('There are too few days to tell the hit rate from the base rate.');
  const apart = judged.filter(({ state }) => state !== 'not distinguishable');
  if (apart.length === 0) return say('At no horizon can the hit rate be told from the base rate.');
  const words = apart.map(
    ({ horizon, hitRate, baseRate }) => `${horizonText(horizon, say)} (${say(hitRate > baseRate ? 'above' : 'below')})`,
  );
  return say('The hit rate stands apart from the base rate at {horizons}.', { horizons: words.join(', ') });
}

/** Returns each forecaster's mean absolute error beside the random walk's over the same outcomes. */
export function absErrorFigure(scores: readonly HorizonScore[], say: Say): ReportFigure {
  const change = (own: ForecasterScore) => own.meanAbsError / own.randomWalkMeanAbsError - 1;
  const dots = (who: string) =>
    scores.map((score): Dot | undefined => {
      const own = scoreOf(score, who);
      return own === undefined ? undefined : { ...changeRange(own.errorSkill), value: change(own) };
    });
  const reference = { name: say('Random walk'), values: scores.map(() => 0) };
  const shown = { ...seriesOf(scores, dots, say), reference };
  return {
    ...dotFigure('abs-error', shown, changeAxis(shown.series)),
    title: say('Absolute error, beside the random walk’s'),
    takeaway: `${say('Mean |point − close|, as a change from the error of “the price stays”. Left of the line is better.')} ${say(HAC_NOTE)}`,
    table: {
      columns: [
        { title: say('Ahead') },
        { title: say('Forecaster') },
        { title: say('Outcomes'), align: 'right' },
        { title: say('Mean error'), align: 'right' },
        { title: say('Random walk'), align: 'right' },
        { title: say('Change'), align: 'right' },
        { title: say('95% interval'), align: 'right' },
        { title: say('Beside the random walk') },
      ],
      rows: rowsOf(scores, say, (_, own) => [
        countText(own.count),
        percentText(own.meanAbsError, 3),
        percentText(own.randomWalkMeanAbsError, 3),
        signedPercentText(change(own)),
        rangeOf(changeRange(own.errorSkill), signedPercentText, say),
        say(own.errorSkill?.verdict ?? 'too few days to tell'),
      ]),
    },
  };
}

/** Returns each member's mean pinball loss beside the naive member's, or undefined where no member has one. */
export function pinballFigure(scores: readonly HorizonScore[], say: Say): ReportFigure | undefined {
  const change = ({ pinball }: ForecasterScore) =>
    pinball === undefined ? undefined : pinball.own / pinball.naive - 1;
  const dots = (who: string) =>
    scores.map((score): Dot | undefined => {
      const own = who === YARDSTICK ? undefined : scoreOf(score, who);
      const value = own === undefined ? undefined : change(own);
      return value === undefined ? undefined : { ...changeRange(own?.pinball?.skill), value };
    });
  const shown = {
    ...seriesOf(scores, dots, say),
    reference: { name: say('Naive member'), values: scores.map(() => 0) },
  };
  if (shown.series.length === 0) return undefined;
  return {
    ...dotFigure('pinball', shown, changeAxis(shown.series)),
    title: say('Whole distribution, beside the naive member’s'),
    takeaway: `${say('Mean pinball loss over the deciles of the log return, as a change from the random walk with EWMA volatility. Left of the line is better.')} ${say(HAC_NOTE)}`,
    table: {
      columns: [
        { title: say('Ahead') },
        { title: say('Forecaster') },
        { title: say('Outcomes'), align: 'right' },
        { title: say('Pinball, e-4'), align: 'right' },
        { title: say('Naive, e-4'), align: 'right' },
        { title: say('Change'), align: 'right' },
        { title: say('95% interval'), align: 'right' },
      ],
      rows: rowsOf(scores, say, (_, own) =>
        own.pinball === undefined
          ? undefined
          : [
              countText(own.pinball.count),
              (own.pinball.own * 1e4).toFixed(2),
              (own.pinball.naive * 1e4).toFixed(2),
              signedPercentText(change(own)),
              rangeOf(changeRange(own.pinball.skill), signedPercentText, say),
            ],
      ),
    },
  };
}

/** Returns how often "up" or "down" came true beside how probable it was said to be. */
export function reliabilityFigure(
  direction: 'up' | 'down',
  bins: readonly ReliabilityBin[],
  { thinning, say }: { thinning: number; say: Say },
): ReportFigure {
  return {
    id: `reliability-${direction}`,
    title: say('Is “{direction}” as frequent as forecast?', { direction: say(direction) }),
    takeaway: say(
      'On the dashed line, probabilities mean what they say. Below it, the direction came true less often than forecast.',
    ),
    option: () => reliabilityChart(bins, { role: direction === 'up' ? 'forecast' : 'miss', thinning, say }),
    size: { width: HALF_WIDTH, height: 362 },
    table: {
      columns: [
        { title: say('Forecast between') },
        { title: say('Count'), align: 'right' },
        { title: say('Mean forecast'), align: 'right' },
        { title: say('Came true'), align: 'right' },
        { title: say('95% interval'), align: 'right' },
      ],
      rows: bins.map(({ from, to, count, foretold, observed }) => {
        const { low, high } = wilsonInterval(observed, Math.max(1, count * thinning));
        return [
          `${percentText(from, 0)} – ${percentText(to, 0)}`,
          countText(count),
          percentText(foretold),
          percentText(observed),
          `${percentText(low, 0)} – ${percentText(high, 0)}`,
        ];
      }),
    },
  };
}

/** Independent outcomes that a forecaster's are worth: a member may have taken part in some only. */
const worth = (score: HorizonScore, own: ForecasterScore) =>
  Math.max(1, (score.effectiveCount * own.count) / score.count);

function seriesOf(scores: readonly HorizonScore[], dots: (who: string) => (Dot | undefined)[], say: Say) {
  const all = forecastersOf(scores);
  const look = looksOf(all, say);
  const series = all.flatMap((who) => {
    const own = dots(who);
    return own.every((dot) => dot === undefined) ? [] : [{ ...look(who), dots: own }];
  });
  return { rows: scores.map(({ horizon }) => horizonText(horizon, say)), series };
}

function rowsOf(
  scores: readonly HorizonScore[],
  say: Say,
  cells: (score: HorizonScore, own: ForecasterScore) => string[] | undefined,
): string[][] {
  const all = forecastersOf(scores);
  const look = looksOf(all, say);
  return scores.flatMap((score) =>
    all.flatMap((who) => {
      const own = scoreOf(score, who);
      const rest = own === undefined ? undefined : cells(score, own);
      return rest === undefined ? [] : [[horizonText(score.horizon, say), look(who).name, ...rest]];
    }),
  );
}

function dotFigure(id: string, shown: Omit<DotRows, 'axis'>, axis: DotRows['axis']) {
  return {
    id,
    legend: dotRowsLegend(shown),
    option: () => dotRowsChart({ ...shown, axis }),
    size: { width: HALF_WIDTH, height: dotRowsHeight(shown.rows.length, shown.series.length) },
  };
}

/** The range of a change in loss is that of the skill, turned round. */
const changeRange = (skill: { low: number; high: number } | undefined) =>
  skill === undefined ? undefined : { low: -skill.high, high: -skill.low };

function rangeOf(range: { low: number; high: number } | undefined, text: (value: number) => string, say: Say): string {
  return range === undefined ? say('too few days') : rangeText(text(range.low), text(range.high), say);
}

/** An axis of shares around the one they are compared with, so that dots and whiskers fit. */
function shareAxis(series: DotRows['series'], centre: number): DotRows['axis'] {
  const values = series.flatMap(({ dots }) =>
    dots.flatMap((dot) => (dot ? [dot.low ?? dot.value, dot.high ?? dot.value] : [])),
  );
  const low = Math.max(0, Math.min(...values, centre - 0.1));
  const high = Math.min(1, Math.max(...values, centre + 0.1));
  const step = high - low > 0.5 ? 0.2 : 0.1;
  // both ends on a tick, so that all ticks are equally far apart; 1e-9 is for what floating point adds to a whole number of steps
  return {
    min: Math.floor(low / step + 1e-9) * step,
    max: Math.ceil(high / step - 1e-9) * step,
    step,
    text: (value) => `${Math.round(value * 100)}%`,
  };
}

/** An axis of changes with none on it, in steps of 1, 2 or 5 times a power of ten. */
function changeAxis(series: DotRows['series']): DotRows['axis'] {
  const values = series.flatMap(({ dots }) =>
    dots.flatMap((dot) => (dot ? [dot.value, dot.low ?? dot.value, dot.high ?? dot.value] : [])),
  );
  const low = Math.min(-0.005, ...values);
  const high = Math.max(0.005, ...values);
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const digits = step < 0.01 ? 1 : 0;
  return {
    min: Math.floor(low / step) * step,
    max: Math.ceil(high / step) * step,
    step,
    text: (value) => withMinus(signedPercentText(value, digits)),
  };
}
