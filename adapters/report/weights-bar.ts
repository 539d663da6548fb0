import type { Step } from '../../src/pipeline/index.js';
import { escapeHtml } from './escape-html.js';
import { inShownOrder, looksOf } from './forecaster-look.js';
import { horizonText, percentText } from './number-text.js';
import type { Say } from './say.js';

/** Returns who has which share in a forecast: a bar a horizon, one for all where they agree. */
export function weightsBars(steps: readonly Step[], say: Say): string {
  const names = inShownOrder(steps.flatMap(({ members }) => Object.keys(members)));
  const look = looksOf(names, say);
  const rows = steps.map(({ horizon, members, weights }) => ({
    ahead: horizonText(horizon, say),
    shares: inShownOrder(Object.keys(members))
      .filter((name) => weights[name] > 0)
      .map((name) => ({ ...look(name), share: weights[name], text: percentText(weights[name], 0) })),
  }));
  const alike = rows.every(({ shares }) => wordsOf(shares) === wordsOf(rows[0].shares));
  const shown = alike ? [{ ...rows[0], ahead: say('Members') }] : rows;
  const bars = shown.map(({ ahead, shares }) => {
    const parts = shares.map(({ role, share }) => `<i style="flex:${share.toFixed(4)};background:var(--${role})"></i>`);
    const words = shares.map(
      ({ role, name, text }) =>
        `<span><b style="color:var(--${role})" aria-hidden="true">■</b> ${escapeHtml(name)} ${text}</span>`,
    );
    return `<dt>${ahead}</dt><dd><span class="weight-bar" aria-hidden="true">${parts.join('')}</span>${words.join('')}</dd>`;
  });
  return `<dl class="weights" aria-label="${say('Weights of the members')}">${bars.join('')}</dl>`;
}

const wordsOf = (shares: readonly { name: string; text: string }[]) =>
  shares.map(({ name, text }) => `${name} ${text}`).join();
