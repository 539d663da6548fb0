/**
 * What is stored of an instrument: what predicts the return (regression) and the direction (3 classes: down, flat, up), how far these are to be
 * trusted ('spr'), what drivers do to it.
 */
export type ModelKind = 'reg' | 'cls' | 'spr' | 'drv';

/** Whose keys have no member's name in front. */
const FIRST_MEMBER = 'lgbm';

/**
 * Returns the key of a trained model: '{code}_h{horizon}_{kind}', behind '_{member}_' for any member but 'lgbm'.
 *
 * Characters of a code that no model store need keep (all but letters, digits, '_' and '-') are written '.HEX-', their code
 * point in hex, so that different codes never share a key.
 *
 * @example
 * modelKey('lgbm', { code: '005930', horizon: 3, kind: 'cls' }); // '005930_h3_cls'
 * modelKey('lgbm', { code: '^GSPC', horizon: 1, kind: 'reg' }); // '.5e-GSPC_h1_reg'
 */
export function modelKey(
  member: string,
  { code, horizon, kind }: { code: string; horizon: number; kind: ModelKind },
): string {
  const safe = code.replace(/[^A-Za-z0-9_-]/gu, (character) => `.${character.codePointAt(0)!.toString(16)}-`);
  return `${prefixOf(member)}${safe}_h${horizon}_${kind}`;
}

/**
 * Returns the key of what a pooled member stores of a horizon: '_pooled_h{horizon}_scale', a LightGBM text, or
 * '_pooled_h{horizon}_quantiles' and '_pooled_h{horizon}_drivers', JSON texts, behind '_{member}_' for any member but 'lgbm'. No `modelKey` ends in either.
 */
export function pooledKey(member: string, horizon: number, part: 'scale' | 'quantiles' | 'drivers'): string {
  return `${prefixOf(member)}_pooled_h${horizon}_${part}`;
}

function prefixOf(member: string): string {
  return member === FIRST_MEMBER ? '' : `_${member}_`;
}
