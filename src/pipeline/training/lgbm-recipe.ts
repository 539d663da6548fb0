import { invalid } from '../../errors.js';

/** How the LightGBM member is trained and asked. */
export type LgbmRecipe = 'instrument' | 'pooled';

const RECIPES: readonly LgbmRecipe[] = ['instrument', 'pooled'];

/**
 * Returns the recipe, 'instrument' unless given.
 *
 * @throws ForecastError `INVALID_ARGUMENT` for one that there is not
 */
export function checkRecipe(where: string, recipe: LgbmRecipe = 'instrument'): LgbmRecipe {
  if (!RECIPES.includes(recipe)) throw invalid('INVALID_ARGUMENT', where, 'lgbmRecipe', RECIPES.join(' or '), recipe);
  return recipe;
}
