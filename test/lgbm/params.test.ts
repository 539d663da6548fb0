import { describe, expect, it } from 'vitest';
import { createDataset, PARAMETERS, type Parameter, type TrainParams, train } from '../../src/lgbm/index.js';
import { resolveParams } from '../../src/lgbm/parameters/params.js';
import { refusalOf } from './refusal.js';

const data = createDataset({ values: Float64Array.of(1, 2, 3, 4), rows: 4, labels: [1, 2, 3, 4] });

/** A valid value that is not the default. */
function otherValue({ kind, fallback, range }: Parameter): string | number | boolean {
  if (kind === 'bool') return !fallback;
  if (kind === 'text') return 'something-else';
  const below = range.find((bound) => bound.startsWith('<'));
  if (below === '<=1') return kind === 'int' ? 1 - Number(fallback) : Number(fallback) / 2 || 0.5;
  if (below === '<2') return 1.25;
  return Number(fallback) + 1;
}

describe('parameter table', () => {
  it('knows the 140 parameters of LightGBM 4.6, none of them under two entries', () => {
    const names = PARAMETERS.flatMap(({ name, aliases }) => [name, ...aliases]);
    // 140: what Config::parameter_set() of LightGBM 4.6.0 returns
    expect(PARAMETERS.length).toBe(140);
    expect(new Set(names).size).toBe(names.length);
  });

  const refused = PARAMETERS.filter(({ support }) => support === 'refused');
  it.each(refused)('refuses $name, and each alias, by name', (parameter) => {
    for (const as of [parameter.name, ...parameter.aliases]) {
      const refusal = refusalOf(() => train(data, { [as]: otherValue(parameter) }));
      expect(refusal).toBe(`UNSUPPORTED_PARAMETER ${parameter.name}`);
    }
  });

  it.each(PARAMETERS.filter(({ kind }) => kind !== 'text'))('accepts $name at its default', ({ name, fallback }) => {
    expect(resolveParams({ [name]: fallback }).all[name]).toBe(fallback);
  });

  const supported = PARAMETERS.filter(({ support, kind }) => support !== 'refused' && kind !== 'text');
  it.each(supported)('takes $name under every alias, as a value or as text', (parameter) => {
    const value = otherValue(parameter);
    for (const as of [parameter.name, ...parameter.aliases]) {
      for (const given of [value, String(value)]) {
        if (parameter.name === 'num_class') {
          expect(resolveParams({ objective: 'multiclass', [as]: 3 }).num_class).toBe(3);
          continue;
        }
        const extra: TrainParams = /^(pos|neg)_bagging/.test(parameter.name) ? { objective: 'binary' } : {};
        expect(resolveParams({ ...extra, [as]: given }).all[parameter.name]).toBe(value);
      }
    }
  });

  it.each(PARAMETERS.filter(({ range }) => range.some((bound) => bound.startsWith('>'))))(
    'bounds $name',
    ({ name, range }) => {
      const bound = range.find((entry) => entry.startsWith('>'))!;
      const limit = Number(bound.replace(/[>=]/g, ''));
      const outside = bound.startsWith('>=') ? limit - 1 : limit;
      expect(refusalOf(() => resolveParams({ [name]: outside }))).toBe(`INVALID_PARAMETER ${name}`);
    },
  );

  it.each(PARAMETERS.filter(({ support }) => support === 'neutral'))(
    'trains the same model whatever $name is',
    (parameter) => {
      const rows = 60;
      const values = Float64Array.from({ length: rows * 2 }, (_, i) => Math.sin(i * i));
      const set = createDataset({ values, rows, labels: values.subarray(0, rows) });
      const core = (params: TrainParams) =>
        train(set, { num_iterations: 3, ...params })
          .toText()
          .split('\nparameters:')[0];
      expect(core({ [parameter.name]: otherValue(parameter) })).toBe(core({}));
    },
  );
});

describe('resolveParams', () => {
  it.each([
    [{ no_such_parameter: 1 }, 'INVALID_PARAMETER no_such_parameter'],
    [{ num_leaves: 7.5 }, 'INVALID_PARAMETER num_leaves'],
    [{ learning_rate: Number.NaN }, 'INVALID_PARAMETER learning_rate'],
    [{ learning_rate: 'fast' }, 'INVALID_PARAMETER learning_rate'],
    [{ first_metric_only: 'perhaps' }, 'INVALID_PARAMETER first_metric_only'],
    [{ eta: 0.1, learning_rate: 0.2 }, 'INVALID_PARAMETER learning_rate'],
    [{ num_leaves: 200000 }, 'INVALID_PARAMETER num_leaves'],
    [{ objective: 'lambdamart' }, 'UNSUPPORTED_PARAMETER objective'],
    [{ objective: 'custom' }, 'INVALID_PARAMETER objective'],
    [{ metric: 'mrr' }, 'UNSUPPORTED_PARAMETER metric'],
    [{ objective: 'multiclass' }, 'INVALID_PARAMETER num_class'],
    [{ num_class: 3 }, 'INVALID_PARAMETER num_class'],
    [{ metric: 'multi_logloss' }, 'INVALID_PARAMETER metric'],
    [{ objective: 'quantile', alpha: 1 }, 'INVALID_PARAMETER alpha'],
    [{ objective: 'binary', is_unbalance: true, scale_pos_weight: 2 }, 'INVALID_PARAMETER scale_pos_weight'],
  ] as [TrainParams, string][])('refuses %j', (params, expected) => {
    expect(refusalOf(() => resolveParams(params))).toBe(expected);
  });

  it('takes two aliases that agree', () => {
    expect(resolveParams({ eta: 0.2, learning_rate: 0.2 }).learning_rate).toBe(0.2);
  });

  it('derives the seeds that LightGBM derives from seed=42, and keeps those given', () => {
    // golden 09 trains with seed=42; its native parameters block lists these
    const { all } = resolveParams({ seed: 42, feature_fraction_seed: 5 });
    expect([all.data_random_seed, all.bagging_seed, all.drop_seed, all.objective_seed, all.extra_seed]).toEqual([
      175, 400, 17869, 16083, 12879,
    ]);
    expect(all.feature_fraction_seed).toBe(5);
  });

  it('lowers num_leaves to what max_depth allows, unless it is given', () => {
    expect(resolveParams({ max_depth: 3 }).num_leaves).toBe(8);
    expect(resolveParams({ max_depth: 3, num_leaves: 31 }).num_leaves).toBe(31);
  });
});
