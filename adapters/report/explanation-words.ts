import type { Contribution, ExplainedNumber } from '../../src/ensemble/index.js';
import { percentText, withMinus } from './number-text.js';
import type { Say } from './say.js';

type Name = ExplainedNumber['name'];

const times = (logarithm: number) => Math.exp(logarithm).toFixed(2);
/** The number is the logarithm of a variance. */
const timesVolatility = (logVariance: number) => times(logVariance / 2);
const signed = (change: number) => `${change < 0 ? '-' : '+'}${percentText(Math.abs(change), 2)}`;

/** Returns what a number of a model is, in words: in English the member's own, else told from the number. */
export function numberWords(number: ExplainedNumber, all: readonly ExplainedNumber[], say: Say): string {
  return withMinus(say.language === 'en' ? number.text : numberTold(number, all, say));
}

/** Returns what a feature adds, in words: in English the member's own, else told from the number. */
export function contributionWords(name: Name, { adds, text }: Contribution, say: Say): string {
  return withMinus(say.language === 'en' ? text : contributionTold(name, adds, say));
}

/** Returns the name of a number of a model. */
export function numberName(name: Name, say: Say): string {
  if (name === 'scale') return say('Volatility');
  return name === 'return' ? say('Return') : say(name);
}

/** Tells a number from what it is. */
export function numberTold(
  { name, total, expected, share, contributions }: ExplainedNumber,
  all: readonly ExplainedNumber[],
  say: Say,
): string {
  // nothing adds to nothing: the random walk's
  const isOwn = total !== 0 || expected !== 0 || contributions.length > 0;
  if (name === 'scale') {
    return isOwn
      ? say('volatility: {now} × the EWMA volatility, on average {usual} ×', {
          now: timesVolatility(total),
          usual: timesVolatility(expected),
        })
      : say("volatility: the random walk's EWMA volatility itself, since validation found the models worse");
  }
  if (name === 'return') {
    if (!isOwn) return say("return: none but the random walk's, since validation found the model no better");
    const kept = share === undefined ? '' : say(', {share} of what the model says', { share: `${100 * share}%` });
    // what moves a forecast by itself has no average
    const told =
      expected === 0
        ? say('return: {change}', { change: signed(total) })
        : say('return: {change}, on average {usual}', { change: signed(total), usual: signed(expected) });
    return `${told}${kept}`;
  }
  const weights = all.filter(({ name: other }) => other === 'down' || other === 'flat' || other === 'up');
  const together = weights.reduce((sum, other) => sum + Math.exp(other.total), 0);
  return say('{direction}: share {share}, weight {weight}, on average {usual}', {
    direction: say(name),
    share: percentText(Math.exp(total) / together),
    weight: times(total),
    usual: times(expected),
  });
}

/** Tells from its amount what a feature adds to a number. */
export function contributionTold(name: Name, adds: number, say: Say): string {
  if (name === 'scale') return say('volatility × {factor}', { factor: timesVolatility(adds) });
  if (name === 'return') return say('return {change}', { change: signed(adds) });
  return say('weight of {direction} × {factor}', { direction: say(name), factor: times(adds) });
}
