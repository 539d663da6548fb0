export { forecastTable } from './forecast-table.js';
export type { RisingColour } from './market-colours.js';
export { type ProgressLine, type ProgressStream, progressLine } from './progress-line.js';
export { renderReport } from './render-report.js';
export type { ReportInput, ReportInstrument, SkillFigure } from './report-input.js';
export type { ReportLanguage } from './say.js';
export { scoreTable } from './score-table.js';
