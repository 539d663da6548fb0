import { doubles, nanUntil, rollingCorrelation, rollingMean, rollingMoments, rollingSum } from '../stats/index.js';
import { column, gap, ratio, reachOf } from './columns.js';
import { typicalPrice } from './commodity-channel.js';
import type { Derivation, DocumentedFeature } from './feature.js';
import { linearSlope } from './linear-slope.js';
import { returns1 } from './returns.js';

const volumeMean20: Derivation<Float64Array> = ({ volume }, _, from) => rollingMean(volume, 20, from);

const volumeZ: Derivation<Float64Array> = ({ volume, length }, _, from) => {
  const { mean, squares } = rollingMoments(volume, 20, from);
  return column(length, 19, (t) => (volume[t] - mean[t]) / Math.sqrt(squares[t] / 19), from);
};

/** On-balance volume: volume added on a rise, taken off on a fall, from the first bar's own on. */
export const onBalanceVolume: Derivation<Float64Array> = ({ close, volume, length }) => {
  const balances = nanUntil(0, length);
  let balance = 0;
  for (let t = 0; t < length; t++) {
    if (t === 0 || close[t] > close[t - 1]) balance += volume[t];
    else if (close[t] < close[t - 1]) balance -= volume[t];
    balances[t] = balance;
  }
  return balances;
};

const moneyFlow14: Derivation<Float64Array> = ({ volume, length }, derive, from = 0) => {
  const reach = reachOf(from, 14);
  const typical = derive(typicalPrice, Math.max(0, reach - 1));
  const inflow = doubles(length, reach);
  const outflow = doubles(length, reach);
  for (let t = Math.max(1, reach); t < length; t++) {
    if (typical[t] > typical[t - 1]) inflow[t] = typical[t] * volume[t];
    else if (typical[t] < typical[t - 1]) outflow[t] = typical[t] * volume[t];
  }
  const gained = rollingSum(inflow, 14, from);
  const lost = rollingSum(outflow, 14, from);
  return column(length, 14, (t) => (100 * gained[t]) / (gained[t] + lost[t]), from);
};

const chaikinMoneyFlow20: Derivation<Float64Array> = ({ high, low, close, volume, length }, _, from = 0) => {
  const flowAt = (t: number) =>
    high[t] === low[t] ? 0 : ((close[t] - low[t] - (high[t] - close[t])) / (high[t] - low[t])) * volume[t];
  const flows = column(length, 0, flowAt, reachOf(from, 20));
  return ratio(rollingSum(flows, 20, from), rollingSum(volume, 20, from), from);
};

/** Mean |return| per traded value over the days that traded, recent over longer: illiquidity without a currency. */
const amihud: Derivation<Float64Array> = ({ close, volume, length }, derive, from = 0) => {
  const reach = reachOf(from, 120);
  const returns = derive(returns1, reach);
  const impact = column(length, 1, (t) => (volume[t] > 0 ? Math.abs(returns[t]) / (close[t] * volume[t]) : 0), reach);
  const traded = column(length, 1, (t) => (volume[t] > 0 ? 1 : 0), reach);
  const recent = rollingSum(impact, 20, from);
  const recentDays = rollingSum(traded, 20, from);
  const longer = rollingSum(impact, 120, from);
  const longerDays = rollingSum(traded, 120, from);
  return column(length, 120, (t) => recent[t] / recentDays[t] / (longer[t] / longerDays[t]), from);
};

const volumeWeightedGap20: Derivation<Float64Array> = ({ close, volume, length }, derive, from = 0) => {
  const reach = reachOf(from, 20);
  const typical = derive(typicalPrice, reach);
  const traded = column(length, 0, (t) => typical[t] * volume[t], reach);
  const values = rollingSum(traded, 20, from);
  const volumes = rollingSum(volume, 20, from);
  return column(length, 19, (t) => close[t] / (values[t] / volumes[t]) - 1, from);
};

const family = 'volume';

/** What volume says, in ratios to its own past. NaN where nothing was traded in the whole window. */
export const VOLUME_FEATURES: readonly DocumentedFeature[] = [
  {
    name: 'volume_z_20',
    family,
    formula: '(V[t] - mean(V, 20)) / sample deviation(V, 20)',
    warmup: 19,
    source: 'own, a z-score',
    compute: volumeZ,
  },
  {
    name: 'volume_ratio_20',
    family,
    formula: 'V[t] / mean(V, 20)',
    warmup: 19,
    source: 'TA-Lib SMA(volume, 20)',
    compute: ({ volume }, derive, from) => ratio(volume, derive(volumeMean20, from), from),
  },
  {
    name: 'volume_trend_5_60',
    family,
    formula: 'mean(V, 5) / mean(V, 60) - 1',
    warmup: 59,
    source: 'TA-Lib SMA(volume, 5), SMA(volume, 60)',
    compute: ({ volume }, _, from) => gap(rollingMean(volume, 5, from), rollingMean(volume, 60, from), from),
  },
  {
    name: 'obv_slope_20',
    family,
    formula: 'least-squares slope of on-balance volume over 20 bars / mean(V, 20)',
    warmup: 19,
    source: 'TA-Lib OBV, LINEARREG_SLOPE(20)',
    compute: (_, derive, from) =>
      ratio(linearSlope(derive(onBalanceVolume), 20, from), derive(volumeMean20, from), from),
  },
  {
    name: 'mfi_14',
    family,
    formula: '100 inflow / (inflow + outflow), sums over 14 of TP V on rising and falling TP = (H + L + C) / 3',
    warmup: 14,
    source: 'TA-Lib MFI(14)',
    compute: moneyFlow14,
  },
  {
    name: 'cmf_20',
    family,
    formula: 'sum over 20 of V (2C - H - L) / (H - L) / sum over 20 of V; a bar without range counts 0',
    warmup: 19,
    source: "Chaikin's money flow",
    compute: chaikinMoneyFlow20,
  },
  {
    name: 'amihud_20_120',
    family,
    formula: 'mean over 20 of |C[t] / C[t-1] - 1| / (C V) / its mean over 120; bars without volume left out',
    warmup: 120,
    source: 'Amihud 2002, Journal of Financial Markets 5(1), as a ratio to be free of currency',
    compute: amihud,
  },
  {
    name: 'vwap_gap_20',
    family,
    formula: 'C[t] / (sum over 20 of TP V / sum over 20 of V) - 1',
    warmup: 19,
    source: 'volume-weighted average price from daily bars',
    compute: volumeWeightedGap20,
  },
  {
    name: 'ret_volume_corr_20',
    family,
    formula: 'correlation over 20 of C[t] / C[t-1] - 1 and V[t]',
    warmup: 20,
    source: 'TA-Lib CORREL(20) of return and volume',
    compute: ({ volume }, derive, from = 0) =>
      rollingCorrelation(derive(returns1, reachOf(from, 20)), volume, 20, from),
  },
];
