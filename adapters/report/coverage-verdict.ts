import { wilsonInterval } from '../../src/scoring/inside.js';
import { percentText } from './number-text.js';
import type { Say } from './say.js';

/** The share of closes that an interval is meant to hold. */
const INTENDED = 0.8;

/** How often an interval held, and whether that is what it promises. */
export interface CoverageVerdict {
  /** 95 % interval of the share. */
  readonly low: number;
  readonly high: number;
  /** 'as promised' also where too few outcomes tell. */
  readonly state: 'too narrow' | 'too wide' | 'as promised';
}

/** Returns the verdict on a share of about `effectiveCount` independent outcomes. */
export function coverageVerdict(share: number, effectiveCount: number): CoverageVerdict {
  return judged(wilsonInterval(share, effectiveCount));
}

/** Returns the verdict on a share whose 95 % interval is known. */
export function judged({ low, high }: { readonly low: number; readonly high: number }): CoverageVerdict {
  return { low, high, state: high < INTENDED ? 'too narrow' : low > INTENDED ? 'too wide' : 'as promised' };
}

/** Returns the mark that makes a broken promise look like one, or ''. */
export function coverageBadge(state: CoverageVerdict['state'], say: Say): string {
  return state === 'as promised' ? '' : `<span class="badge alarm">${say(state)}</span>`;
}

/** Returns what a share stands beside: '80% promised; 95% interval 51% to 63%'. */
export function coverageWords({ low, high }: CoverageVerdict, say: Say): string {
  return say('80% promised; 95% interval {low} to {high}', { low: percentText(low, 0), high: percentText(high, 0) });
}
