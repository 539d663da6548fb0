export { renderReport } from './render-report.js';
export type { ReportInput, ReportInstrument, SkillFigure } from './report-input.js';
