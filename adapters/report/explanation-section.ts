import type { Explanation } from '../../src/pipeline/index.js';
import { type DataTable, tableHtml } from './data-table.js';
import { escapeHtml } from './escape-html.js';
import { contributionWords, numberName, numberWords } from './explanation-words.js';
import { horizonText } from './number-text.js';
import type { Say } from './say.js';

/** Features listed of each number. */
const MOST_LISTED = 8;

/** Returns why the newest forecast's model says what it says: each number in words, and the features that add most to it; '' without explanations. */
export function explanationSection(explanations: readonly Explanation[], id: string, say: Say): string {
  if (explanations.length === 0) return '';
  const parts = explanations.map((explanation, index) => {
    const { member, horizon, baseDate, numbers } = explanation;
    const title = say('{member}, {ahead} ahead, on {date}', {
      member,
      ahead: horizonText(horizon, say),
      date: baseDate,
    });
    const told = numbers.map(
      (number) =>
        `<p>${escapeHtml(numberWords(number, numbers, say))}</p>${tableHtml(featureRows(number, title, say))}`,
    );
    return `<details${index === 0 ? ' open' : ''}><summary>${escapeHtml(title)}</summary>${told.join('')}</details>`;
  });
  return (
    `<div class="explanations" id="${id}"><h4>${say('Why')}</h4>` +
    `<p class="members">${say('What each feature of the newest bar adds to what the model says on average: what the model does, not what moves prices.')}</p>` +
    `${parts.join('')}</div>`
  );
}

function featureRows({ name, contributions }: Explanation['numbers'][number], title: string, say: Say): DataTable {
  return {
    caption: `${title}: ${numberName(name, say)}`,
    columns: [
      { title: say('Feature') },
      { title: say('On the newest bar'), align: 'right' },
      { title: say('Adds'), align: 'right' },
    ],
    rows: contributions
      .slice(0, MOST_LISTED)
      .map((contribution) => [
        contribution.feature,
        Number.isNaN(contribution.value) ? '–' : String(Number(contribution.value.toPrecision(3))),
        contributionWords(name, contribution, say),
      ]),
  };
}
