import { readdirSync, readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { createDataset, type Dataset } from '../../src/lgbm/index.js';

/** What native LightGBM 4.6.0 (x86-64, one thread) made of one data and parameter set; see test/parity/lgbm/pack-goldens.mjs. */
export interface Golden {
  name: string;
  params: Record<string, string>;
  train: Dataset;
  valid: Dataset | undefined;
  /** The whole model text. Absent where native aborts. */
  model: string | undefined;
  /** Lines such as `Iteration:1, valid_1 l2 : 10.6196`. */
  metrics: string[];
  /** Predictions on the validation rows: raw scores, converted output, leaf numbers. */
  raw: Float64Array;
  value: Float64Array;
  leaf: Float64Array | undefined;
}

const FOLDER = new URL('../fixtures/lgbm/', import.meta.url);

/** Names of all goldens, in order. */
export const GOLDEN_NAMES: readonly string[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json.br'))
  .map((file) => file.replace('.json.br', ''))
  .sort();

/** Reads one golden. */
export function readGolden(name: string): Golden {
  const stored = JSON.parse(unpack(`${name}.json.br`));
  return {
    name,
    params: stored.params,
    train: readDataset(stored.train),
    valid: stored.valid && readDataset(stored.valid),
    model: stored.model,
    metrics: stored.metrics ?? [],
    raw: numbers(stored.raw),
    value: numbers(stored.value),
    leaf: stored.leaf && numbers(stored.leaf),
  };
}

/** Returns the part of a model's text that depends on the training alone: everything before the parameters. */
export function core(modelText: string): string {
  return modelText.slice(0, modelText.indexOf('\nparameters:'));
}

function unpack(file: string): string {
  return brotliDecompressSync(readFileSync(new URL(file, FOLDER))).toString('utf8');
}

function numbers(tsv: string | undefined): Float64Array {
  return Float64Array.from(tsv?.trim().split(/\s+/) ?? [], Number);
}

function readDataset(file: string): Dataset {
  const [header, ...lines] = unpack(`data/${file}.csv.br`).trim().split('\n');
  const featureNames = header.split(',').slice(1);
  const rows = lines.length;
  const values = new Float64Array(rows * featureNames.length);
  const labels = new Float64Array(rows);
  lines.forEach((line, row) => {
    const [label, ...cells] = line.split(',').map(cellValue);
    labels[row] = label;
    values.set(cells, row * featureNames.length);
  });
  return createDataset({ values, rows, labels, featureNames });
}

function cellValue(cell: string): number {
  if (cell === 'nan') return NaN;
  return Number(cell.replace('inf', 'Infinity'));
}
