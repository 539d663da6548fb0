import type { LossSkill } from '../../src/scoring/index.js';
import type { PanelRow } from './panel.mjs';

export function score(
  rows: readonly PanelRow[],
  forecasts: readonly { levels: readonly number[]; quantiles: readonly number[] }[],
  horizon: number,
): Record<
  | 'pinball'
  | 'reference'
  | 'coverage'
  | 'referenceCoverage'
  | 'logLoss'
  | 'referenceLogLoss'
  | 'shareLogLoss'
  | 'worstDecile',
  number
> & { skill: Partial<LossSkill> & Pick<LossSkill, 'estimate'> };
