/**
 * Colours by role. Charts are drawn in the light ones; the page's style sheet turns each into its dark counterpart, so every
 * light colour stands for one role only. Hues follow Okabe & Ito's order of safety for colour-blind readers, darkened for
 * contrast on paper; what differs in colour also differs in shape, place or label.
 */
const ROLES = {
  page: ['#f4f5f7', '#0d0f13'],
  paper: ['#ffffff', '#161a20'],
  ink: ['#1c2430', '#e9ebef'],
  soft: ['#5c6675', '#a2abb9'],
  axis: ['#aeb6c2', '#505967'],
  grid: ['#e6e9ee', '#2a3039'],
  forecast: ['#5a3fc0', '#b3a1ff'],
  miss: ['#cf4f0a', '#ff9b5e'],
  member1: ['#0a7186', '#5cc4d8'],
  member2: ['#16805e', '#4fd0a2'],
  member3: ['#a8324a', '#f08a9d'],
  member4: ['#a83f8b', '#eb93d0'],
  naive: ['#94701c', '#dcb85f'],
  // of markets: rises and falls
  red: ['#c8242b', '#ff7f7f'],
  blue: ['#1a5bc4', '#7ab0ff'],
  green: ['#157a45', '#58cc90'],
  alarm: ['#b3141d', '#ff8f8f'],
} as const;

/** A role that a colour plays on the page. */
export type ColourRole = keyof typeof ROLES;

/** Roles in order. */
export const COLOUR_ROLES = Object.keys(ROLES) as ColourRole[];

/** Returns a role's colour on light paper as '#rrggbb'. */
export function colour(role: ColourRole): string {
  return ROLES[role][0];
}

/** Returns the custom properties of one scheme, for example "--ink:#1c2430;...". */
export function colourProperties(scheme: 'light' | 'dark'): string {
  return COLOUR_ROLES.map((role) => `--${role}:${ROLES[role][scheme === 'light' ? 0 : 1]};`).join('');
}

/** Returns the rules that let a chart's fixed colours follow the scheme: style sheets win over presentation attributes. */
export function chartColourRules(): string {
  return COLOUR_ROLES.map((role) => {
    const hex = colour(role);
    return `.chart [fill="${hex}"]{fill:var(--${role})}.chart [stroke="${hex}"]{stroke:var(--${role})}`;
  }).join('');
}
