/**
 * A fuzz of every parser that reads what others wrote, with its time: hostile texts at one length and at four times it (a linear parser's
 * time grows fourfold), and sound texts with a few random changes.
 *
 *     npx esbuild bench/parsers/parse-time.ts --bundle --platform=node --format=esm --external:onnxruntime-node \
 *       --external:onnxruntime-web --external:@huggingface/hub --outfile=dist/bench/parse-time.mjs
 *     node dist/bench/parse-time.mjs [TEXTS] [CHARACTERS]      2000 and 50000 unless given; from the repository's root
 *
 * Prints a table: how many texts, the slowest of each length in milliseconds of the processor (what else the machine does counts for nothing),
 * the ratio of the totals, the slowest changed text, how many changed texts could still be read, and how many were answered by anything but a
 * typed error. Fails where that is not 0.
 */
import { readFileSync } from 'node:fs';
import { parseBars } from '../../adapters/prices/csv.js';
import { naverPrices } from '../../adapters/prices/naver.js';
import { yahooPrices } from '../../adapters/prices/yahoo.js';
import { textTable } from '../../adapters/report/text-table.js';
import { memorySource, openSafetensors } from '../../src/chronos/checkpoint/safetensors.js';
import { loadChronos } from '../../src/chronos/index.js';
import { isForecastError } from '../../src/errors.js';
import { createDataset, parseModel, train } from '../../src/lgbm/index.js';
import { parseSeries } from '../../src/series/index.js';
import { createRandom } from '../../src/stats/index.js';
import { changedTexts, type HostileKind, hostileTexts } from '../../test/adapters/hostile-texts.js';

const count = Number(process.argv[2] ?? 2000);
const length = Number(process.argv[3] ?? 50_000);
const read = (path: string) => readFileSync(path, 'utf8');

interface Parser {
  readonly name: string;
  readonly kind: HostileKind;
  /** A text that it reads. */
  readonly sound: string;
  parse(text: string): unknown;
}

/** The 'chart' and Yahoo answers go through the sources themselves, which turn whatever is wrong into typed errors. */
const answering = (text: string) => async () => new Response(text, { headers: { 'content-type': 'application/json' } });
const clock = () => new Date('2024-03-16T12:00:00Z');

function model(): string {
  const random = createRandom(1);
  const values = Float64Array.from({ length: 400 }, () => random.normal());
  const labels = Float64Array.from({ length: 200 }, (_, row) => values[2 * row] + 0.1 * random.normal());
  return train(createDataset({ values, rows: 200, labels }), { num_iterations: 3, num_leaves: 7 }).toText();
}

function safetensors(header: string): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + 64);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const checkpoint = 'test/fixtures/chronos/t5-gated';
const weights = readFileSync(`${checkpoint}/model.safetensors`);

const PARSERS: readonly Parser[] = [
  {
    name: 'CSV of prices',
    kind: 'csv',
    sound: `date,open,high,low,close,volume\n${['05', '06', '07', '08'].map((day) => `2024-03-${day},10.5,11,9.25,10,500`).join('\n')}\n`,
    parse: (text) => parseSeries(parseBars(text, 'x.csv'), {}),
  },
  {
    name: 'Yahoo answer (JSON)',
    kind: 'yahoo',
    sound: read('test/fixtures/prices/yahoo-acme.json'),
    parse: (text) => yahooPrices({ fetch: answering(text), clock, minGapMs: 0, retries: 0 }).getBars('ACME', {}),
  },
  {
    name: 'Naver chart (XML)',
    kind: 'chart',
    sound: read('test/fixtures/prices/naver-900001.xml'),
    parse: (text) => naverPrices({ fetch: answering(text), clock, minGapMs: 0, retries: 0 }).getBars('900001', {}),
  },
  {
    name: 'LightGBM model text',
    kind: 'model',
    sound: model(),
    parse(text) {
      const booster = parseModel(text);
      return booster.predict(new Float64Array(booster.numFeatures), { rows: 1 });
    },
  },
  {
    name: 'safetensors header',
    kind: 'safetensors',
    sound:
      '{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"b":{"dtype":"F16","shape":[2,4],"data_offsets":[16,32]}}',
    parse: (text) => openSafetensors(memorySource('x', safetensors(text))),
  },
  {
    name: 'config.json of a checkpoint',
    kind: 'config',
    sound: read(`${checkpoint}/config.json`),
    async parse(text) {
      const chronos = await loadChronos({ config: text, weights }, { threads: 1 });
      await chronos.forecast([[1, 2, 3, 2, 1]], { horizon: 1, numSamples: 1 });
      await chronos.dispose();
    },
  },
];

interface Seen {
  total: number;
  slowest: number;
  read: number;
  untyped: string[];
}

async function run(parser: Parser, texts: Iterable<{ text: string }>): Promise<Seen> {
  const seen: Seen = { total: 0, slowest: 0, read: 0, untyped: [] };
  for (const { text } of texts) {
    const start = process.cpuUsage();
    try {
      await parser.parse(text);
      seen.read++;
    } catch (error) {
      if (!isForecastError(error))
        seen.untyped.push(`${String(error).slice(0, 100)} of ${JSON.stringify(text.slice(0, 200))}`);
    }
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1000;
    seen.total += ms;
    seen.slowest = Math.max(seen.slowest, ms);
  }
  return seen;
}

const rows: string[][] = [];
for (const parser of PARSERS) {
  await parser.parse(parser.sound);
  const seed = 1;
  const short = await run(parser, hostileTexts(parser.kind, { count, length, seed }));
  const long = await run(parser, hostileTexts(parser.kind, { count, length: 4 * length, seed }));
  const changed = await run(parser, changedTexts(parser.sound, { count, seed }));
  const untyped = [...short.untyped, ...long.untyped, ...changed.untyped];
  for (const line of untyped.slice(0, 5)) console.error(`${parser.name}: ${line}`);
  if (untyped.length > 0) process.exitCode = 1;
  rows.push([
    parser.name,
    String(count),
    short.slowest.toFixed(1),
    long.slowest.toFixed(1),
    (long.total / short.total).toFixed(2),
    changed.slowest.toFixed(1),
    String(changed.read),
    String(untyped.length),
  ]);
}
const titles = [
  'parser',
  'texts',
  `ms of ${length}`,
  `ms of ${4 * length}`,
  'total, times',
  'ms of a changed',
  'read',
  'untyped',
];
console.log(
  textTable(
    titles.map((title, i) => ({ title, ...(i > 0 && { align: 'right' as const }) })),
    rows,
  ),
);
