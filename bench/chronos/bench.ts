/**
 * Chronos beside PyTorch's chronos-forecasting on the same checkpoints, run by run in turn, one thread each.
 *
 *     python bench/chronos/make_checkpoints.py FOLDER
 *     npx esbuild bench/chronos/bench.ts --bundle --packages=external --platform=node --format=esm --outfile=node_modules/.cache/bench-chronos.mjs
 *     node node_modules/.cache/bench-chronos.mjs FOLDER PYTHON [tiny,mini,small,base] [rounds]
 *
 * From the root of the repository. Times are the least CPU time of a run over all rounds (wall time beside it): on a machine with other work, wall time measures
 * the other work. GFLOP/s count the multiplications that the graph does, beside one large MatMul through ONNX Runtime. "at most" is the
 * ratio that would be reached if those multiplications ran at that MatMul's rate and, at batch 1, the weights that meet a single row
 * (decoder and output) were read at the rate of one MatMul of one row with a matrix of 64 MiB: what no graph of the same
 * multiplications can pass, since ONNX Runtime offers no faster kernels.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BoltConfig } from '../../src/chronos/checkpoint/checkpoint-config.js';
import { parseConfig } from '../../src/chronos/checkpoint/parse-config.js';
import { ELEMENT, OnnxGraph } from '../../src/chronos/graph/onnx-graph.js';
import { loadChronos } from '../../src/chronos/index.js';
import { resolveRuntime } from '../../src/chronos/runtime/runtime.js';

interface Timing {
  wall: number;
  cpu: number;
}

const [folder, python, sizes = 'tiny,mini,small,base', roundsText = '7'] = process.argv.slice(2);
if (folder === undefined || python === undefined)
  throw new TypeError('bench: name a folder of checkpoints and a Python');
const rounds = Number(roundsText);
const worker = await startWorker(python);

const matMul = await oneMatMul([2112, 512, 2048]);
const reading = await oneMatMul([1, 4096, 4096]);
for (const size of sizes.split(',')) {
  const path = join(folder, `bolt-${size}`);
  if (existsSync(path)) await benchBolt(path, size);
}
if (existsSync(join(folder, 't5-tiny'))) await benchT5(join(folder, 't5-tiny'));
worker.close();

async function benchBolt(path: string, size: string): Promise<void> {
  const { model, ours, reference } = await loadBoth(path);
  console.log(
    `bolt-${size}: load ${format(ours)} here, ${format(reference)} there; resident here ${residentMiB()} MiB`,
  );
  const config = parseConfig(JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'))) as BoltConfig;
  for (const batch of [1, 64])
    for (const length of [400, 512]) {
      const contexts = makeContexts(batch, length);
      const times = await race(
        () => model.forecast(contexts, { horizon: 64, numSamples: 1 }),
        { do: 'run', batch, length, horizon: 64, samples: 0 },
        batch === 1 ? 3 * rounds : rounds,
      );
      const speed = (batch * boltFlops(config, length)) / times.here.cpu / 1e6;
      const most = matMul.flops / times.peak.cpu / 1e6;
      const bytesPerMs = (4 * (reading.flops / 2)) / times.reading.cpu;
      const multiplying = (batch * boltFlops(config, length, batch > 1)) / most / 1e6;
      const bound = multiplying + (batch === 1 ? oneRowBytes(config) / bytesPerMs : 0);
      const share =
        `, ${speed.toFixed(1)} GFLOP/s, ${((100 * speed) / most).toFixed(0)} % of one MatMul,` +
        ` at most ${(times.there.cpu / bound).toFixed(2)}× (${most.toFixed(0)} GFLOP/s, ${(bytesPerMs / 1e6).toFixed(0)} GB/s)`;
      report(`bolt-${size} batch ${batch} context ${length}`, times, share);
    }
  await model.dispose();
}

async function benchT5(path: string): Promise<void> {
  const { model } = await loadBoth(path);
  const contexts = makeContexts(1, 400);
  const command = { do: 'run', batch: 1, length: 400, horizon: 5, samples: 30 };
  const times = await race(() => model.forecast(contexts, { horizon: 5, numSamples: 30 }), command, 3 * rounds);
  report('t5-tiny 30 samples × 5 steps', times, '');
  await model.dispose();
}

async function loadBoth(path: string) {
  const reference = await worker.ask({ do: 'load', folder: path, threads: 1 });
  const { result: model, ...ours } = await timed(() => loadChronos(path, { threads: 1 }));
  return { model, ours, reference };
}

/** Runs both in turn after one warm-up each; the least times of each. */
async function race(here: () => Promise<unknown>, there: object, count: number) {
  const never = () => ({ wall: Infinity, cpu: Infinity });
  const least = { here: never(), there: never(), peak: never(), reading: never() };
  for (let round = 0; round <= count; round++) {
    const mine = await timed(here);
    const theirs = await worker.ask({ ...there, threads: 1 });
    const peak = await timed(matMul.run);
    const read = await timed(reading.run);
    if (round === 0) continue;
    for (const key of ['wall', 'cpu'] as const) {
      least.here[key] = Math.min(least.here[key], mine[key]);
      least.there[key] = Math.min(least.there[key], theirs[key]);
      least.peak[key] = Math.min(least.peak[key], peak[key]);
      least.reading[key] = Math.min(least.reading[key], read[key]);
    }
  }
  return least;
}

function report(what: string, { here, there }: { here: Timing; there: Timing }, extra: string): void {
  const ratio = (there.cpu / here.cpu).toFixed(2);
  console.log(
    `${what}: here ${format(here)}, there ${format(there)}: ${ratio}× (wall ${(there.wall / here.wall).toFixed(2)}×)${extra}`,
  );
}

function format({ wall, cpu }: Timing): string {
  return `${cpu.toFixed(1)} ms (wall ${wall.toFixed(1)})`;
}

async function timed<Result>(run: () => Promise<Result>): Promise<Timing & { result: Result }> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await run();
  const used = process.cpuUsage(cpu);
  return { result, wall: performance.now() - start, cpu: (used.user + used.system) / 1000 };
}

function residentMiB(): number {
  return Math.round(process.memoryUsage().rss / 2 ** 20);
}

function makeContexts(batch: number, length: number): Float64Array[] {
  return Array.from({ length: batch }, (_, k) =>
    Float64Array.from({ length }, (_, i) => Math.fround(100 + 20 * Math.sin(i / 7 + k) + 0.1 * i)),
  );
}

/**
 * Multiplications and additions of one series: encoder, and unless left out the decoder's single token with absorbed keys
 * and values and the output head.
 */
function boltFlops(
  { dModel: d, dFf, dKv, numHeads, numLayers, numDecoderLayers, patchSize, levels, predictionLength }: BoltConfig,
  length: number,
  oneRow = true,
): number {
  const inner = numHeads * dKv;
  const tokens = Math.ceil(length / patchSize) + 1;
  const encoder = numLayers * tokens * (8 * d * inner + 4 * d * dFf + 4 * inner * tokens);
  const decoder = numDecoderLayers * (4 * d * inner + 8 * d * inner + 4 * numHeads * tokens * d + 4 * d * dFf);
  const block = (inputs: number, outputs: number) => 2 * (inputs * dFf + dFf * outputs + inputs * outputs);
  const tail = decoder + block(d, levels.length * predictionLength);
  return encoder + (tokens - 1) * block(2 * patchSize, d) + (oneRow ? tail : 0);
}

/** Bytes of the weights that meet a single row at batch 1: all but the encoder's, and the decoder's q and k of self-attention. */
function oneRowBytes({
  dModel: d,
  dFf,
  dKv,
  numHeads,
  numDecoderLayers,
  levels,
  predictionLength,
}: BoltConfig): number {
  const outputs = levels.length * predictionLength;
  const decoder = numDecoderLayers * (6 * d * numHeads * dKv + 2 * d * dFf);
  return 4 * (decoder + d * dFf + dFf * outputs + d * outputs);
}

/** Returns a run of one MatMul through ONNX Runtime, [rows, inner] × [inner, columns], and its multiplications and additions. */
async function oneMatMul([rows, inner, columns]: readonly [number, number, number]) {
  const { ort } = await resolveRuntime();
  const graph = new OnnxGraph();
  const x = graph.input('x', ELEMENT.float, [rows, inner]);
  const weights = graph.floats(new Float32Array(inner * columns).fill(0.5), [inner, columns]);
  graph.output('y', graph.node('ReduceSum', [graph.node('MatMul', [x, weights])], { keepdims: 0 }), ELEMENT.float, []);
  const session = await ort.InferenceSession.create(graph.toBytes(), { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const feeds = { x: new ort.Tensor('float32', new Float32Array(rows * inner).fill(0.5), [rows, inner]) };
  return { run: () => session.run(feeds), flops: 2 * rows * inner * columns };
}

async function startWorker(executable: string) {
  const child = spawn(executable, ['bench/chronos/reference_worker.py'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('bench: the reference ended');
    return JSON.parse(value);
  };
  console.log(`reference: PyTorch ${(await read()).ready}`);
  return {
    async ask(command: object): Promise<Timing> {
      child.stdin.write(`${JSON.stringify(command)}\n`);
      return read();
    },
    close: () => child.stdin.end(),
  };
}
