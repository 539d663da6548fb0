import { formatPrice } from '../../src/series/index.js';
import { ENGLISH, type Say } from './say.js';

/**
 * Returns how many decimals prices like these are written with: the currency's from 100 on, where one is named; none for whole ones from 100 on
 * (won, yen), else 2; below 1 as many as show four digits of the newest.
 */
export function priceDigits(closes: readonly number[], currency?: string): number {
  const newest = closes.at(-1) ?? 1;
  const needed = (formatPrice(newest).split('.')[1] ?? '').length;
  if (currency !== undefined && /^[A-Z]{3}$/.test(currency)) {
    const format = new Intl.NumberFormat('en-US', { style: 'currency', currency });
    const usual = format.resolvedOptions().maximumFractionDigits ?? 2;
    return newest >= 100 ? usual : Math.max(usual, needed);
  }
  return closes.every(Number.isInteger) ? needed : Math.max(2, needed);
}

/** Returns a price with thousands separators, for example '72,300' or '6,032.38'; below 1 with more decimals where it would lose its digits. */
export function priceText(price: number, digits: number): string {
  const size = Math.abs(price);
  if (size > 0 && size < 1) return formatPrice(price, { digits: Math.min(digits, 20) });
  const decimals = Math.min(digits, 20);
  return price.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** Returns the text of a price axis' label over these values: as few decimals as tell its labels apart. */
export function axisPriceText(values: readonly number[], digits: number): (value: number) => string {
  const span = Math.max(...values) - Math.min(...values);
  // some five labels share the span, and each is a round number
  const step = span / 5;
  const decimals = span > 5 ? 0 : Math.max(digits, step > 0 ? Math.ceil(-Math.log10(step)) : 0);
  return (value) => (decimals === 0 ? priceText(Math.round(value), 0) : priceText(value, decimals));
}

/** Returns a whole number with thousands separators. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** Returns a share as a percentage, for example '81.3%'; a dash where there is none. */
export function percentText(share: number | undefined, digits = 1): string {
  return share === undefined || Number.isNaN(share) ? '–' : `${(share * 100).toFixed(digits)}%`;
}

/** Returns a change as a percentage with its sign, for example '+0.42%' or '-1.30%'; zero has none. */
export function signedPercentText(change: number | undefined, digits = 2): string {
  if (change === undefined || Number.isNaN(change)) return '–';
  const text = (change * 100).toFixed(digits);
  if (Number(text) === 0) return `${(0).toFixed(digits)}%`;
  return `${change > 0 ? '+' : ''}${text}%`;
}

/** Returns a range of two numbers in words: '-1.3% to +0.4%'. */
export function rangeText(low: string, high: string, say: Say): string {
  return say('{low} to {high}', { low, high });
}

/** Returns the text with the minus sign that belongs before a number in print. */
export function withMinus(text: string): string {
  return text.replace(/-(?=\d)/g, '\u2212');
}

/** Returns a horizon in words: '1 day', '5 days' (trading days). */
export function horizonText(horizon: number, say = ENGLISH): string {
  return horizon === 1 ? say('1 day') : say('{n} days', { n: horizon });
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Returns what writes a date as an axis shows it: '2026-11-20' becomes '20 Nov'. What is no date stays as it is. */
export function dayText(say: Say): (date: string) => string {
  return (date) => {
    const parts = /^\d{4}-(\d{2})-(\d{2})$/.exec(date);
    const month = parts === null ? undefined : MONTHS[Number(parts[1]) - 1];
    if (parts === null || month === undefined) return date;
    const day = Number(parts[2]);
    return say.language === 'ko' ? `${Number(parts[1])}/${day}` : `${day} ${month}`;
  };
}
