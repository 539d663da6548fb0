// Prints a hash of each thing that must be the same on every engine and processor: forecasts and embeddings in floats, by threads and in
// whole numbers, and the text of a LightGBM model by each kernel. scripts/try-tarball.mjs compares what engines print.
import { createHash } from 'node:crypto';
import { loadChronos } from 'chronolight/chronos';
import { createDataset, loadSimdKernel, train } from 'chronolight/lgbm';

const print = (what, parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  console.log(what, hash.digest('hex').slice(0, 16));
};

const contexts = Array.from({ length: 9 }, (_, k) =>
  Float64Array.from({ length: 200 }, (_, i) => 100 + ((i * 7919 + k * 31) % 97) / 10),
);
for (const options of [{ runtime: 'builtin' }, { runtime: 'builtin', threads: 2 }, { precision: 'int16' }]) {
  const model = await loadChronos(undefined, options);
  const forecasts = await model.forecast(contexts, { horizon: 4, seed: 1 });
  const arrays = [
    ...forecasts.map(({ quantiles }) => quantiles),
    ...(await model.embed(contexts)).map((one) => one.values),
  ];
  print(
    JSON.stringify(options),
    arrays.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
  );
  await model.dispose();
}

const [rows, features] = [600, 10];
let state = 1;
const draw = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};
const values = Float64Array.from({ length: rows * features }, () => (draw() < 0.1 ? Number.NaN : draw()));
const labels = Float64Array.from({ length: rows }, (_, row) => (values[row * features] || 0) + draw());
const kernels = { plain: {}, simd: { kernel: await loadSimdKernel() } };
for (const [name, options] of Object.entries(kernels)) {
  const model = train(
    createDataset({ values, rows, labels }),
    { objective: 'regression', num_iterations: 40 },
    options,
  );
  print(`LightGBM, ${name}`, [model.toText()]);
}
