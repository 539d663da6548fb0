import type { Distribution } from '../../ensemble/index.js';
import { labelDirection } from '../../ensemble/inside.js';
import { pinballLoss } from '../../scoring/index.js';
import { directionOf } from '../../series/inside.js';
import type { ForecastLoss, IssuedForecast, MemberLoss, OutcomeRecord, PredictionRecord } from '../../store/records.js';
import { DECILES, decilesOf } from './deciles.js';
import type { RealizedCloses } from './realized-closes.js';

/** Probabilities below this count as this in a log loss. */
const LEAST_PROBABILITY = 1e-6;

/**
 * Returns what came of a prediction.
 *
 * A forecast is first brought to the scale of the closes that came where the source adjusted them: a split between issue and match moves
 * both closes, and must not look like a return or an error. A base close that was merely corrected moves nothing.
 *
 * @param options.flatBand half-width of the flat band as a simple return
 * @param options.baseChange why the two base closes differ, where they do
 */
export function scoreOutcome(
  prediction: PredictionRecord,
  closes: RealizedCloses,
  { flatBand, matchedAt, baseChange }: { flatBand: number; matchedAt: Date; baseChange?: OutcomeRecord['baseChange'] },
): OutcomeRecord {
  const { code, baseDate, horizon, earlier } = prediction;
  const { baseClose, actualDate, actualClose } = closes;
  const actualReturn = actualClose / baseClose - 1;
  const actualDirection = directionOf(actualReturn, flatBand);
  const scale = baseChange === 'corrected' ? 1 : baseClose / prediction.baseClose;
  const realized = { scale, baseClose, actualClose, actualDirection };
  return {
    code,
    baseDate,
    horizon,
    actualDate,
    baseClose,
    actualClose,
    actualReturn,
    actualDirection,
    ...forecastLoss(prediction, realized),
    ...(earlier && { earlier: forecastLoss(earlier, realized) }),
    ...(baseChange && { baseChange }),
    matchedAt,
  };
}

interface Realized {
  scale: number;
  baseClose: number;
  actualClose: number;
  actualDirection: OutcomeRecord['actualDirection'];
}

function forecastLoss(forecast: IssuedForecast, realized: Realized): ForecastLoss {
  const { scale, actualClose, actualDirection } = realized;
  const members = Object.entries(forecast.members).map(([name, member]) => [name, memberLoss(member, realized)]);
  return {
    directionHit: forecast.direction === actualDirection,
    absError: Math.abs(forecast.pointClose * scale - actualClose),
    covered: forecast.ciLow * scale <= actualClose && actualClose <= forecast.ciHigh * scale,
    members: Object.fromEntries(members),
  };
}

function memberLoss(member: Distribution, { scale, baseClose, actualClose, actualDirection }: Realized): MemberLoss {
  const given = { up: member.probUp, flat: member.probFlat, down: member.probDown }[actualDirection];
  return {
    absError: Math.abs(member.pointClose * scale - actualClose),
    covered: member.ciLow * scale <= actualClose && actualClose <= member.ciHigh * scale,
    directionHit: labelDirection(member, member.expectedReturn) === actualDirection,
    logLoss: -Math.log(Math.max(given, LEAST_PROBABILITY)),
    pinball: decilePinball(member, scale / baseClose, Math.log(actualClose / baseClose)),
  };
}

/** Returns the mean pinball loss over the nine deciles, of log returns. */
function decilePinball(member: Distribution, toRatio: number, actual: number): number {
  const losses = decilesOf(member).map((price, i) => pinballLoss(actual, Math.log(price * toRatio), DECILES[i]));
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
