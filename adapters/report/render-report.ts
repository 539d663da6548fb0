import { invalid } from '../../src/errors.js';
import { dateInZone } from '../../src/series/inside.js';
import { type ChartLibrary, loadChartLibrary } from './echarts-svg.js';
import { escapeHtml } from './escape-html.js';
import { headlineSection } from './headline-section.js';
import { scoresByHorizon } from './horizon-scores.js';
import { instrumentSection } from './instrument-section.js';
import { pageStyle } from './page-style.js';
import { readingSection } from './reading-section.js';
import type { ReportInput, ReportInstrument } from './report-input.js';
import { type Phrase, type Say, sayIn } from './say.js';
import { scorecardSection } from './scorecard-section.js';
import { scoresSection, skillsSection } from './scores-section.js';

/**
 * Returns a report as one self-contained HTML page: newest forecasts, past forecasts beside what came, and scores beside the
 * random walk's. No script, no request; light and dark, for screens, phones and print.
 *
 * Charts are drawn by the optional peer echarts. The same input gives the same bytes.
 *
 * @throws ForecastError `RUNTIME_MISSING` when echarts is not installed; `INVALID_ARGUMENT` for a time zone that the runtime does
 *   not know, a language that is not spoken, a title that is empty or two instruments of one code; `INVALID_DATE` for an invalid `generatedAt`
 * @example
 * const html = await renderReport({ title: 'KOSPI', instruments, notes: [], generatedAt: new Date(), timeZone: 'Asia/Seoul' });
 */
export async function renderReport(input: ReportInput): Promise<string> {
  const { title, instruments, notes, skills = [], scorecard, language = 'en' } = input;
  const say = sayIn(language);
  if (title.trim() === '') throw invalid('INVALID_ARGUMENT', 'renderReport', 'title', 'a text', title);
  const codes = new Set<string>();
  for (const [index, { code }] of instruments.entries()) {
    if (codes.has(code)) {
      throw invalid('INVALID_ARGUMENT', 'renderReport', `instruments[${index}].code`, 'a code of its own', code);
    }
    codes.add(code);
  }
  const made = instantText(input.generatedAt, input.timeZone, say);
  const scores = scoresByHorizon(instruments.flatMap(({ outcomes }) => outcomes));
  // a page of a scorecard alone has no chart
  const library = instruments.length === 0 ? NO_LIBRARY : await loadChartLibrary();
  const sections = instruments.map((instrument, index) => instrumentSection(library, instrument, { index, say }));
  const shown = instruments
    .map((instrument, index) => ({ instrument, index }))
    .filter(({ index }) => sections[index] !== '');
  const forecasts =
    shown.length === 0
      ? ''
      : `<section id="forecasts"><h2>${say('Forecasts')}</h2><p class="lead">${say('The newest forecast, and how earlier ones fared.')}</p>${sections.join('')}</section>`;
  const isScored = instruments.length > 0 || skills.length > 0;
  const body = [
    forecasts,
    isScored ? headlineSection(scores, skills, say) : '',
    scorecard === undefined ? '' : scorecardSection(scorecard, say),
    scoresSection(library, instruments, scores, say),
    skillsSection(skills, say),
    readingSection(say),
  ];
  return (
    `<!doctype html>\n<html lang="${language}"><head><meta charset="utf-8">` +
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">` +
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">' +
    `<title>${escapeHtml(title)}</title><style>${pageStyle()}</style></head><body>` +
    `<header><p class="eyebrow">${say('Forecast report')}</p><h1>${escapeHtml(title)}</h1><p class="meta">${escapeHtml(made)}</p>` +
    navigation(
      shown,
      [
        ...(isScored ? [['record', 'How it fared'] as const] : []),
        ...(scorecard === undefined ? [] : [['scorecard', 'Scorecard'] as const]),
        ...(scores.length === 0 ? [] : [['scores', 'Scores'] as const]),
        ['reading', 'How to read this'],
      ],
      say,
    ) +
    `</header><main>${notesCard(notes, say)}${body.join('')}</main>` +
    `<footer>${say('Made by chronolight. Forecasts are probabilities, learned from past prices only; they know no news, and they are no advice.')}</footer>` +
    '</body></html>\n'
  );
}

const NO_LIBRARY: ChartLibrary = {
  init() {
    throw new Error('a report without instruments has no chart');
  },
};

function navigation(
  shown: readonly { instrument: ReportInstrument; index: number }[],
  sections: readonly (readonly [string, Phrase])[],
  say: Say,
): string {
  const links = [
    ...shown.map(({ instrument: { code, name }, index }) => `<a href="#i${index}">${escapeHtml(name ?? code)}</a>`),
    ...sections.map(([id, text]) => `<a href="#${id}">${say(text)}</a>`),
  ];
  return `<nav aria-label="${say('Sections')}">${links.join('')}</nav>`;
}

function notesCard(notes: readonly string[], say: Say): string {
  if (notes.length === 0) return '';
  const items = notes.map((note) => `<li>${escapeHtml(note)}</li>`);
  return `<section class="card notes" aria-label="${say('Notes')}"><ul>${items.join('')}</ul></section>`;
}

function instantText(instant: Date, timeZone: string, say: Say): string {
  const day = dateInZone(instant, timeZone);
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(instant);
  return say('Generated {day} {time} ({zone})', { day, time, zone: timeZone });
}
