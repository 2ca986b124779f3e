export { reportPage, type ReportOptions } from './report-page.ts';
export { type JournalSummary, summarize, type Tally } from './summary.ts';
