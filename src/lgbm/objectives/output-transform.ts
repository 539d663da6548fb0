import { ForecastError } from '../../errors.js';
import { exponential } from '../numbers/exponential.js';

/** From raw scores to the objective's own unit: probabilities, means, or the score itself. */
export interface OutputTransform {
  /** Converts one row's raw scores in place, `values[at..at + outputs - 1]`. */
  convert(values: Float64Array, at: number): void;
}

const identity: OutputTransform = { convert() {} };

/**
 * Returns the transform of an objective as model text names it (`binary sigmoid:1`).
 *
 * Also knows objectives that this engine cannot train, so that models trained elsewhere predict.
 *
 * @throws ForecastError UNSUPPORTED_MODEL for an objective that LightGBM 4.6 does not have, INVALID_MODEL for a bad setting in it.
 */
export function outputTransform(objectiveText: string): OutputTransform {
  const [name, ...settings] = objectiveText.split(' ');
  switch (name) {
    case 'binary':
      return sigmoid(setting(settings, 'sigmoid'), 1);
    case 'multiclassova':
      return sigmoid(setting(settings, 'sigmoid'), setting(settings, 'num_class'));
    case 'multiclass':
      return softmax(setting(settings, 'num_class'));
    case 'cross_entropy':
      return sigmoid(1, 1);
    case 'cross_entropy_lambda':
      return single((x) => Math.log1p(exponential(x)));
    case 'poisson':
    case 'gamma':
    case 'tweedie':
      return single(exponential);
    case 'regression':
    case 'regression_l1':
    case 'huber':
    case 'fair':
    case 'quantile':
    case 'mape':
      return settings.includes('sqrt') ? single((x) => Math.sign(x) * x * x) : identity;
    case 'lambdarank':
    case 'rank_xendcg':
    case 'custom':
    case '':
      return identity;
  }
  throw new ForecastError(
    'UNSUPPORTED_MODEL',
    `parseModel: objective ${JSON.stringify(name.slice(0, 80))} is not known`,
    {
      field: 'objective',
      actual: name.slice(0, 80),
    },
  );
}

function setting(settings: readonly string[], key: string): number {
  const found = settings.find((entry) => entry.startsWith(`${key}:`));
  const value = Number(found?.slice(key.length + 1));
  if (value > 0 && Number.isFinite(value)) return value;
  throw new ForecastError('INVALID_MODEL', `parseModel: the objective needs ${key}:<number above 0>`, {
    field: 'objective',
    expected: `${key}:<number above 0>`,
    actual: settings.join(' ').slice(0, 80),
  });
}

function single(f: (x: number) => number): OutputTransform {
  return {
    convert(values, at) {
      values[at] = f(values[at]);
    },
  };
}

function sigmoid(slope: number, outputs: number): OutputTransform {
  return {
    convert(values, at) {
      for (let k = at; k < at + outputs; k++) values[k] = 1 / (1 + exponential(-slope * values[k]));
    },
  };
}

function softmax(classes: number): OutputTransform {
  return {
    convert(values, at) {
      let largest = values[at];
      for (let k = at + 1; k < at + classes; k++) largest = Math.max(largest, values[k]);
      let sum = 0;
      for (let k = at; k < at + classes; k++) {
        values[k] = exponential(values[k] - largest);
        sum += values[k];
      }
      for (let k = at; k < at + classes; k++) values[k] /= sum;
    },
  };
}
