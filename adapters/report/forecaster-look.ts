import { YARDSTICK } from '../../src/ensemble/inside.js';
import type { ColourRole } from './palette.js';
import type { Say } from './say.js';

/** How a forecaster is drawn, everywhere the same. */
export interface ForecasterLook {
  /** As readers see it. */
  readonly name: string;
  readonly role: ColourRole;
  readonly symbol: 'circle' | 'diamond' | 'rect' | 'triangle';
}

const MEMBERS = [
  { role: 'member1', symbol: 'diamond' },
  { role: 'member2', symbol: 'rect' },
  { role: 'member3', symbol: 'diamond' },
  { role: 'member4', symbol: 'rect' },
] as const;

/** Returns members' names in the order in which they are shown: by name, the yardstick last. */
export function inShownOrder(names: Iterable<string>): string[] {
  const others = [...new Set(names)].filter((name) => name !== 'ensemble' && name !== YARDSTICK).sort();
  return [...others, ...([...names].includes(YARDSTICK) ? [YARDSTICK] : [])];
}

/** Returns how the ensemble and members of these names are drawn; beyond four members looks are used again. */
export function looksOf(names: Iterable<string>, say: Say): (name: string) => ForecasterLook {
  const order = inShownOrder(names).filter((name) => name !== YARDSTICK);
  return (name) => {
    if (name === 'ensemble') return { name: say('Ensemble'), role: 'forecast', symbol: 'circle' };
    if (name === YARDSTICK) return { name: say('Naive'), role: 'naive', symbol: 'triangle' };
    const look = MEMBERS[Math.max(0, order.indexOf(name)) % MEMBERS.length];
    return { name: name[0].toUpperCase() + name.slice(1).replaceAll('_', ' '), ...look };
  };
}
