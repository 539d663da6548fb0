import { formatPrice } from '../../src/series/index.js';

/**
 * Returns how the page writes prices whose newest is `last`: won from 100 on without a fraction, others with as many digits as show them; thousands
 * are parted by narrow spaces.
 */
export function priceText(last: number, currency: string): (value: number) => string {
  const whole = currency === 'KRW' && last >= 100;
  const digits = whole ? 0 : Math.min(20, Math.max(2, (formatPrice(last).split('.')[1] ?? '').length));
  return (value) => {
    const text = whole ? formatPrice(Math.round(value)) : formatPrice(value, { digits });
    return text.replaceAll(',', '\u202f');
  };
}
