import { labelDirection, MEMBER_NAMES, type MemberForecast } from '../../ensemble/index.js';
import { pinballLoss } from '../../scoring/index.js';
import { directionOf } from '../../series/index.js';
import type { MemberLoss, OutcomeRecord, PredictionRecord } from '../../store/records.js';
import { DECILES, ownDeciles } from './deciles.js';

/** Probabilities below this count as this in a log loss. */
const LEAST_PROBABILITY = 1e-6;

/** The two closes of a return, from one fetch. */
export interface RealizedCloses {
  baseClose: number;
  actualDate: string;
  actualClose: number;
}

/**
 * Returns what came of a prediction.
 *
 * The forecast is first brought to the scale of the closes that came: a split between issue and match moves both closes, and
 * must not look like a return or an error.
 *
 * @param flatBand half-width of the flat band as a simple return
 */
export function scoreOutcome(
  prediction: PredictionRecord,
  closes: RealizedCloses,
  { flatBand, matchedAt }: { flatBand: number; matchedAt: Date },
): OutcomeRecord {
  const { code, baseDate, horizon } = prediction;
  const { baseClose, actualDate, actualClose } = closes;
  const scale = baseClose / prediction.baseClose;
  const actualReturn = actualClose / baseClose - 1;
  const actualDirection = directionOf(actualReturn, flatBand);
  const members: OutcomeRecord['members'] = {};
  for (const name of MEMBER_NAMES) {
    const member = prediction.members[name];
    if (member) members[name] = memberLoss(member, { scale, baseClose, actualClose, actualDirection });
  }
  return {
    code,
    baseDate,
    horizon,
    actualDate,
    baseClose,
    actualClose,
    actualReturn,
    actualDirection,
    directionHit: prediction.direction === actualDirection,
    absError: Math.abs(prediction.pointClose * scale - actualClose),
    covered: prediction.ciLow * scale <= actualClose && actualClose <= prediction.ciHigh * scale,
    members,
    matchedAt,
  };
}

interface Realized {
  scale: number;
  baseClose: number;
  actualClose: number;
  actualDirection: OutcomeRecord['actualDirection'];
}

function memberLoss(member: MemberForecast, { scale, baseClose, actualClose, actualDirection }: Realized): MemberLoss {
  const given = { up: member.probUp, flat: member.probFlat, down: member.probDown }[actualDirection];
  const loss: MemberLoss = {
    absError: Math.abs(member.pointClose * scale - actualClose),
    covered: member.ciLow * scale <= actualClose && actualClose <= member.ciHigh * scale,
    directionHit: labelDirection(member) === actualDirection,
    logLoss: -Math.log(Math.max(given, LEAST_PROBABILITY)),
  };
  const pinball = decilePinball(member, scale / baseClose, Math.log(actualClose / baseClose));
  if (pinball !== undefined) loss.pinball = pinball;
  return loss;
}

/** Returns the mean pinball loss over the nine deciles, or undefined for a member that does not state them all. */
function decilePinball(member: MemberForecast, toRatio: number, actual: number): number | undefined {
  const deciles = ownDeciles(member);
  if (deciles === undefined) return undefined;
  const losses = deciles.map((price, i) => pinballLoss(actual, Math.log(price * toRatio), DECILES[i]));
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
