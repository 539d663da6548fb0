import type { ReportInput, ReportInstrument } from '../../adapters/report/index.js';
import { combine, completeStatement, type Distribution } from '../../src/ensemble/index.js';
import { type Forecast, readable, type Step } from '../../src/pipeline/forecast/forecast.js';
import { directionOf, FLAT_BAND } from '../../src/series/direction.js';
import { addTradingDays, type Bar } from '../../src/series/index.js';
import { weekdayCalendar } from '../../src/series/trading-calendar.js';
import { createRandom, normalQuantile } from '../../src/stats/index.js';
import type { MemberLoss, OutcomeRecord, PredictionRecord, WeightsRecord } from '../../src/store/records.js';

/*
 * A market that never was: prices by geometric Brownian motion with volatility that wanders, and forecasts that know that
 * volatility and nothing else, so that their intervals are calibrated and their directions have no skill. Seeded.
 */

const LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const HORIZONS = [1, 3, 5];
const MEMBERS = ['chronos', 'lgbm', 'naive'] as const;

interface Market {
  code: string;
  name?: string;
  currency?: string;
  firstClose: number;
  /** Prices are multiples of this. */
  tick: number;
  days: number;
  seed: number;
}

/** Returns what a report of one simulated instrument is drawn from. */
export function simulatedInstrument(market: Market): ReportInstrument {
  const { code, name, currency, days, seed } = market;
  const random = createRandom(seed);
  const { bars, sigmas } = simulateBars(market, random);
  const predictions: PredictionRecord[] = [];
  const outcomes: OutcomeRecord[] = [];
  let latest: Forecast | undefined;
  for (let base = 40; base < days; base++) {
    const steps = HORIZONS.map((horizon) => simulateStep(bars[base], { sigma: sigmas[base], horizon, random }));
    const issuedAt = new Date(`${bars[base].date}T07:10:00Z`);
    for (const step of steps) {
      const { horizon, ...rest } = step;
      const key = { code, baseDate: bars[base].date, horizon };
      const issued = { issue: 'close', issuedAt, userTriggered: false } as const;
      const record: PredictionRecord = { ...rest, ...key, ...issued, sourcesUsed: [], baseClose: bars[base].close };
      const close = bars[base + horizon];
      predictions.push(close === undefined ? record : { ...record, targetDate: close.date });
      if (close !== undefined) outcomes.push(simulatedOutcome(record, close));
    }
    latest = {
      code,
      baseDate: bars[base].date,
      baseClose: bars[base].close,
      issuedAt,
      horizons: HORIZONS,
      steps: steps.map(readable),
      sourcesUsed: ['chronos', 'lgbm_h1', 'lgbm_h3', 'lgbm_h5'],
      failures: [],
      warnings: [],
    };
  }
  return {
    code,
    name,
    currency,
    bars: bars.slice(-120),
    latest,
    predictions,
    outcomes,
    weights: simulateWeights(code, bars, random),
  };
}

/** Returns the input of a report on two simulated instruments, one in won and one in dollars. */
export function simulatedReport(): ReportInput {
  return {
    title: 'Two markets that never were',
    instruments: [
      simulatedInstrument({
        code: '005930',
        name: '삼성전자 Samsung Electronics',
        currency: 'KRW',
        firstClose: 71_000,
        tick: 100,
        days: 200,
        seed: 11,
      }),
      simulatedInstrument({ code: 'SPX', name: 'S&P 500', firstClose: 5890.12, tick: 0.01, days: 200, seed: 12 }),
    ],
    notes: ['Simulated prices: geometric Brownian motion. Nothing here is a real market.'],
    generatedAt: new Date('2026-11-20T07:15:00Z'),
    timeZone: 'Asia/Seoul',
  };
}

type Random = ReturnType<typeof createRandom>;

function simulateBars({ firstClose, tick, days }: Market, random: Random): { bars: Bar[]; sigmas: number[] } {
  const round = (price: number) => Number((Math.round(price / tick) * tick).toFixed(tick < 0.01 ? 14 : 2));
  const bars: Bar[] = [];
  const sigmas: number[] = [];
  let logSigma = Math.log(0.014);
  let close = firstClose;
  let date = '2026-02-13';
  for (let day = 0; day < days; day++) {
    date = addTradingDays(date, 1, weekdayCalendar);
    const sigma = Math.exp(logSigma);
    const open = round(close * Math.exp(0.3 * sigma * random.normal()));
    close = round(close * Math.exp(0.0004 + sigma * random.normal()));
    const high = round(Math.max(open, close) * Math.exp(0.4 * sigma * Math.abs(random.normal())));
    const low = round(Math.min(open, close) * Math.exp(-0.4 * sigma * Math.abs(random.normal())));
    bars.push({ date, open, high, low, close, volume: 1e6 });
    logSigma += -0.03 * (logSigma - Math.log(0.014)) + 0.07 * random.normal();
    sigmas.push(Math.exp(logSigma));
  }
  return { bars, sigmas };
}

function simulateStep(
  bar: Bar,
  { sigma, horizon, random }: { sigma: number; horizon: number; random: Random },
): Omit<Step, 'quantile'> {
  const spread = sigma * Math.sqrt(horizon);
  const base = { baseClose: bar.close, flatBand: FLAT_BAND };
  const member = (drift: number, width: number): Distribution => {
    const quantiles = LEVELS.map((level) => bar.close * Math.exp(drift + width * normalQuantile(level)));
    return completeStatement('simulated', { levels: LEVELS, quantiles }, base);
  };
  const members = {
    chronos: member(0.12 * spread * random.normal(), spread * 0.97),
    lgbm: member(0.35 * spread * random.normal(), spread * 1.05),
    naive: member(0, spread),
  };
  const targetDate = addTradingDays(bar.date, horizon, weekdayCalendar);
  const weights = { chronos: 0.6, lgbm: 0.4, naive: 0 };
  return { horizon, targetDate, ...combine({ ...base, weights, members }), members };
}

/** Returns what came of a forecast at a close, without a split in between. */
export function simulatedOutcome(prediction: PredictionRecord, bar: Pick<Bar, 'date' | 'close'>): OutcomeRecord {
  const { code, baseDate, horizon, baseClose } = prediction;
  const actualReturn = bar.close / baseClose - 1;
  const actualDirection = directionOf(actualReturn);
  const members: OutcomeRecord['members'] = {};
  for (const name of MEMBERS) {
    const member = prediction.members[name];
    if (member !== undefined) members[name] = lossOf(member, { baseClose, close: bar.close, actualDirection });
  }
  return {
    code,
    baseDate,
    horizon,
    actualDate: bar.date,
    baseClose,
    actualClose: bar.close,
    actualReturn,
    actualDirection,
    directionHit: prediction.direction === actualDirection,
    absError: Math.abs(prediction.pointClose - bar.close),
    covered: prediction.ciLow <= bar.close && bar.close <= prediction.ciHigh,
    members,
    matchedAt: new Date(`${bar.date}T07:30:00Z`),
  };
}

function lossOf(
  member: Distribution,
  { baseClose, close, actualDirection }: { baseClose: number; close: number; actualDirection: 'up' | 'flat' | 'down' },
): MemberLoss {
  const given = { up: member.probUp, flat: member.probFlat, down: member.probDown }[actualDirection];
  const loss: MemberLoss = {
    absError: Math.abs(member.pointClose - close),
    covered: member.ciLow <= close && close <= member.ciHigh,
    directionHit: member.direction === actualDirection,
    logLoss: -Math.log(Math.max(1e-6, given)),
  };
  const losses = member.levels.map((level, index) => {
    const gap = Math.log(close / baseClose) - Math.log(member.quantiles[index] / baseClose);
    return Math.max(level * gap, (level - 1) * gap);
  });
  return { ...loss, pinball: losses.reduce((sum, each) => sum + each, 0) / losses.length };
}

function simulateWeights(code: string, bars: readonly Bar[], random: Random): WeightsRecord[] {
  const share = new Map(HORIZONS.map((horizon) => [horizon, { lgbm: 0.4, naive: 0 }]));
  const records: WeightsRecord[] = [];
  for (let day = 60; day < bars.length; day += 5) {
    for (const horizon of HORIZONS) {
      const before = share.get(horizon) ?? { lgbm: 0.4, naive: 0 };
      const lgbm = Math.min(0.6, Math.max(0.1, before.lgbm + 0.03 * random.normal() - 0.005));
      const naive = Math.min(0.35, Math.max(0, before.naive + 0.012 + 0.015 * random.normal()));
      share.set(horizon, { lgbm, naive });
      const weights = { chronos: 1 - lgbm - naive, lgbm, naive };
      records.push({ code, horizon, asOf: bars[day].date, weights, hitRates: {}, sampleCount: day - 45 });
    }
  }
  return records;
}
