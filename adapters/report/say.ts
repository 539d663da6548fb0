import { invalid } from '../../src/errors.js';
import { KOREAN } from './korean.js';

/** What a report can be written in. */
export type ReportLanguage = 'en' | 'ko';

/** A phrase of the report, in English; what stands in braces is filled in. */
export type Phrase = keyof typeof KOREAN;

/** Says a phrase in the report's language. */
export interface Say {
  (phrase: Phrase, values?: Readonly<Record<string, string | number>>): string;
  readonly language: ReportLanguage;
}

/** @throws ForecastError `INVALID_ARGUMENT` for a language that there are no words of */
export function sayIn(language: ReportLanguage): Say {
  if (language !== 'en' && language !== 'ko') {
    throw invalid('INVALID_ARGUMENT', 'renderReport', 'language', "'en' or 'ko'", language);
  }
  const say = (phrase: Phrase, values: Readonly<Record<string, string | number>> = {}) => {
    const words: string = language === 'ko' ? KOREAN[phrase] : phrase;
    return words.replace(/\{(\w+)\}/g, (place, name: string) => (name in values ? String(values[name]) : place));
  };
  return Object.assign(say, { language });
}

/** What tables for a terminal are written in. */
export const ENGLISH: Say = sayIn('en');
