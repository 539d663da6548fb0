/** What a stored model predicts: the return (regression) or the direction (3 classes: down, flat, up). */
export type ModelKind = 'reg' | 'cls';

/**
 * Returns the key of a trained model: '{code}_h{horizon}_{kind}'.
 *
 * Characters of a code that no model store need keep (all but letters, digits, '_' and '-') are written '.HEX-', their code
 * point in hex, so that different codes never share a key.
 *
 * @example
 * modelKey('005930', 3, 'cls'); // '005930_h3_cls'
 * modelKey('^GSPC', 1, 'reg'); // '.5e-GSPC_h1_reg'
 */
export function modelKey(code: string, horizon: number, kind: ModelKind): string {
  const safe = code.replace(/[^A-Za-z0-9_-]/gu, (character) => `.${character.codePointAt(0)!.toString(16)}-`);
  return `${safe}_h${horizon}_${kind}`;
}

/**
 * Returns the key of what the pooled recipe stores of a horizon: '_pooled_h{horizon}_scale', a LightGBM text, or
 * '_pooled_h{horizon}_quantiles', a JSON text. No `modelKey` ends in either.
 */
export function pooledKey(horizon: number, part: 'scale' | 'quantiles'): string {
  return `_pooled_h${horizon}_${part}`;
}
