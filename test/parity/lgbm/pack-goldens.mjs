// Packs reference fixtures of native LightGBM 4.6 into the goldens that `npm test` compares with.
//
//   node test/parity/lgbm/pack-goldens.mjs FIXTURES_DIR test/fixtures/lgbm
//
// FIXTURES_DIR has a folder for each fixture, as its generator leaves it: train.csv, valid.csv, train.conf, and what native made of
// them: model_v46.txt, train_v46.log, pred_raw.tsv, pred_v46.tsv, pred_leaf.tsv. Data that several fixtures share is stored once.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const [source, target] = process.argv.slice(2);
mkdirSync(join(target, 'data'), { recursive: true });

// what only the command line program needs
const CLI_ONLY = ['task', 'header', 'label_column', 'data', 'valid', 'precise_float_parser', 'output_model'];

let total = 0;
for (const name of readdirSync(source).sort()) {
  const folder = join(source, name);
  if (!existsSync(join(folder, 'train.conf'))) continue;
  const read = (file) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : undefined);
  const golden = {
    params: Object.fromEntries(
      read('train.conf')
        .split('\n')
        .filter((line) => line.includes('='))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()])
        .filter(([key]) => !CLI_ONLY.includes(key)),
    ),
    train: storeData(read('train.csv')),
    valid: storeData(read('valid.csv')),
    model: read('model_v46.txt'),
    metrics: read('train_v46.log')
      ?.split('\n')
      .filter((line) => line.startsWith('[LightGBM] [Info] Iteration:'))
      .map((line) => line.slice(line.indexOf('Iteration:'))),
    raw: read('pred_raw.tsv'),
    value: read('pred_v46.tsv'),
    leaf: small(read('pred_leaf.tsv')),
  };
  store(`${name}.json.br`, JSON.stringify(golden));
}
console.log(`${(total / 1e6).toFixed(2)} MB`);

// leaf numbers of many trees are large and prove little that those of few do not
function small(text) {
  return text !== undefined && text.length < 60_000 ? text : undefined;
}

function storeData(csv) {
  if (csv === undefined) return undefined;
  const name = createHash('sha256').update(csv).digest('hex').slice(0, 12);
  const file = join('data', `${name}.csv.br`);
  if (!existsSync(join(target, file))) store(file, csv);
  return name;
}

function store(file, text) {
  const packed = brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  });
  total += packed.length;
  writeFileSync(join(target, file), packed);
}
