export { type BlockBootstrapOptions, blockBootstrap } from './block-bootstrap.js';
export type { IntervalRows, QuantileRows } from './check-rows.js';
export { brierScores, type ClassRows, logLosses, rankedProbabilityScores } from './class-scores.js';
export {
  coverage,
  coverageByVolatility,
  covered,
  type Share,
  type WorstStretch,
  worstCoverage,
} from './coverage.js';
export { crpsFromQuantiles } from './crps.js';
export { type DieboldMariano, dieboldMariano } from './diebold-mariano.js';
export { type HitRate, hitRate } from './hit-rate.js';
export { holm } from './holm.js';
export { intervalScores } from './interval-score.js';
export { christoffersenTest, kupiecTest, type LikelihoodRatio } from './interval-tests.js';
export { type DatedLoss, type LossSkill, lossSkill, type ShareInterval, shareInterval } from './loss-skill.js';
export { type MurphyDecomposition, murphyDecomposition } from './murphy.js';
export { type PesaranTimmermann, pesaranTimmermann } from './pesaran-timmermann.js';
export { meanPinball, pinballLoss, pinballLosses, weightedQuantileLoss } from './pinball.js';
export { probabilityTransforms, transformHistogram } from './pit.js';
export {
  meanAbsoluteError,
  meanAbsoluteScaledError,
  randomWalkScale,
  rSquaredAgainstZero,
  skill,
} from './point-errors.js';
export { qlikeLosses } from './qlike.js';
export { type DailyRankCorrelation, dailyRankCorrelation } from './rank-correlation.js';
export { calibrationError, type ReliabilityBin, reliabilityCurve } from './reliability.js';
export { sumByDate } from './sum-by-date.js';
export { type ConfidenceInterval, type Verdict, verdict } from './verdict.js';
