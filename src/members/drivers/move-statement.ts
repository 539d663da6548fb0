import type { Statement } from '../../ensemble/index.js';
import { quantileFunction } from '../../stats/index.js';
import type { DriverEffect } from './driver-effect.js';
import type { DriverMove, NoMove } from './driver-moves.js';

/**
 * Returns the statement with its quantiles and point multiplied by exp(what the drivers' moves come to), and drawn together about the point by
 * what they explain; in log prices, so that every price stays above 0. Its direction shares, where it had any of its own, would contradict it
 * and are left out.
 *
 * A driver without a move is left out, which its notes tell; the spread is then left as it was.
 *
 * @param today.moves by the driver's code
 * @param today.unit the instrument's volatility over the horizon, as a log return
 * @param today.twice codes of drivers that were named more than once
 */
export function moveStatement(
  statement: Statement,
  { drivers, slopes, narrowing }: DriverEffect,
  { moves, unit, twice }: { moves: ReadonlyMap<string, DriverMove | NoMove>; unit: number; twice: readonly string[] },
): Statement {
  const told: string[] = [...(statement.notes ?? [])];
  const used: string[] = [];
  let shift = 0;
  let missing = false;
  for (const [i, code] of drivers.entries()) {
    if (slopes[i] === 0) continue;
    const move = moves.get(code) ?? { reason: 'no driver any more' };
    if ('logReturn' in move) {
      shift += slopes[i] * move.sigmas * unit;
      used.push(`${code} ${percent(move.logReturn)}`);
    } else {
      missing = true;
      if (move.reason !== undefined) told.push(`${code} left out: ${move.reason}`);
    }
  }
  for (const code of twice) told.push(`${code} named twice: counted once`);
  if (used.length === 0)
    return told.length === (statement.notes?.length ?? 0) ? statement : { ...statement, notes: told };
  const known = quantileFunction(statement.levels, statement.quantiles);
  const point = statement.pointClose ?? known.at(0.5);
  const power = missing ? 1 : narrowing;
  const { shares: _, ...rest } = statement;
  const quantiles = known.quantiles.map((price) => point * Math.exp(shift + power * Math.log(price / point)));
  return {
    ...rest,
    quantiles,
    pointClose: point * Math.exp(shift),
    notes: [...told, `${used.join(', ')}: point moved by ${percent(shift)}`],
  };
}

/** Returns a log return as a simple one: '-1.8 %'. */
function percent(logReturn: number): string {
  const value = 100 * Math.expm1(logReturn);
  const rounded = Math.abs(value) < 0.05 ? value.toFixed(2) : value.toFixed(1);
  return `${value > 0 ? '+' : ''}${rounded} %`;
}
