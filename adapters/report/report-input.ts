import type { Explanation, Forecast, Scorecard } from '../../src/pipeline/index.js';
import type { Verdict } from '../../src/scoring/index.js';
import type { Bar } from '../../src/series/index.js';
import type { OutcomeRecord, PredictionRecord, WeightsRecord } from '../../src/store/records.js';
import type { RisingColour } from './market-colours.js';
import type { ReportLanguage } from './say.js';

/** What a report is drawn from. Nothing is fetched: the host hands over what it has read from its store and source. */
export interface ReportInput {
  readonly title: string;
  /** In the order in which they are shown. */
  readonly instruments: readonly ReportInstrument[];
  /** Remarks that a reader must see before the figures, for example "runs without a Chronos checkpoint". */
  readonly notes: readonly string[];
  /** The clock when the report was made. */
  readonly generatedAt: Date;
  /**
   * What the report is written in: 'en', the default, or 'ko'. Titles, names and notes are the host's; members' errors and explanations stay in
   * English.
   */
  readonly language?: ReportLanguage | undefined;
  /** IANA zone in which instants are written, for example 'Asia/Seoul'. */
  readonly timeZone: string;
  /** Skill beside the random walk with its uncertainty; without it the report shows the plain figures and says so. */
  readonly skills?: readonly SkillFigure[] | undefined;
  /** What the record is worth, as `scorecard` returned it: a section of its own. */
  readonly scorecard?: Scorecard | undefined;
}

/** One instrument of a report. One with neither bars nor a newest forecast counts in the scores and has no section. */
export interface ReportInstrument {
  readonly code: string;
  readonly name?: string | undefined;
  /** Shown beside prices, for example 'KRW'; an ISO 4217 code also settles the decimals. */
  readonly currency?: string | undefined;
  /** The colour of rises: 'red' (falls are blue) or 'green' (falls are red). Default as its market is used to: red for KRW, JPY, CNY, TWD. */
  readonly rising?: RisingColour | undefined;
  /** The newest bars, dates ascending; about 120 read well. */
  readonly bars: readonly Bar[];
  /** The newest forecast, as `predict` returned it. */
  readonly latest?: Forecast | undefined;
  /** Why the model behind it says what it says, as `explain` returned it, one a horizon. */
  readonly explanations?: readonly Explanation[] | undefined;
  /** Stored forecasts of this instrument. */
  readonly predictions: readonly PredictionRecord[];
  /** What came of them. */
  readonly outcomes: readonly OutcomeRecord[];
  /** Learned weights over time. */
  readonly weights?: readonly WeightsRecord[] | undefined;
}

/** How much better than the random walk a forecaster was, and whether that can be told from chance. */
export interface SkillFigure {
  /** 'ensemble', a member, or a baseline's name. */
  readonly forecaster: string;
  readonly horizon: number;
  /** What was compared, for example 'mean pinball loss'. */
  readonly loss: string;
  /** 1 - loss / the random walk's loss; above 0 is better. */
  readonly skill: number;
  /** Interval of `skill`, nominally 95 %. */
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  readonly state: Verdict;
}
