// A backtest's scores in lines of text.

/** Returns the scores in lines: one for each forecaster at each horizon, then more on the ensemble, then how the run went. */
export function linesOf(results, summary) {
  const many = results.length > 1;
  return [
    ...results.flatMap(({ issue, scores, ensemble }) => [
      ...(many ? [`issued ${issue === 'close' ? 'at the close' : 'before the open'}:`] : []),
      ...scores.map(scoreLine),
      ...scores.filter(({ forecaster }) => forecaster === 'ensemble').flatMap(detailLines),
      ...ensemble.flatMap(aheadLine),
    ]),
    summaryLine(summary),
  ];
}

function scoreLine(score) {
  return [
    `h=${score.horizon} ${score.forecaster.padEnd(8)} n=${score.count} pinball ${(1e4 * score.pinball).toFixed(2)}e-4`,
    `skill ${skillText(score.pinballSkill)};`,
    `coverage ${score.coverage.toFixed(3)}; abs error skill ${skillText(score.absErrorSkill)};`,
    `hits ${percent(score.hitRate)} of base ${percent(score.baseRate)}; log loss ${score.logLoss.toFixed(4)} (shares ${score.shareLogLoss.toFixed(4)})`,
  ].join(' ');
}

function detailLines(score) {
  const { calm, middle, wild } = score.coverageByVolatility;
  const { worstTenth, upOrDown } = score;
  const worst = score.worstCoverage === undefined ? 'fewer than 120 days' : score.worstCoverage.toFixed(3);
  const lines = [
    `80 % holds in ${[calm, middle, wild].map(({ share }) => share.toFixed(3)).join(' / ')} of calm, middle, wild days; worst 120 days ${worst}`,
    `log loss beside the shares of the past (${score.climatologyLogLoss.toFixed(4)}): ${skillText(score.climatologySkill)}; beside the random walk: ${skillText(score.naiveLogLossSkill)}`,
    `worst tenth of instruments (${worstTenth.instruments}): skill ${percent(worstTenth.skill)}`,
  ];
  if (upOrDown.count > 0) {
    const { hitRate, interval, besideChance, baseRate, besideCommoner, count } = upOrDown;
    lines.push(
      `up or down right ${percent(hitRate)} ${rangeText(interval)} of ${count}, beside one half: ${besideChance ?? 'too few days'}; always the commoner ${percent(baseRate)}: ${besideCommoner?.verdict ?? 'too few days'}`,
    );
  }
  return lines.map((line) => `h=${score.horizon} ensemble: ${line}`);
}

function aheadLine({ horizon, best, count, ahead }) {
  if (best === undefined) return [];
  return [`h=${horizon} ensemble beside its best member (${best}, n=${count}): ${skillText(ahead)}`];
}

function summaryLine(summary) {
  const { seconds } = summary;
  const text = (value) => value.toFixed(1);
  return [
    `${summary.instruments} instruments, ${summary.days} days (${summary.resumedDays} done before), ${summary.outcomes} outcomes,`,
    `${summary.failures} without forecast, ${summary.retrainFailures} trainings not published;`,
    `${text(seconds.all)} s: retrain ${text(seconds.retrain)}, predict ${text(seconds.predict)}, match ${text(seconds.match)};`,
    `peak memory ${summary.peakMemoryMb} MB`,
  ].join(' ');
}

function skillText(skill) {
  if (skill === undefined) return 'too few days';
  return [percent(skill.estimate), rangeText(skill), skill.verdict].join(' ');
}

function rangeText(range) {
  return range?.low === undefined ? '[too few days]' : `[${percent(range.low)}, ${percent(range.high)}]`;
}

function percent(share) {
  return `${(100 * share).toFixed(2)}%`;
}
