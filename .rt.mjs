var __defProp = Object.defineProperty;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __esm = (fn, res) => function __init() {
  return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])(fn = 0)), res;
};
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};

// src/errors.ts
function invalid(code, where, field, expected, actual, cause) {
  const came = describe(actual);
  const details = { field, expected, actual: came };
  if (cause !== void 0) details.cause = cause;
  return new ForecastError(code, `${where}: ${field} must be ${expected}, got ${came}`, details);
}
function isForecastError(error, code) {
  if (!(error instanceof Error) || error.name !== "ForecastError" || !("code" in error)) return false;
  return code === void 0 || error.code === code;
}
function describe(value) {
  if (typeof value === "string") return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : value.toISOString();
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}
var ForecastError;
var init_errors = __esm({
  "src/errors.ts"() {
    "use strict";
    ForecastError = class extends Error {
      name = "ForecastError";
      code;
      field;
      expected;
      actual;
      constructor(code, message, details = {}) {
        super(message, "cause" in details ? { cause: details.cause } : void 0);
        this.code = code;
        if (details.field !== void 0) this.field = details.field;
        if (details.expected !== void 0) this.expected = details.expected;
        if (details.actual !== void 0) this.actual = details.actual;
      }
    };
  }
});

// src/chronos/runtime/model-queue.ts
function unlessAborted(result, signal) {
  return new Promise((resolve2, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    result.then(resolve2, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
var ModelQueue;
var init_model_queue = __esm({
  "src/chronos/runtime/model-queue.ts"() {
    "use strict";
    init_errors();
    ModelQueue = class {
      #last = Promise.resolve();
      #disposed;
      /**
       * Runs `task` after the tasks before it. An abort is answered at once; the task itself ends when it next looks, and the tasks
       * behind it wait for that.
       *
       * @throws ForecastError MODEL_DISPOSED after dispose; the signal's reason if it is aborted before the task has ended
       */
      async run(task, signal) {
        signal?.throwIfAborted();
        if (this.#disposed) throw new ForecastError("MODEL_DISPOSED", "forecast: the model has been disposed of");
        const result = this.#last.then(() => {
          signal?.throwIfAborted();
          return task();
        });
        this.#last = result.catch(() => {
        });
        return signal === void 0 ? result : unlessAborted(result, signal);
      }
      /** Refuses further tasks and calls `release` after those under way; later calls return the first one's promise. */
      dispose(release) {
        this.#disposed ??= this.#last.then(release);
        return this.#disposed;
      }
    };
  }
});

// src/chronos/families/chronos2-unroll.ts
async function unrollGroups(config, groups, horizon, run) {
  const { levels: levels2, patchSize, maxOutputPatches, contextLength } = config;
  const out = groups.map((group) => group.map(() => new Float64Array(levels2.length * horizon)));
  const weights = pathWeights(levels2);
  const outputsFor = (steps) => Math.min(Math.ceil(steps / patchSize), maxOutputPatches);
  let outputs = outputsFor(horizon);
  let block = await run(groups, outputs);
  let paths = groups.map((group) => PATH_LEVELS.map(() => group));
  for (let done = 0; ; ) {
    const width = outputs * patchSize;
    const steps = Math.min(width, horizon - done);
    block.forEach((rows, group) => {
      rows.forEach((values, row) => {
        for (let level = 0; level < levels2.length; level++)
          out[group][row].set(values.subarray(level * width, level * width + steps), level * horizon + done);
      });
    });
    done += steps;
    if (done === horizon) return out;
    paths = paths.map(
      (branches2, group) => branches2.map(
        (rows, path) => rows.map((row, at) => extend(row, pathOf(block[group][at], levels2, width, PATH_LEVELS[path]), contextLength))
      )
    );
    outputs = outputsFor(horizon - done);
    const branches = await run(paths.flat(), outputs);
    const next = outputs * patchSize;
    block = groups.map(
      (group, g) => group.map(
        (_, row) => reduce(
          PATH_LEVELS.map((_2, path) => branches[g * PATH_LEVELS.length + path][row]),
          weights,
          levels2,
          next
        )
      )
    );
  }
}
function pathOf(block, levels2, width, level) {
  return Float64Array.from({ length: width }, (_, step) => interpolate(level, levels2, (i) => block[i * width + step]));
}
function extend({ context, future }, path, limit) {
  const values = path.map((value, step) => {
    const known = future?.[step];
    return known === void 0 || Number.isNaN(known) ? value : known;
  });
  const joined = new Float64Array(context.length + values.length);
  joined.set(context);
  joined.set(values, context.length);
  return { context: joined.slice(-limit), future: future?.slice(path.length) };
}
function pathWeights(levels2) {
  const own = masses(levels2);
  return masses(PATH_LEVELS).flatMap((mass) => own.map((other) => mass * other));
}
function masses(levels2) {
  const widths = levels2.map((_, i) => ((levels2[i + 1] ?? 1) - (levels2[i - 1] ?? 0)) / 2);
  const total = widths.reduce((sum, width) => sum + width, 0);
  return widths.map((width) => width / total);
}
function reduce(branches, weights, levels2, width) {
  const out = new Float64Array(levels2.length * width);
  for (let step = 0; step < width; step++) {
    const values = branches.flatMap(
      (branch, path) => levels2.map((_, level) => ({
        value: branch[level * width + step],
        weight: weights[path * levels2.length + level]
      }))
    ).sort((a, b) => a.value - b.value);
    let reached = 0;
    const cumulative = values.map(({ weight }) => {
      reached = Math.min(reached + weight, 1);
      return reached;
    });
    levels2.forEach((level, i) => {
      out[i * width + step] = interpolate(level, cumulative, (at) => values[at].value);
    });
  }
  return out;
}
function interpolate(level, known, value) {
  let upper = 0;
  while (upper < known.length && known[upper] <= level) upper++;
  if (upper === 0) return value(0);
  if (upper === known.length) return value(known.length - 1);
  const share = (level - known[upper - 1]) / (known[upper] - known[upper - 1]);
  return value(upper - 1) + share * (value(upper) - value(upper - 1));
}
var PATH_LEVELS;
var init_chronos2_unroll = __esm({
  "src/chronos/families/chronos2-unroll.ts"() {
    "use strict";
    PATH_LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
  }
});

// src/chronos/families/covariates.ts
function taskRows(task, horizon, where) {
  const { targets, pastCovariates = {}, futureCovariates = {} } = task;
  if (targets.length === 0)
    throw invalid("INVALID_ARGUMENT", "forecastTasks", `${where}.targets`, "at least one series", targets);
  const length = targets[0].length;
  if (length === 0) throw invalid("EMPTY_SERIES", "forecastTasks", `${where}.targets[0]`, "at least one value", "none");
  const rows = targets.map((target, i) => ({
    context: numbers(target, length, `${where}.targets[${i}]`),
    future: void 0
  }));
  for (const name of Object.keys(futureCovariates))
    if (!(name in pastCovariates))
      throw invalid(
        "INVALID_ARGUMENT",
        "forecastTasks",
        `${where}.pastCovariates.${name}`,
        "given, as its future is",
        void 0
      );
  const names = Object.keys(pastCovariates).sort();
  const ordered = [
    ...names.filter((name) => !(name in futureCovariates)),
    ...names.filter((name) => name in futureCovariates)
  ];
  for (const name of ordered) {
    const past = pastCovariates[name];
    const future = futureCovariates[name];
    const fields = { past: `${where}.pastCovariates.${name}`, future: `${where}.futureCovariates.${name}` };
    if (isCategorical(past)) {
      const encode = categoryEncoder(
        categories(past, length, fields.past),
        rows.slice(0, targets.length).map((row) => row.context)
      );
      rows.push({ context: encode(past), future: future && encode(categories(future, horizon, fields.future)) });
    } else {
      rows.push({
        context: numbers(past, length, fields.past),
        future: future && numbers(future, horizon, fields.future)
      });
    }
  }
  return rows;
}
function isCategorical(values) {
  return Array.isArray(values) && values.some((value) => typeof value === "string" || typeof value === "boolean");
}
function numbers(values, length, where) {
  checkLength(values, length, where);
  return Float64Array.from({ length }, (_, i) => {
    const value = values[i];
    if (typeof value !== "number" || Math.abs(value) === Infinity)
      throw invalid(
        "INVALID_ARGUMENT",
        "forecastTasks",
        `${where}[${i}]`,
        "a finite number, or NaN for a missing one",
        value
      );
    return value;
  });
}
function categories(values, length, where) {
  checkLength(values, length, where);
  return Array.from(values, (value, i) => {
    if (value !== null && typeof value !== "string" && typeof value !== "boolean")
      throw invalid(
        "INVALID_ARGUMENT",
        "forecastTasks",
        `${where}[${i}]`,
        "text, a boolean, or null for a missing one",
        value
      );
    return value;
  });
}
function checkLength(values, length, where) {
  if (values.length !== length)
    throw invalid("INVALID_ARGUMENT", "forecastTasks", `${where}.length`, String(length), values.length);
}
function categoryEncoder(past, targets) {
  const known = /* @__PURE__ */ new Map();
  if (targets.length > 1) {
    const sorted = [...new Set(past.filter((value) => value !== null))].sort((a, b) => a < b ? -1 : 1);
    sorted.forEach((value, place) => {
      known.set(value, place);
    });
    known.set(null, sorted.length);
    return (values) => Float64Array.from(values, (value) => known.get(value) ?? Number.NaN);
  }
  const seen = [...targets[0].entries()].filter(([, value]) => !Number.isNaN(value));
  const mean = seen.length === 0 ? 0 : seen.reduce((sum, [, value]) => sum + value, 0) / seen.length;
  for (const category of new Set(past)) {
    const own = seen.filter(([i]) => past[i] === category);
    known.set(category, (mean + own.reduce((sum, [, value]) => sum + value, 0)) / (1 + own.length));
  }
  return (values) => Float64Array.from(values, (value) => known.get(value) ?? mean);
}
var init_covariates = __esm({
  "src/chronos/families/covariates.ts"() {
    "use strict";
    init_errors();
  }
});

// src/chronos/families/forecast-request.ts
function checkRequest(options, native, contexts) {
  const { horizon, levels: levels2 = native, numSamples = 30, seed = 0, signal } = options;
  if (!Number.isSafeInteger(horizon) || horizon < 1)
    throw invalid("INVALID_HORIZON", "forecast", "horizon", "a whole number of steps >= 1", horizon);
  if (!Number.isSafeInteger(numSamples) || numSamples < 1)
    throw invalid("INVALID_ARGUMENT", "forecast", "numSamples", "a whole number >= 1", numSamples);
  const seeds = typeof seed === "object" ? seed : new Array(contexts).fill(seed);
  if (seeds.length !== contexts)
    throw invalid("INVALID_ARGUMENT", "forecast", "seed", `one for each of ${contexts} contexts`, seed);
  for (const one of typeof seed === "object" ? seed : [seed])
    if (!Number.isSafeInteger(one) || one < 0)
      throw invalid("INVALID_ARGUMENT", "forecast", "seed", "a whole number in 0..2^53-1", one);
  levels2.forEach((level, i) => {
    if (!(level > 0 && level < 1) || i > 0 && level <= levels2[i - 1])
      throw invalid("INVALID_ARGUMENT", "forecast", `levels[${i}]`, "in (0, 1), and above the level before it", level);
  });
  return { horizon, levels: levels2, numSamples, seeds, signal };
}
var init_forecast_request = __esm({
  "src/chronos/families/forecast-request.ts"() {
    "use strict";
    init_errors();
  }
});

// src/chronos/families/instance-norm.ts
function locScale(values) {
  let observed = 0;
  let sum = 0;
  let least = Infinity;
  let greatest = -Infinity;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    observed++;
    sum += value;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  if (observed === 0) return { loc: 0, scale: 1 };
  if (least === greatest) return { loc: least, scale: FLAT_SCALE };
  const loc = sum / observed;
  const widest = Math.max(greatest - loc, loc - least);
  let squares = 0;
  for (const value of values) if (!Number.isNaN(value)) squares += ((value - loc) / widest) ** 2;
  return { loc, scale: widest * Math.sqrt(squares / observed) };
}
var FLAT_SCALE;
var init_instance_norm = __esm({
  "src/chronos/families/instance-norm.ts"() {
    "use strict";
    FLAT_SCALE = 1e-5;
  }
});

// src/chronos/families/patches.ts
function patchCount(length, patchSize) {
  return Math.max(1, Math.ceil(length / patchSize));
}
function patchBatches(lengths, patchSize, maxRows) {
  const groups = /* @__PURE__ */ new Map();
  lengths.forEach((length, row) => {
    const patches2 = patchCount(length, patchSize);
    const group = groups.get(patches2);
    if (group) group.push(row);
    else groups.set(patches2, [row]);
  });
  const batches = [];
  for (const [patches2, rows] of groups) {
    const runs = Math.ceil(rows.length / Math.max(1, maxRows(patches2)));
    const step = Math.ceil(rows.length / runs);
    for (let start = 0; start < rows.length; start += step)
      batches.push({ rows: rows.slice(start, start + step), patches: patches2 });
  }
  return batches;
}
function patchFeeds(series, {
  patches: patches2,
  patchSize,
  width = 2 * patchSize,
  valueOffset = 0
}) {
  const data = new Float32Array(series.length * patches2 * width);
  const mask = new Float32Array(series.length * patches2);
  series.forEach((values, row) => {
    const padding = patches2 * patchSize - values.length;
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (Number.isNaN(value)) continue;
      const patch = row * patches2 + Math.floor((padding + i) / patchSize);
      const place = patch * width + valueOffset + (padding + i) % patchSize;
      data[place] = value;
      data[place + patchSize] = 1;
      mask[patch] = 1;
    }
  });
  return { data, mask };
}
var init_patches = __esm({
  "src/chronos/families/patches.ts"() {
    "use strict";
  }
});

// src/chronos/families/portable-math.ts
function portableExp(x) {
  if (!(Math.abs(x) < 708)) {
    if (x > 709.782712893384) return Infinity;
    if (x < -745.1332191019412) return 0;
    if (Number.isNaN(x)) return x;
    const root = portableExp(x / 2);
    return root * root;
  }
  const k = Math.round(x * Math.LOG2E);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const even = t * (0.16666666666666602 + t * (-0.0027777777777015593 + t * (6613756321437934e-20 + t * (-16533902205465252e-22 + t * 41381367970572385e-24))));
  const c = r - even;
  return (1 - (low - r * c / (2 - c) - high)) * powerOfTwo(k);
}
function powerOfTwo(k) {
  split.setUint32(0, k + 1023 << 20);
  split.setUint32(4, 0);
  return split.getFloat64(0);
}
function portableLog(x) {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x < 0 ? Number.NaN : x;
  if (x < 22250738585072014e-324) return portableLog(x * 2 ** 54) - 54 * Math.LN2;
  split.setFloat64(0, x);
  const word = split.getUint32(0);
  let k = (word >>> 20) - 1023;
  split.setUint32(0, word & 1048575 | 1072693248);
  let mantissa = split.getFloat64(0);
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    k++;
  }
  const f = mantissa - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const even = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + (odd + even)) + k * LN2_LOW) - f);
}
function portableSinh(x) {
  const e = portableExp(Math.abs(x) / 2);
  return Math.sign(x) * (e / 2 * e - 0.5 / e / e);
}
function portableAsinh(x) {
  const a = Math.abs(x);
  const value = a > 1e150 ? portableLog(a) + Math.LN2 : portableLog(a + Math.sqrt(a * a + 1));
  return x < 0 ? -value : value;
}
var LN2_HIGH, LN2_LOW, split;
var init_portable_math = __esm({
  "src/chronos/families/portable-math.ts"() {
    "use strict";
    LN2_HIGH = 0.6931471803691238;
    LN2_LOW = 19082149292705877e-26;
    split = new DataView(new ArrayBuffer(8));
  }
});

// src/chronos/quantile-function.ts
function levelPlace(levels2, level) {
  const last = levels2.length - 1;
  if (level < levels2[0]) return { base: 0, low: 0, share: tailShare(level, levels2[0], levels2[1]) };
  if (level > levels2[last])
    return { base: last, low: last - 1, share: -tailShare(1 - level, 1 - levels2[last], 1 - levels2[last - 1]) };
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = low + high >> 1;
    if (levels2[middle] <= level) low = middle;
    else high = middle;
  }
  if (level === levels2[high]) return { base: high, low, share: 0 };
  return { base: low, low, share: (level - levels2[low]) / (levels2[high] - levels2[low]) };
}
function tailShare(p, outer, inner) {
  return Math.log(p / outer) / Math.log(inner / outer);
}
function insertionSort(values) {
  for (let i = 1; i < values.length; i++) {
    const value = values[i];
    let place = i;
    for (; place > 0 && values[place - 1] > value; place--) values[place] = values[place - 1];
    values[place] = value;
  }
  return values;
}
var QuantileFunction;
var init_quantile_function = __esm({
  "src/chronos/quantile-function.ts"() {
    "use strict";
    QuantileFunction = class {
      #levels;
      #quantiles;
      /**
       * @param levels strictly ascending, each in (0, 1), at least two
       * @param quantiles one a level; sorted here, the array is left as it was
       */
      constructor(levels2, quantiles) {
        this.#levels = levels2;
        this.#quantiles = insertionSort(new Float64Array(quantiles));
      }
      /** Returns the quantile at `level` in (0, 1); non-decreasing in the level. */
      at(level) {
        return this.atPlace(levelPlace(this.#levels, level));
      }
      /** Returns the quantile at a place that `levelPlace` found on this function's levels. */
      atPlace({ base, low, share }) {
        const quantiles = this.#quantiles;
        return quantiles[base] + share * (quantiles[low + 1] - quantiles[low]);
      }
    };
  }
});

// src/stats/normal-quantile.ts
function normalQuantile(level) {
  if (!(level >= 0 && level <= 1)) return Number.NaN;
  const q = level - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r2 = 0.180625 - q * q;
    return q * polynomial(CENTRE_P, r2) / polynomial(CENTRE_Q, r2);
  }
  const tail = q < 0 ? level : 1 - level;
  if (tail === 0) return q < 0 ? -Infinity : Infinity;
  const r = Math.sqrt(-Math.log(tail));
  const size = r <= 5 ? polynomial(MIDDLE_P, r - 1.6) / polynomial(MIDDLE_Q, r - 1.6) : polynomial(TAIL_P, r - 5) / polynomial(TAIL_Q, r - 5);
  return q < 0 ? -size : size;
}
function polynomial(coefficients, x) {
  let value = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) value = value * x + coefficients[i];
  return value;
}
var CENTRE_P, CENTRE_Q, MIDDLE_P, MIDDLE_Q, TAIL_P, TAIL_Q;
var init_normal_quantile = __esm({
  "src/stats/normal-quantile.ts"() {
    "use strict";
    CENTRE_P = [
      3.3871328727963665,
      133.14166789178438,
      1971.5909503065513,
      13731.69376550946,
      45921.95393154987,
      67265.7709270087,
      33430.57558358813,
      2509.0809287301227
    ];
    CENTRE_Q = [
      1,
      42.31333070160091,
      687.1870074920579,
      5394.196021424751,
      21213.794301586597,
      39307.89580009271,
      28729.085735721943,
      5226.495278852546
    ];
    MIDDLE_P = [
      1.4234371107496835,
      4.630337846156546,
      5.769497221460691,
      3.6478483247632045,
      1.2704582524523684,
      0.2417807251774506,
      0.022723844989269184,
      7745450142783414e-19
    ];
    MIDDLE_Q = [
      1,
      2.053191626637759,
      1.6763848301838038,
      0.6897673349851,
      0.14810397642748008,
      0.015198666563616457,
      5475938084995345e-19,
      10507500716444169e-25
    ];
    TAIL_P = [
      6.657904643501103,
      5.463784911164114,
      1.7848265399172913,
      0.29656057182850487,
      0.026532189526576124,
      0.0012426609473880784,
      27115555687434876e-21,
      20103343992922881e-23
    ];
    TAIL_Q = [
      1,
      0.599832206555888,
      0.1369298809227358,
      0.014875361290850615,
      7868691311456133e-19,
      18463183175100548e-21,
      1421511758316446e-22,
      20442631033899397e-31
    ];
  }
});

// src/stats/quantile.ts
function quantileSorted(sorted, level) {
  if (sorted.length === 0) throw invalid("INVALID_ARGUMENT", "quantileSorted", "sorted", "at least one value", sorted);
  if (!(level >= 0 && level <= 1)) throw invalid("INVALID_ARGUMENT", "quantileSorted", "level", "in [0, 1]", level);
  const position = level * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below];
  if (below + 1 >= sorted.length) return low;
  return low + (position - below) * (sorted[below + 1] - low);
}
var init_quantile = __esm({
  "src/stats/quantile.ts"() {
    "use strict";
    init_errors();
  }
});

// src/stats/seeded-random.ts
function createRandom(seed) {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw invalid("INVALID_ARGUMENT", "createRandom", "seed", "a whole number in 0..2^53-1", seed);
  }
  const next = xoshiro128(splitmix32(seed));
  const uniform = () => {
    const high = next() >>> 5;
    const low = next() >>> 6;
    return Math.min((high * 67108864 + low + 0.5) / 9007199254740992, 1 - Number.EPSILON / 2);
  };
  return {
    uniform,
    normal: () => normalQuantile(uniform()),
    integer(bound) {
      if (!Number.isInteger(bound) || bound < 1 || bound > 4294967296) {
        throw invalid("INVALID_ARGUMENT", "SeededRandom.integer", "bound", "a whole number in 1..2^32", bound);
      }
      const limit = 4294967296 - 4294967296 % bound;
      for (; ; ) {
        const draw = next();
        if (draw < limit) return draw % bound;
      }
    }
  };
}
function splitmix32(seed) {
  let low = seed >>> 0;
  let high = Math.floor(seed / 4294967296) >>> 0;
  const state = new Uint32Array(4);
  for (let i = 0; i < 4; i++) {
    low = low + 2654435769 >>> 0;
    high = high + 2246822507 >>> 0;
    state[i] = mix(low) ^ Math.imul(mix(high), 668265263);
  }
  if (state.every((word) => word === 0)) state[0] = 1;
  return state;
}
function mix(word) {
  let z = Math.imul(word ^ word >>> 16, 569420461);
  z = Math.imul(z ^ z >>> 15, 1935289751);
  return (z ^ z >>> 15) >>> 0;
}
function xoshiro128(state) {
  return () => {
    const scrambled = Math.imul(state[1], 5);
    const result = Math.imul(scrambled << 7 | scrambled >>> 25, 9) >>> 0;
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = state[3] << 11 | state[3] >>> 21;
    return result;
  };
}
var init_seeded_random = __esm({
  "src/stats/seeded-random.ts"() {
    "use strict";
    init_errors();
    init_normal_quantile();
  }
});

// src/stats/index.ts
var init_stats = __esm({
  "src/stats/index.ts"() {
    "use strict";
    init_quantile();
    init_seeded_random();
  }
});

// src/chronos/families/sample-paths.ts
function samplePaths(steps, numSamples, seed) {
  const random = createRandom(seed);
  const walks = new Float64Array(numSamples);
  const order = Array.from({ length: numSamples }, (_, path) => path);
  const samples = new Float64Array(numSamples * steps.length);
  steps.forEach((quantile2, step) => {
    for (let path = 0; path < numSamples; path++) walks[path] += random.normal();
    order.sort((a, b) => walks[a] - walks[b]);
    order.forEach((path, rank) => {
      const level = Math.min((rank + random.uniform()) / numSamples, 1 - Number.EPSILON / 2);
      samples[path * steps.length + step] = quantile2.at(level);
    });
  });
  return samples;
}
var init_sample_paths = __esm({
  "src/chronos/families/sample-paths.ts"() {
    "use strict";
    init_stats();
  }
});

// src/chronos/families/series-transform.ts
function toSeries(context, contextLength, input, where) {
  if (context.length === 0) throw invalid("EMPTY_SERIES", "forecast", where, "at least one value", "none");
  const series = new Float64Array(Math.min(context.length, contextLength));
  const start = context.length - series.length;
  for (let i = 0; i < series.length; i++) {
    const value = context[start + i];
    if (typeof value !== "number" || Math.abs(value) === Infinity)
      throw invalid(
        "INVALID_ARGUMENT",
        "forecast",
        `${where}[${start + i}]`,
        "a finite number, or NaN for a missing one",
        value
      );
    if (input === "log" && value <= 0)
      throw invalid(
        "INVALID_ARGUMENT",
        "forecast",
        `${where}[${start + i}]`,
        "above 0 for a model of log prices",
        value
      );
    series[i] = input === "log" ? portableLog(value) : value;
  }
  return series;
}
function fromSeries(values, input) {
  if (input === "log") for (let i = 0; i < values.length; i++) values[i] = portableExp(values[i]);
  return values;
}
function anchorOf(series, loc, anchor) {
  if (anchor === "mean") return loc;
  for (let i = series.length - 1; i >= 0; i--) if (!Number.isNaN(series[i])) return series[i];
  return loc;
}
var init_series_transform = __esm({
  "src/chronos/families/series-transform.ts"() {
    "use strict";
    init_errors();
    init_portable_math();
  }
});

// src/chronos/families/quantile-forecast.ts
function quantileForecast(native, quantiles, request, { input, seed }) {
  const { horizon, levels: levels2, numSamples } = request;
  if (!quantiles.every(Number.isFinite)) throw noForecast();
  const steps = Array.from({ length: horizon }, (_, step) => {
    const column = new Float64Array(native.length);
    for (let level = 0; level < native.length; level++) column[level] = quantiles[level * horizon + step];
    return new QuantileFunction(native, column);
  });
  const read = (...wanted) => {
    const out = new Float64Array(horizon * wanted.length);
    const places = wanted.map((level) => levelPlace(native, level));
    let i = 0;
    for (const step of steps) for (const place of places) out[i++] = step.atPlace(place);
    return fromSeries(out, input);
  };
  return {
    median: read(0.5),
    q10: read(0.1),
    q90: read(0.9),
    levels: [...levels2],
    quantiles: read(...levels2),
    samples: fromSeries(samplePaths(steps, numSamples, seed), input)
  };
}
function noForecast() {
  return new ForecastError("NO_FORECAST", "forecast: the network gave numbers that are not finite", {
    field: "contexts"
  });
}
var init_quantile_forecast = __esm({
  "src/chronos/families/quantile-forecast.ts"() {
    "use strict";
    init_errors();
    init_quantile_function();
    init_sample_paths();
    init_series_transform();
  }
});

// src/chronos/families/chronos2.ts
var chronos2_exports = {};
__export(chronos2_exports, {
  chronos2Model: () => chronos2Model,
  isChronos2: () => isChronos2
});
function isChronos2(model) {
  return model.family === "chronos-2" && "forecastTasks" in model;
}
function chronos2Model(network, release) {
  const { config } = network;
  const queue = new ModelQueue();
  const forecastTasks = async (tasks, options) => {
    const request = checkRequest(options, config.levels, tasks.length);
    const rows = tasks.map((task, i) => taskRows(task, request.horizon, `tasks[${i}]`));
    const groups = options.crossLearning ? [rows.flat()] : rows;
    const predicted = await queue.run(
      () => unrollGroups(
        config,
        groups,
        request.horizon,
        (block, outputs) => runGroups(network, block, outputs, request.signal)
      ),
      request.signal
    );
    const flat = predicted.flat();
    let start = 0;
    return tasks.map(({ targets }, task) => {
      const own = flat.slice(start, start + targets.length);
      start += rows[task].length;
      return own.map(
        (quantiles) => quantileForecast(config.levels, quantiles, request, { input: "raw", seed: request.seeds[task] })
      );
    });
  };
  return {
    family: "chronos-2",
    levels: config.levels,
    contextLength: config.contextLength,
    predictionLength: config.maxOutputPatches * config.patchSize,
    async forecast(contexts, options) {
      const tasks = contexts.map((context, i) => ({
        targets: [toSeries(context, config.contextLength, "raw", `contexts[${i}]`)]
      }));
      return (await forecastTasks(tasks, { ...options, crossLearning: false })).flat();
    },
    forecastTasks,
    dispose: () => queue.dispose(release)
  };
}
async function runGroups(network, groups, outputs, signal) {
  const { contextLength, patchSize, dFf, numHeads } = network.config;
  const results = new Array(groups.length);
  const batches = /* @__PURE__ */ new Map();
  groups.forEach((group, index) => {
    if (group.length === 0) {
      results[index] = [];
      return;
    }
    const longest = Math.max(...group.map((row) => Math.min(row.context.length, contextLength)));
    const patches2 = patchCount(longest, patchSize);
    const grouping = group.length === 1 ? "alone" : "grouped";
    const length = patches2 + 1 + outputs;
    const most = Math.floor(RUN_FLOATS / (length * Math.max(dFf, numHeads * length)));
    const key = `${grouping} ${patches2}`;
    const open = batches.get(key) ?? [];
    batches.set(key, open);
    const last = open.at(-1);
    if (last && last.rows + group.length <= most) {
      last.members.push(index);
      last.rows += group.length;
    } else open.push({ grouping, patches: patches2, members: [index], rows: group.length });
  });
  for (const { grouping, patches: patches2, members } of [...batches.values()].flat()) {
    signal?.throwIfAborted();
    const rows = members.flatMap((index) => groups[index]);
    const ids = Int32Array.from(members.flatMap((index) => groups[index].map(() => index)));
    const predicted = await runRows(network, rows, { grouping, patches: patches2, outputs, groups: ids });
    let start = 0;
    for (const index of members) {
      results[index] = predicted.slice(start, start + groups[index].length);
      start += groups[index].length;
    }
  }
  return results;
}
async function runRows({ config, ort, session }, rows, run) {
  const { patchSize, contextLength, timeEncodingScale, levels: levels2, useArcsinh, regToken } = config;
  const { patches: patches2, outputs } = run;
  const contexts = rows.map((row) => row.context.slice(-contextLength));
  const norms = contexts.map(locScale);
  const squash = useArcsinh ? portableAsinh : Number;
  const normalise = (values2, row) => values2.map((value) => squash((value - norms[row].loc) / norms[row].scale));
  const layout = { patchSize, width: 3 * patchSize, valueOffset: patchSize };
  const past = patchFeeds(contexts.map(normalise), { ...layout, patches: patches2 });
  const ahead = patchFeeds(
    // The future begins at its first patch: filled up on the right, where patchFeeds fills up on the left.
    rows.map(({ future }, row) => {
      const known = new Float64Array(outputs * patchSize).fill(Number.NaN);
      if (future) known.set(normalise(future.slice(0, known.length), row));
      return known;
    }),
    { ...layout, patches: outputs }
  );
  writeTimes(past.data, rows.length, patches2, { patchSize, start: -patches2 * patchSize, scale: timeEncodingScale });
  writeTimes(ahead.data, rows.length, outputs, { patchSize, start: 0, scale: timeEncodingScale });
  const registers = regToken === void 0 ? 0 : 1;
  const tokens = patches2 + registers + outputs;
  const mask = new Float32Array(rows.length * tokens).fill(1);
  for (let row = 0; row < rows.length; row++)
    mask.set(past.mask.subarray(row * patches2, (row + 1) * patches2), row * tokens);
  const feeds = {
    context: new ort.Tensor("float32", past.data, [rows.length, patches2, 3 * patchSize]),
    future: new ort.Tensor("float32", ahead.data, [rows.length, outputs, 3 * patchSize]),
    mask: new ort.Tensor("float32", mask, [rows.length, tokens])
  };
  const groups = new ort.Tensor("int32", run.groups, [rows.length]);
  const opened = await session(run.grouping);
  const { quantiles } = await opened.run(run.grouping === "grouped" ? { ...feeds, groups } : feeds);
  const values = quantiles.data;
  const size = levels2.length * outputs * patchSize;
  const widen2 = useArcsinh ? portableSinh : Number;
  return norms.map(
    ({ loc, scale }, row) => Float64Array.from(values.subarray(row * size, (row + 1) * size), (value) => widen2(value) * scale + loc)
  );
}
function writeTimes(data, rows, patches2, { patchSize, start, scale }) {
  for (let row = 0; row < rows; row++)
    for (let place = 0; place < patches2 * patchSize; place++) {
      const patch = row * patches2 + Math.floor(place / patchSize);
      data[patch * 3 * patchSize + place % patchSize] = (start + place) / scale;
    }
}
var RUN_FLOATS;
var init_chronos2 = __esm({
  "src/chronos/families/chronos2.ts"() {
    "use strict";
    init_model_queue();
    init_chronos2_unroll();
    init_covariates();
    init_forecast_request();
    init_instance_norm();
    init_patches();
    init_portable_math();
    init_quantile_forecast();
    init_series_transform();
    RUN_FLOATS = 2 ** 20;
  }
});

// src/chronos/checkpoint/safetensors.ts
function openSafetensors(source) {
  if (source.size < 8) throw corrupt(source, "at least 8 bytes", `${source.size} bytes`);
  const prefix = source.read(0, 8);
  const headerLength = Number(new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true));
  if (headerLength > MAX_HEADER || 8 + headerLength > source.size)
    throw corrupt(source, `a header inside its ${source.size} bytes`, `a header of ${headerLength} bytes`);
  const base = 8 + headerLength;
  const tensors = /* @__PURE__ */ new Map();
  for (const [name, entry] of Object.entries(parseHeader(source, headerLength))) {
    if (name === "__metadata__") continue;
    const tensor = checkEntry(source, name, entry, base);
    if (tensor !== void 0) tensors.set(name, tensor);
  }
  return { source, tensors, floats: (name) => readFloats(source, name, tensors.get(name)) };
}
function parseHeader(source, length) {
  let header;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(source.read(8, length)));
  } catch (cause) {
    throw new ForecastError("INVALID_CHECKPOINT", `safetensors: the header of ${source.name} is no JSON`, {
      field: source.name,
      cause
    });
  }
  if (typeof header !== "object" || header === null || Array.isArray(header))
    throw corrupt(source, "a header that is a JSON object", "another JSON value");
  return header;
}
function checkEntry(source, name, entry, base) {
  const { dtype, shape, data_offsets: offsets } = entry ?? {};
  if (typeof dtype !== "string" || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2)
    throw corrupt(source, `dtype, shape and data_offsets for tensor ${name}`, JSON.stringify(entry) ?? "nothing");
  const [begin, end] = offsets;
  if (end < begin || base + end > source.size)
    throw corrupt(
      source,
      `tensor ${name} to lie inside its ${source.size} bytes`,
      `bytes ${base + begin} to ${base + end}`
    );
  if (dtype !== "F32" && dtype !== "F16" && dtype !== "BF16") return void 0;
  const expected = shape.reduce((product, dim) => product * dim, BYTES[dtype]);
  if (end - begin !== expected)
    throw corrupt(source, `${expected} bytes for tensor ${name} (${dtype} [${shape}])`, `${end - begin} bytes`);
  return { dtype, shape, offset: base + begin, byteLength: end - begin };
}
function isCounts(value) {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
function readFloats(source, name, entry) {
  if (entry === void 0) throw corrupt(source, `tensor ${name} (F32, F16 or BF16)`, "none of that name");
  const bytes = source.read(entry.offset, entry.byteLength);
  const out = new Float32Array(entry.byteLength / BYTES[entry.dtype]);
  widen(bytes, entry.dtype, out);
  return out;
}
function widen(bytes, dtype, out) {
  if (dtype === "F32") {
    new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(bytes);
    return;
  }
  const words = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < out.length; i++) {
    const half = bytes[2 * i] | bytes[2 * i + 1] << 8;
    words[i] = dtype === "BF16" ? half << 16 : widenHalf(half);
  }
}
function widenHalf(half) {
  const sign = (half & 32768) << 16;
  const exponent = half >> 10 & 31;
  let mantissa = half & 1023;
  if (exponent === 31) return sign | 2139095040 | mantissa << 13;
  if (exponent > 0) return sign | exponent + 112 << 23 | mantissa << 13;
  if (mantissa === 0) return sign;
  let shift = 0;
  while ((mantissa & 1024) === 0) {
    mantissa <<= 1;
    shift++;
  }
  return sign | 113 - shift << 23 | (mantissa & 1023) << 13;
}
function corrupt(source, expected, actual) {
  return new ForecastError("INVALID_CHECKPOINT", `safetensors: ${source.name} must have ${expected}, got ${actual}`, {
    field: source.name,
    expected,
    actual
  });
}
function memorySource(name, bytes) {
  return {
    name,
    size: bytes.length,
    read: (offset, length) => {
      if (offset + length > bytes.length)
        throw invalid(
          "INVALID_CHECKPOINT",
          "safetensors",
          name,
          `at least ${offset + length} bytes`,
          `${bytes.length} bytes`
        );
      return bytes.subarray(offset, offset + length);
    },
    close: () => {
    }
  };
}
var BYTES, MAX_HEADER;
var init_safetensors = __esm({
  "src/chronos/checkpoint/safetensors.ts"() {
    "use strict";
    init_errors();
    BYTES = { F32: 4, F16: 2, BF16: 2 };
    MAX_HEADER = 1e8;
  }
});

// src/chronos/runtime/open-session.ts
async function openSession({ ort, opensFiles }, weights, write, { precision, threads, inlineLimit = 2 ** 24 }) {
  const options = {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3
  };
  const create = async (graph, externalData) => {
    try {
      return await ort.InferenceSession.create(graph, externalData ? { ...options, externalData } : options);
    } catch (cause) {
      throw new ForecastError("INVALID_CHECKPOINT", "loadChronos: ONNX Runtime refused the graph of this checkpoint", {
        cause
      });
    }
  };
  if (precision === "int8" || floatBytes(weights) <= inlineLimit) return create(write({ precision }));
  const { path } = weights.source;
  if (opensFiles && path !== void 0 && isFloat32(weights)) {
    const opened = await openBeside(path, (location) => write({ precision, ...inFile(weights, location) }), create);
    if (opened !== void 0) return opened;
  }
  const { placement, data } = inMemory2(weights);
  return create(write({ precision, ...placement }), [{ path: IN_MEMORY, data }]);
}
function floatBytes({ tensors }) {
  let bytes = 0;
  for (const { dtype, byteLength } of tensors.values()) bytes += dtype === "F32" ? byteLength : 2 * byteLength;
  return bytes;
}
function isFloat32({ tensors }) {
  return [...tensors.values()].every(({ dtype }) => dtype === "F32");
}
function inFile({ tensors }, location) {
  return {
    location,
    place: (name) => {
      const { offset, byteLength } = tensors.get(name);
      return { offset, length: byteLength };
    }
  };
}
function inMemory2(weights) {
  const { source, tensors } = weights;
  if (isFloat32(weights)) return { placement: inFile(weights, IN_MEMORY), data: source.read(0, source.size) };
  const values = new Float32Array(floatBytes(weights) / 4);
  const places = /* @__PURE__ */ new Map();
  let start = 0;
  for (const [name, { dtype, offset, byteLength }] of tensors) {
    const length = dtype === "F32" ? byteLength / 4 : byteLength / 2;
    widen(source.read(offset, byteLength), dtype, values.subarray(start, start + length));
    places.set(name, { offset: 4 * start, length: 4 * length });
    start += length;
  }
  const place = (name) => places.get(name);
  return { placement: { location: IN_MEMORY, place }, data: new Uint8Array(values.buffer) };
}
async function openBeside(weightsPath, write, create) {
  const { rm, writeFile } = await import("node:fs/promises");
  const { basename, dirname, join: join2 } = await import("node:path");
  const graph = join2(dirname(weightsPath), `.chronolight-${process.pid}-${Math.random().toString(36).slice(2)}.onnx`);
  const bytes = write(basename(weightsPath));
  try {
    await writeFile(graph, bytes, { flag: "wx" });
  } catch {
    await rm(graph, { force: true }).catch(() => {
    });
    return void 0;
  }
  try {
    return await create(graph);
  } finally {
    await rm(graph, { force: true });
  }
}
var IN_MEMORY;
var init_open_session = __esm({
  "src/chronos/runtime/open-session.ts"() {
    "use strict";
    init_errors();
    init_safetensors();
    IN_MEMORY = "weights";
  }
});

// src/chronos/graph/protobuf-writer.ts
var utf8, ProtobufWriter;
var init_protobuf_writer = __esm({
  "src/chronos/graph/protobuf-writer.ts"() {
    "use strict";
    utf8 = new TextEncoder();
    ProtobufWriter = class _ProtobufWriter {
      #parts = [];
      #length = 0;
      /** Appends an integer field (wire type 0); negative values take ten bytes, as int64 demands. */
      integer(field, value) {
        return this.#varint(field * 8).#varint(value);
      }
      /** Appends a float32 field (wire type 5). */
      float(field, value) {
        const bytes = new Uint8Array(4);
        new DataView(bytes.buffer).setFloat32(0, value, true);
        return this.#varint(field * 8 + 5).#append(bytes);
      }
      /** Appends a text field (wire type 2). */
      text(field, value) {
        return this.bytes(field, utf8.encode(value));
      }
      /** Appends a byte string field (wire type 2), by reference. */
      bytes(field, value) {
        return this.#varint(field * 8 + 2).#varint(value.length).#append(value);
      }
      /** Appends a nested message (wire type 2) that `write` fills. */
      message(field, write) {
        const nested = new _ProtobufWriter();
        write(nested);
        this.#varint(field * 8 + 2).#varint(nested.#length);
        for (const part of nested.#parts) this.#append(part);
        return this;
      }
      /** Returns the message as one array. */
      toBytes() {
        const out = new Uint8Array(this.#length);
        let position = 0;
        for (const part of this.#parts) {
          out.set(part, position);
          position += part.length;
        }
        return out;
      }
      #varint(value) {
        const bytes = [];
        let rest = BigInt.asUintN(64, BigInt(value));
        while (rest >= 0x80n) {
          bytes.push(Number(rest & 0x7fn) | 128);
          rest >>= 7n;
        }
        bytes.push(Number(rest));
        return this.#append(Uint8Array.from(bytes));
      }
      #append(part) {
        this.#parts.push(part);
        this.#length += part.length;
        return this;
      }
    };
  }
});

// src/chronos/graph/onnx-graph.ts
function writeAttribute(attribute, name, value) {
  attribute.text(1, name);
  if (typeof value === "string") attribute.text(4, value).integer(20, ATTRIBUTE_TYPE.string);
  else if (typeof value === "number") attribute.integer(3, value).integer(20, ATTRIBUTE_TYPE.int);
  else if ("float" in value) attribute.float(2, value.float).integer(20, ATTRIBUTE_TYPE.float);
  else {
    for (const item of value) attribute.integer(8, item);
    attribute.integer(20, ATTRIBUTE_TYPE.ints);
  }
}
function writeValueInfo(graph, field, name, type, dims) {
  graph.message(
    field,
    (info) => info.text(1, name).message(
      2,
      (valueType) => valueType.message(
        1,
        (tensor) => tensor.integer(1, type).message(2, (shape) => {
          for (const dim of dims)
            shape.message(1, (entry) => typeof dim === "string" ? entry.text(2, dim) : entry.integer(1, dim));
        })
      )
    )
  );
}
var ELEMENT, MICROSOFT, ATTRIBUTE_TYPE, OPSET, IR_VERSION, OnnxGraph;
var init_onnx_graph = __esm({
  "src/chronos/graph/onnx-graph.ts"() {
    "use strict";
    init_protobuf_writer();
    ELEMENT = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9 };
    MICROSOFT = "com.microsoft";
    ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 };
    OPSET = 23;
    IR_VERSION = 11;
    OnnxGraph = class {
      #nodes = [];
      #initializers = [];
      #inputs = [];
      #outputs = [];
      #constants = /* @__PURE__ */ new Map();
      #count = 0;
      /** Declares an input; text dimensions are symbolic. */
      input(name, type, dims) {
        this.#inputs.push((graph) => writeValueInfo(graph, 11, name, type, dims));
        return name;
      }
      /** Declares an output and gives `value` its name. */
      output(name, value, type, dims) {
        this.node("Identity", [value], {}, { name });
        this.#outputs.push((graph) => writeValueInfo(graph, 12, name, type, dims));
      }
      /** Adds a node of the standard domain and returns its output. */
      node(op, inputs, attributes, as) {
        return this.#add(op, inputs, attributes ?? {}, "", [as?.name ?? this.#fresh(op)])[0];
      }
      /** Adds a node of the standard domain with several outputs. */
      nodes(op, inputs, attributes, outputs) {
        const names = Array.from({ length: outputs }, () => this.#fresh(op));
        return this.#add(op, inputs, attributes, "", names);
      }
      /** Adds a node of ONNX Runtime's domain and returns its output; an empty input name is an absent optional input. */
      microsoft(op, inputs, attributes = {}) {
        return this.#add(op, inputs, attributes, MICROSOFT, [this.#fresh(op)])[0];
      }
      /** Adds a node of ONNX Runtime's domain with several outputs, of which unnamed ones are absent; returns the others. */
      microsoftNodes(op, inputs, attributes, outputs) {
        const names = outputs.map((wanted) => wanted ? this.#fresh(op) : "");
        return this.#add(op, inputs, attributes, MICROSOFT, names).filter((name) => name !== "");
      }
      /** Adds a tensor whose bytes (little-endian, row-major) lie inside the model; `data` is kept by reference. */
      initializer(name, type, dims, data) {
        const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
        this.#initializers.push(
          (graph) => graph.message(5, (tensor) => {
            for (const dim of dims) tensor.integer(1, dim);
            tensor.integer(2, type).text(8, name).bytes(9, bytes);
          })
        );
        return name;
      }
      /** Adds a float tensor whose bytes lie in a file beside the model. */
      external(name, dims, { location, offset, length }) {
        const entries = { location, offset: String(offset), length: String(length) };
        this.#initializers.push(
          (graph) => graph.message(5, (tensor) => {
            for (const dim of dims) tensor.integer(1, dim);
            tensor.integer(2, ELEMENT.float).text(8, name);
            for (const [key, value] of Object.entries(entries))
              tensor.message(13, (entry) => entry.text(1, key).text(2, value));
            tensor.integer(14, 1);
          })
        );
        return name;
      }
      /** Returns a constant int64 tensor: a scalar for a number, a vector for a list. */
      ints(values) {
        const dims = typeof values === "number" ? [] : [values.length];
        const list = typeof values === "number" ? [values] : values;
        return this.#constant(
          `i${dims}:${list}`,
          (name) => this.initializer(name, ELEMENT.int64, dims, BigInt64Array.from(list, BigInt))
        );
      }
      /** Returns a constant float scalar. */
      float(value) {
        return this.#constant(`f:${value}`, (name) => this.initializer(name, ELEMENT.float, [], Float32Array.of(value)));
      }
      /** Returns a constant float tensor of its own. */
      floats(values, dims) {
        return this.initializer(this.#fresh("floats"), ELEMENT.float, dims, values);
      }
      /** Returns the model as protobuf bytes. */
      toBytes() {
        const model = new ProtobufWriter().integer(1, IR_VERSION).text(2, "chronolight");
        model.message(7, (graph) => {
          for (const write of this.#nodes) write(graph);
          graph.text(2, "chronos");
          for (const write of this.#initializers) write(graph);
          for (const write of this.#inputs) write(graph);
          for (const write of this.#outputs) write(graph);
        });
        model.message(8, (set) => set.text(1, "").integer(2, OPSET));
        model.message(8, (set) => set.text(1, MICROSOFT).integer(2, 1));
        return model.toBytes();
      }
      #add(op, inputs, attributes, domain, outputs) {
        this.#nodes.push(
          (graph) => graph.message(1, (node) => {
            for (const name of inputs) node.text(1, name);
            for (const name of outputs) node.text(2, name);
            node.text(3, outputs[0]).text(4, op);
            for (const [name, value] of Object.entries(attributes))
              node.message(5, (attribute) => writeAttribute(attribute, name, value));
            if (domain) node.text(7, domain);
          })
        );
        return outputs;
      }
      #constant(key, make) {
        const known = this.#constants.get(key);
        if (known !== void 0) return known;
        const value = make(this.#fresh("constant"));
        this.#constants.set(key, value);
        return value;
      }
      #fresh(stem) {
        return `${stem}_${this.#count++}`;
      }
    };
  }
});

// src/chronos/graph/relative-bias.ts
function relativeBucket(distance, { buckets, maxDistance, bidirectional }) {
  const half = bidirectional ? buckets >> 1 : buckets;
  const offset = bidirectional && distance > 0 ? half : 0;
  const n = bidirectional ? Math.abs(distance) : Math.max(-distance, 0);
  const exact = half >> 1;
  if (n < exact) return offset + n;
  const ratio = f32(f32(Math.log(f32(n / exact))) / f32(Math.log(maxDistance / exact)));
  return offset + Math.min(exact + Math.trunc(f32(ratio * (half - exact))), half - 1);
}
function biasTable(weights, heads, positions, rule) {
  const table = new Float32Array((2 * positions - 1) * heads);
  for (let row = 0; row < 2 * positions - 1; row++) {
    const bucket = relativeBucket(row - positions + 1, rule);
    for (let head = 0; head < heads; head++) table[row * heads + head] = weights[bucket * heads + head];
  }
  return table;
}
var f32;
var init_relative_bias = __esm({
  "src/chronos/graph/relative-bias.ts"() {
    "use strict";
    f32 = Math.fround;
  }
});

// src/chronos/checkpoint/tensor-shape.ts
function checkShape(weights, name, shape) {
  const entry = weights.tensors.get(name);
  const matches = entry?.shape.length === shape.length && entry.shape.every((dim, i) => dim === shape[i]);
  if (!matches)
    throw invalid(
      "INVALID_CHECKPOINT",
      "loadChronos",
      `tensor ${name}`,
      `float values of shape [${shape}], as config.json says`,
      entry === void 0 ? void 0 : `shape [${entry.shape}]`
    );
}
var init_tensor_shape = __esm({
  "src/chronos/checkpoint/tensor-shape.ts"() {
    "use strict";
    init_errors();
  }
});

// src/chronos/graph/int8.ts
function quantizeColumns(weights, outputs, inputs) {
  const values = new Int8Array(outputs * inputs);
  const scales = new Float32Array(outputs);
  for (let out = 0; out < outputs; out++) {
    const row = out * inputs;
    let largest = 0;
    for (let i = 0; i < inputs; i++) largest = Math.max(largest, Math.abs(weights[row + i]));
    const scale = largest > 0 ? largest / 127 : 1;
    scales[out] = scale;
    for (let i = 0; i < inputs; i++) values[i * outputs + out] = Math.round(weights[row + i] / scale);
  }
  return { values, scales };
}
var init_int8 = __esm({
  "src/chronos/graph/int8.ts"() {
    "use strict";
  }
});

// src/chronos/graph/masked.ts
var MASKED;
var init_masked = __esm({
  "src/chronos/graph/masked.ts"() {
    "use strict";
    MASKED = -1e30;
  }
});

// src/chronos/graph/transformer-layers.ts
var INLINE_BYTES, TransformerLayers;
var init_transformer_layers = __esm({
  "src/chronos/graph/transformer-layers.ts"() {
    "use strict";
    init_tensor_shape();
    init_int8();
    init_masked();
    init_onnx_graph();
    INLINE_BYTES = 1024;
    TransformerLayers = class {
      graph;
      weights;
      config;
      #placement;
      #placed = /* @__PURE__ */ new Map();
      constructor(graph, weights, config, placement) {
        this.graph = graph;
        this.weights = weights;
        this.config = config;
        this.#placement = placement;
      }
      /** Returns a tensor's values; throws INVALID_CHECKPOINT unless it exists with that shape. */
      values(name, shape) {
        checkShape(this.weights, name, shape);
        return this.weights.floats(name);
      }
      /** Returns the tensor of that name in the graph, as stored. */
      weight(name, shape) {
        const known = this.#placed.get(name);
        if (known !== void 0) return known;
        checkShape(this.weights, name, shape);
        const { location, place } = this.#placement;
        const bytes = 4 * shape.reduce((product, dim) => product * dim, 1);
        const value = location !== void 0 && place !== void 0 && bytes > INLINE_BYTES ? this.graph.external(name, shape, { location, ...place(name) }) : this.graph.initializer(name, ELEMENT.float, shape, this.weights.floats(name));
        this.#placed.set(name, value);
        return value;
      }
      /** x Wᵀ (+ bias), with W `[outputs, inputs]` as PyTorch stores it. */
      linear(x, name, inputs, outputs, { bias = false, exact = false } = {}) {
        const product = this.#placement.precision === "int8" && !exact ? this.graph.microsoft("DynamicQuantizeMatMul", [x, ...this.#quantized(`${name}.weight`, inputs, outputs)]) : this.timesTransposed(x, this.weight(`${name}.weight`, [outputs, inputs]));
        return bias ? this.graph.node("Add", [product, this.weight(`${name}.bias`, [outputs])]) : product;
      }
      /** a bᵀ over the last two axes, without a transposed copy of b. */
      timesTransposed(a, b) {
        return this.graph.microsoft("FusedMatMul", [a, b], { transA: 0, transB: 1, alpha: { float: 1 } });
      }
      /** T5's layer norm: x / sqrt(mean(x²) + epsilon) × weight; no mean is taken off, no bias. */
      norm(x, name) {
        const { dModel, layerNormEpsilon } = this.config;
        return this.graph.node("SimplifiedLayerNormalization", [x, this.weight(`${name}.weight`, [dModel])], {
          axis: -1,
          epsilon: { float: layerNormEpsilon },
          stash_type: 1
        });
      }
      /** x + change, and its norm, by one operator: quicker than two for a single row, slower for many. `x` may be of batch 1. */
      addNorm(x, change, name) {
        const { dModel, layerNormEpsilon } = this.config;
        const [normed, sum] = this.graph.microsoftNodes(
          "SkipSimplifiedLayerNormalization",
          [change, x, this.weight(`${name}.weight`, [dModel])],
          { epsilon: { float: layerNormEpsilon } },
          [true, false, false, true]
        );
        return { sum, normed };
      }
      activate(x, activation = this.config.activation) {
        if (activation === "relu") return this.graph.node("Relu", [x]);
        if (activation === "gelu") return this.graph.microsoft("Gelu", [x]);
        if (activation === "gelu_new") return this.graph.microsoft("FastGelu", [x]);
        return this.graph.node("Mul", [x, this.graph.node("Sigmoid", [x])]);
      }
      /** output(activation(hidden(x))) + residual(x): what turns a patch into a token and a token into quantiles. Kept in float32. */
      residualBlock(x, name, inputs, outputs) {
        const { dFf } = this.config;
        const options = { bias: true, exact: true };
        const hidden = this.activate(this.linear(x, `${name}.hidden_layer`, inputs, dFf, options));
        return this.graph.node("Add", [
          this.linear(hidden, `${name}.output_layer`, dFf, outputs, options),
          this.linear(x, `${name}.residual_layer`, inputs, outputs, options)
        ]);
      }
      /** The feed-forward layer, gated or not. */
      feedForward(x, name) {
        const { dModel, dFf, gated } = this.config;
        const hidden = gated ? this.graph.node("Mul", [
          this.activate(this.linear(x, `${name}.wi_0`, dModel, dFf)),
          this.linear(x, `${name}.wi_1`, dModel, dFf)
        ]) : this.activate(this.linear(x, `${name}.wi`, dModel, dFf));
        return this.linear(hidden, `${name}.wo`, dFf, dModel);
      }
      /** Attention of q, k, v `[batch, length, heads × dKv]` with an additive bias of full last axes; no scaling by dKv^-1/2. */
      attend(q, k, v, bias) {
        const { numHeads } = this.config;
        return this.graph.node("Attention", [q, k, v, bias], {
          q_num_heads: numHeads,
          kv_num_heads: numHeads,
          scale: { float: 1 }
        });
      }
      add(a, b) {
        return this.graph.node("Add", [a, b]);
      }
      /** The projections q, k and v of an attention layer, each `[.., heads × dKv]`. */
      project(x, name, which) {
        const { dModel, numHeads, dKv } = this.config;
        return this.linear(x, `${name}.${which}`, dModel, numHeads * dKv);
      }
      /** The output projection of an attention layer. */
      unproject(x, name) {
        const { dModel, numHeads, dKv } = this.config;
        return this.linear(x, `${name}.o`, numHeads * dKv, dModel);
      }
      /** 0 where `mask` `[batch, length]` is 1, MASKED where it is 0. */
      maskBias(mask) {
        const { graph } = this;
        return graph.node("Mul", [graph.node("Sub", [graph.float(1), mask]), graph.float(MASKED)]);
      }
      #quantized(name, inputs, outputs) {
        checkShape(this.weights, name, [outputs, inputs]);
        const scale = `${name}_scale`;
        if (!this.#placed.has(scale)) {
          const { values, scales } = quantizeColumns(this.weights.floats(name), outputs, inputs);
          this.graph.initializer(`${name}_int8`, ELEMENT.int8, [inputs, outputs], values);
          this.graph.initializer(`${name}_zero`, ELEMENT.int8, [outputs], new Int8Array(outputs));
          this.#placed.set(scale, this.graph.initializer(scale, ELEMENT.float, [outputs], scales));
        }
        return [`${name}_int8`, scale, `${name}_zero`];
      }
    };
  }
});

// src/chronos/graph/bolt-graph.ts
var bolt_graph_exports = {};
__export(bolt_graph_exports, {
  boltGraph: () => boltGraph,
  t5Encoder: () => t5Encoder
});
function boltGraph(config, weights, placement) {
  const { dModel, patchSize, regToken, levels: levels2, predictionLength } = config;
  const graph = new OnnxGraph();
  const layers = new TransformerLayers(graph, weights, config, placement);
  const patches2 = graph.input("patches", ELEMENT.float, ["batch", "patches", 2 * patchSize]);
  let mask = graph.input("patch_mask", ELEMENT.float, ["batch", "patches"]);
  const batch = graph.node("Shape", [patches2], { start: 0, end: 1 });
  const shared = layers.values("shared.weight", [regToken === void 0 ? 1 : 2, dModel]);
  const token = (id) => graph.floats(shared.slice(id * dModel, (id + 1) * dModel), [1, 1, dModel]);
  let x = layers.residualBlock(patches2, "input_patch_embedding", 2 * patchSize, dModel);
  if (regToken !== void 0) {
    const shape = graph.node("Concat", [batch, graph.ints([1, dModel])], { axis: 0 });
    x = graph.node("Concat", [x, graph.node("Expand", [token(regToken), shape])], { axis: 1 });
    const maskShape = graph.node("Concat", [batch, graph.ints([1])], { axis: 0 });
    mask = graph.node("Concat", [mask, graph.node("Expand", [graph.float(1), maskShape])], { axis: 1 });
  }
  const maskBias = layers.maskBias(mask);
  const positions = Math.ceil(config.contextLength / patchSize) + 1;
  const encoded = t5Encoder(layers, config, x, maskBias, positions);
  const decoded = decodeOneToken(layers, config, encoded, maskBias, token(config.decoderStartToken));
  const out = layers.residualBlock(decoded, "output_patch_embedding", dModel, levels2.length * predictionLength);
  const shaped = graph.node("Reshape", [out, graph.ints([-1, levels2.length, predictionLength])]);
  graph.output("quantiles", shaped, ELEMENT.float, ["batch", levels2.length, predictionLength]);
  return graph.toBytes();
}
function t5Encoder(layers, config, x, maskBias, positions) {
  const { graph } = layers;
  const bias = layers.add(
    positionBias(layers, config, x, positions),
    graph.node("Unsqueeze", [maskBias, graph.ints([1, 2])])
  );
  let y = x;
  for (let block = 0; block < config.numLayers; block++) {
    const name = `encoder.block.${block}.layer`;
    const attention = `${name}.0.SelfAttention`;
    const normed = layers.norm(y, `${name}.0.layer_norm`);
    const [q, k, v] = ["q", "k", "v"].map((which) => layers.project(normed, attention, which));
    y = layers.add(y, layers.unproject(layers.attend(q, k, v, bias), attention));
    y = layers.add(y, layers.feedForward(layers.norm(y, `${name}.1.layer_norm`), `${name}.1.DenseReluDense`));
  }
  return layers.norm(y, "encoder.final_layer_norm");
}
function positionBias(layers, { numHeads, relativeBuckets: buckets, relativeMaxDistance: maxDistance }, x, positions) {
  const { graph } = layers;
  const weights = layers.values("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", [
    buckets,
    numHeads
  ]);
  const table = biasTable(weights, numHeads, positions, { buckets, maxDistance, bidirectional: true });
  const length = graph.node("Squeeze", [graph.node("Shape", [x], { start: 1, end: 2 }), graph.ints([0])]);
  const position = graph.node("Range", [graph.ints(0), length, graph.ints(1)]);
  const [keys, queries] = [graph.ints([0]), graph.ints([1])].map((axis) => graph.node("Unsqueeze", [position, axis]));
  const distance = graph.node("Add", [graph.node("Sub", [keys, queries]), graph.ints(positions - 1)]);
  const rows = graph.node("Gather", [graph.floats(table, [2 * positions - 1, numHeads]), distance], { axis: 0 });
  return graph.node("Unsqueeze", [graph.node("Transpose", [rows], { perm: [2, 0, 1] }), graph.ints([0])]);
}
function decodeOneToken(layers, config, encoded, maskBias, start) {
  const { graph } = layers;
  const { dModel, numHeads, dKv } = config;
  const inner = numHeads * dKv;
  const headsMask = graph.node("Unsqueeze", [maskBias, graph.ints([1])]);
  const byHead = (name) => graph.node("Reshape", [layers.weight(`${name}.weight`, [inner, dModel]), graph.ints([numHeads, dKv, dModel])]);
  const swapFirst = (x) => graph.node("Transpose", [x], { perm: [1, 0, 2] });
  const blocks = Array.from({ length: config.numDecoderLayers }, (_, block) => `decoder.block.${block}.layer`);
  let sum = start;
  let normed = layers.norm(start, "decoder.block.0.layer.0.layer_norm");
  blocks.forEach((name, block) => {
    const self = `${name}.0.SelfAttention`;
    const kept = layers.unproject(layers.project(normed, self, "v"), self);
    ({ sum, normed } = layers.addNorm(sum, kept, `${name}.1.layer_norm`));
    const cross = `${name}.1.EncDecAttention`;
    const q = layers.project(normed, cross, "q");
    const queries = swapFirst(graph.node("Reshape", [q, graph.ints([-1, numHeads, dKv])]));
    const probes = swapFirst(graph.node("MatMul", [queries, byHead(`${cross}.k`)]));
    const scores = layers.add(layers.timesTransposed(probes, encoded), headsMask);
    const mixed = graph.node("MatMul", [graph.node("Softmax", [scores], { axis: -1 }), encoded]);
    const values = layers.timesTransposed(swapFirst(mixed), byHead(`${cross}.v`));
    const joined = graph.node("Reshape", [swapFirst(values), graph.ints([-1, 1, inner])]);
    ({ sum, normed } = layers.addNorm(sum, layers.unproject(joined, cross), `${name}.2.layer_norm`));
    const next = blocks[block + 1];
    const change = layers.feedForward(normed, `${name}.2.DenseReluDense`);
    ({ sum, normed } = layers.addNorm(sum, change, next ? `${next}.0.layer_norm` : "decoder.final_layer_norm"));
  });
  return normed;
}
var init_bolt_graph = __esm({
  "src/chronos/graph/bolt-graph.ts"() {
    "use strict";
    init_onnx_graph();
    init_relative_bias();
    init_transformer_layers();
  }
});

// src/chronos/families/bolt.ts
var bolt_exports = {};
__export(bolt_exports, {
  boltModel: () => boltModel,
  boltQuantiles: () => boltQuantiles
});
function boltModel(config, ort, session) {
  const { levels: levels2, contextLength, predictionLength, transform } = config;
  const queue = new ModelQueue();
  const network = { config, ort, session };
  return {
    family: config.family,
    levels: levels2,
    contextLength,
    predictionLength,
    async forecast(contexts, options) {
      const request = checkRequest(options, levels2, contexts.length);
      const series = contexts.map((context, i) => toSeries(context, contextLength, transform.input, `contexts[${i}]`));
      const blocks = await queue.run(
        () => boltQuantiles(network, series, request.horizon, request.signal),
        request.signal
      );
      return blocks.map(
        (quantiles, i) => quantileForecast(levels2, quantiles, request, { input: transform.input, seed: request.seeds[i] })
      );
    },
    dispose: () => queue.dispose(() => session.release())
  };
}
async function boltQuantiles(network, series, horizon, signal) {
  const { levels: levels2, predictionLength, contextLength } = network.config;
  const out = series.map(() => new Float64Array(levels2.length * horizon));
  let block = await runBlock(network, series, signal);
  let paths = [];
  for (let done = 0; ; done += predictionLength) {
    const steps = Math.min(predictionLength, horizon - done);
    block.forEach((values, row) => {
      for (let level = 0; level < levels2.length; level++)
        for (let step = 0; step < steps; step++)
          out[row][level * horizon + done + step] = values[level * predictionLength + step];
    });
    if (done + steps === horizon) return out;
    paths = block.map(
      (values, row) => levels2.map((_, level) => {
        const next = values.subarray(level * predictionLength, (level + 1) * predictionLength);
        return append(paths[row]?.[level] ?? series[row], next, contextLength);
      })
    );
    const branches = await runBlock(network, paths.flat(), signal);
    block = series.map(
      (_, row) => reducePaths(branches.slice(row * levels2.length, (row + 1) * levels2.length), levels2, predictionLength)
    );
  }
}
async function runBlock({ config, ort, session }, series, signal) {
  const { patchSize, numHeads, dFf, levels: levels2, predictionLength, transform } = config;
  const size = levels2.length * predictionLength;
  const out = new Array(series.length);
  const maxRows = (patches2) => {
    const length = patches2 + 1;
    return Math.floor(RUN_FLOATS2 / (length * Math.max(dFf, numHeads * length)));
  };
  const lengths = series.map((values) => values.length);
  for (const { rows, patches: patches2 } of patchBatches(lengths, patchSize, maxRows)) {
    signal?.throwIfAborted();
    const norms = rows.map((row) => locScale(series[row]));
    const normalised = rows.map((row, i) => series[row].map((value) => (value - norms[i].loc) / norms[i].scale));
    const { data, mask } = patchFeeds(normalised, { patches: patches2, patchSize });
    const { quantiles } = await session.run({
      patches: new ort.Tensor("float32", data, [rows.length, patches2, 2 * patchSize]),
      patch_mask: new ort.Tensor("float32", mask, [rows.length, patches2])
    });
    const values = quantiles.data;
    rows.forEach((row, i) => {
      const { loc, scale } = norms[i];
      const anchor = anchorOf(series[row], loc, transform.anchor);
      const restored = new Float64Array(size);
      for (let j = 0; j < size; j++) restored[j] = values[i * size + j] * scale + anchor;
      out[row] = restored;
    });
  }
  return out;
}
function append(series, next, limit) {
  const joined = new Float64Array(series.length + next.length);
  joined.set(series);
  joined.set(next, series.length);
  return joined.length > limit ? joined.slice(joined.length - limit) : joined;
}
function reducePaths(branches, levels2, steps) {
  const out = new Float64Array(levels2.length * steps);
  const values = new Float64Array(branches.length * levels2.length);
  for (let step = 0; step < steps; step++) {
    branches.forEach((branch, path) => {
      for (let level = 0; level < levels2.length; level++)
        values[path * levels2.length + level] = branch[level * steps + step];
    });
    values.sort();
    levels2.forEach((level, i) => {
      out[i * steps + step] = quantileSorted(values, level);
    });
  }
  return out;
}
var RUN_FLOATS2;
var init_bolt = __esm({
  "src/chronos/families/bolt.ts"() {
    "use strict";
    init_stats();
    init_model_queue();
    init_forecast_request();
    init_instance_norm();
    init_patches();
    init_quantile_forecast();
    init_series_transform();
    RUN_FLOATS2 = 2 ** 20;
  }
});

// src/chronos/graph/decoder-bias.ts
var decoder_bias_exports = {};
__export(decoder_bias_exports, {
  DECODER_BIAS: () => DECODER_BIAS
});
var DECODER_BIAS;
var init_decoder_bias = __esm({
  "src/chronos/graph/decoder-bias.ts"() {
    "use strict";
    DECODER_BIAS = "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight";
  }
});

// src/chronos/graph/t5-graph.ts
var t5_graph_exports = {};
__export(t5_graph_exports, {
  DECODER_BIAS: () => DECODER_BIAS,
  maxTokens: () => maxTokens,
  t5EncoderGraph: () => t5EncoderGraph,
  t5StepGraph: () => t5StepGraph
});
function maxTokens(config) {
  return config.contextLength + (config.appendEos ? 1 : 0);
}
function t5EncoderGraph(config, weights, placement) {
  const { numHeads, dKv, numDecoderLayers } = config;
  const graph = new OnnxGraph();
  const layers = new TransformerLayers(graph, weights, config, placement);
  const ids = graph.input("ids", ELEMENT.int32, ["batch", "tokens"]);
  const mask = graph.input("mask", ELEMENT.float, ["batch", "tokens"]);
  const encoded = t5Encoder(layers, config, embed(layers, config, ids), layers.maskBias(mask), maxTokens(config));
  for (let block = 0; block < numDecoderLayers; block++) {
    const attention = `decoder.block.${block}.layer.1.EncDecAttention`;
    const heads = (which, perm) => {
      const split2 = graph.node("Reshape", [
        layers.project(encoded, attention, which),
        graph.ints([0, -1, numHeads, dKv])
      ]);
      return graph.node("Transpose", [split2], { perm });
    };
    const dims = ["batch", numHeads];
    graph.output(`cross_key_${block}`, heads("k", [0, 2, 3, 1]), ELEMENT.float, [...dims, dKv, "tokens"]);
    graph.output(`cross_value_${block}`, heads("v", [0, 2, 1, 3]), ELEMENT.float, [...dims, "tokens", dKv]);
  }
  return graph.toBytes();
}
function t5StepGraph(config, weights, placement) {
  const { numHeads, dKv, dModel, numDecoderLayers } = config;
  const inner = numHeads * dKv;
  const graph = new OnnxGraph();
  const layers = new TransformerLayers(graph, weights, config, placement);
  const ids = graph.input("ids", ELEMENT.int32, ["batch", "samples"]);
  const mask = graph.input("mask", ELEMENT.float, ["batch", "tokens"]);
  const selfBias2 = graph.input("self_bias", ELEMENT.float, [1, numHeads, 1, "steps"]);
  const maskBias = graph.node("Unsqueeze", [layers.maskBias(mask), graph.ints([1, 2])]);
  const joined = graph.node("Concat", [graph.node("Shape", [ids]), graph.ints([inner])], { axis: 0 });
  let x = embed(layers, config, ids);
  for (let block = 0; block < numDecoderLayers; block++) {
    const name = `decoder.block.${block}.layer`;
    const self = `${name}.0.SelfAttention`;
    const normed = layers.norm(x, `${name}.0.layer_norm`);
    const rows = (which) => graph.node("Reshape", [layers.project(normed, self, which), graph.ints([-1, numHeads, 1, dKv])]);
    const grown = (which, newest) => {
      const past = graph.input(`past_${which}_${block}`, ELEMENT.float, ["rows", numHeads, "past", dKv]);
      const all = graph.node("Concat", [past, newest], { axis: 2 });
      graph.output(`${which}_${block}`, all, ELEMENT.float, ["rows", numHeads, "steps", dKv]);
      return all;
    };
    const keys = grown("key", rows("k"));
    const values = grown("value", rows("v"));
    const scores = layers.add(layers.timesTransposed(rows("q"), keys), selfBias2);
    const mixed = graph.node("MatMul", [graph.node("Softmax", [scores], { axis: -1 }), values]);
    x = layers.add(x, layers.unproject(graph.node("Reshape", [mixed, joined]), self));
    x = layers.add(x, crossAttention(layers, config, x, maskBias, block));
    x = layers.add(x, layers.feedForward(layers.norm(x, `${name}.2.layer_norm`), `${name}.2.DenseReluDense`));
  }
  const y = layers.norm(x, "decoder.final_layer_norm");
  const head = config.tied ? layers.timesTransposed(graph.node("Mul", [y, graph.float(dModel ** -0.5)]), embedding(layers, config)) : layers.linear(y, "lm_head", dModel, config.vocabSize, { exact: true });
  graph.output("logits", head, ELEMENT.float, ["batch", "samples", config.vocabSize]);
  return graph.toBytes();
}
function crossAttention(layers, { numHeads, dKv }, x, maskBias, block) {
  const { graph } = layers;
  const name = `decoder.block.${block}.layer.1`;
  const q = layers.project(layers.norm(x, `${name}.layer_norm`), `${name}.EncDecAttention`, "q");
  const queries = graph.node("Transpose", [graph.node("Reshape", [q, graph.ints([0, 0, numHeads, dKv])])], {
    perm: [0, 2, 1, 3]
  });
  const keys = graph.input(`cross_key_${block}`, ELEMENT.float, ["batch", numHeads, dKv, "tokens"]);
  const values = graph.input(`cross_value_${block}`, ELEMENT.float, ["batch", numHeads, "tokens", dKv]);
  const scores = layers.add(graph.node("MatMul", [queries, keys]), maskBias);
  const mixed = graph.node("MatMul", [graph.node("Softmax", [scores], { axis: -1 }), values]);
  const rows = graph.node("Transpose", [mixed], { perm: [0, 2, 1, 3] });
  const joined = graph.node("Reshape", [rows, graph.ints([0, 0, numHeads * dKv])]);
  return layers.unproject(joined, `${name}.EncDecAttention`);
}
function embedding(layers, { vocabSize, dModel }) {
  return layers.weight("shared.weight", [vocabSize, dModel]);
}
function embed(layers, config, ids) {
  return layers.graph.node("Gather", [embedding(layers, config), ids], { axis: 0 });
}
var init_t5_graph = __esm({
  "src/chronos/graph/t5-graph.ts"() {
    "use strict";
    init_bolt_graph();
    init_onnx_graph();
    init_transformer_layers();
    init_decoder_bias();
  }
});

// src/chronos/families/t5-sampling.ts
function drawToken(logits, rule, uniform) {
  const { temperature, topK, topP, forbidden } = rule;
  const allowed = topK > 0 && topK < logits.length - 1 ? kthLargest(logits, topK, forbidden) : -Infinity;
  const kept = [];
  let largest = -Infinity;
  for (let id = 0; id < logits.length; id++) {
    if (id === forbidden || !(logits[id] >= allowed)) continue;
    kept.push(id);
    if (logits[id] > largest) largest = logits[id];
  }
  if (kept.length === 0) throw noForecast();
  let weights = kept.map((id) => portableExp((logits[id] - largest) / temperature));
  if (topP < 1) weights = nucleus(weights, topP);
  let left = uniform * weights.reduce((sum, weight) => sum + weight, 0);
  let drawn = kept[0];
  for (let i = 0; i < kept.length; i++) {
    if (weights[i] === 0) continue;
    drawn = kept[i];
    left -= weights[i];
    if (left < 0) break;
  }
  return drawn;
}
function kthLargest(logits, k, forbidden) {
  const heap = new Float32Array(k).fill(-Infinity);
  for (let id = 0; id < logits.length; id++) {
    const value = logits[id];
    if (!(value > heap[0]) || id === forbidden) continue;
    let place = 0;
    for (; ; ) {
      let child = 2 * place + 1;
      if (child >= k) break;
      if (child + 1 < k && heap[child + 1] < heap[child]) child++;
      if (heap[child] >= value) break;
      heap[place] = heap[child];
      place = child;
    }
    heap[place] = value;
  }
  return heap[0];
}
function nucleus(weights, topP) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const order = weights.map((_, i) => i).sort((a, b) => weights[b] - weights[a]);
  const kept = new Array(weights.length).fill(0);
  let before = 0;
  for (const i of order) {
    if (before >= topP * total) break;
    kept[i] = weights[i];
    before += weights[i];
  }
  return kept;
}
var init_t5_sampling = __esm({
  "src/chronos/families/t5-sampling.ts"() {
    "use strict";
    init_portable_math();
    init_quantile_forecast();
  }
});

// src/chronos/families/t5-tokenizer.ts
function meanScaleUniformBins(config) {
  const { tokens, specialTokens, padToken, eosToken, appendEos } = config;
  const centers = linspace(config.lowLimit, config.highLimit, tokens - specialTokens - 1);
  const edges = Float32Array.from({ length: centers.length + 1 }, (_, i) => {
    if (i === 0) return -1e20;
    return i === centers.length ? 1e20 : f322(f322(centers[i] + centers[i - 1]) / 2);
  });
  return {
    encode(series) {
      const length = series.length + (appendEos ? 1 : 0);
      const ids = new Int32Array(length).fill(padToken);
      const mask = new Float32Array(length);
      const scale = meanAbsolute(series);
      series.forEach((value, i) => {
        if (Number.isNaN(value)) return;
        ids[i] = Math.min(edgesUpTo(edges, f322(value / scale)) + specialTokens, tokens - 1);
        mask[i] = 1;
      });
      if (appendEos) {
        ids[series.length] = eosToken;
        mask[series.length] = 1;
      }
      return { ids, mask, scale };
    },
    decode(id, scale) {
      const bin = Math.min(Math.max(id - specialTokens - 1, 0), centers.length - 1);
      return centers[bin] * scale;
    }
  };
}
function meanAbsolute(series) {
  let sum = 0;
  let observed = 0;
  for (const value of series) {
    if (Number.isNaN(value)) continue;
    sum += Math.abs(value);
    observed++;
  }
  const mean = sum / observed;
  if (!(mean > 0)) return 1;
  const rounded = f322(mean);
  return rounded > 0 && rounded < Infinity ? rounded : mean;
}
function linspace(low, high, count2) {
  const step = f322((high - low) / (count2 - 1));
  return Float32Array.from(
    { length: count2 },
    (_, i) => i < count2 >> 1 ? f322(low + f322(step * i)) : f322(high - f322(step * (count2 - i - 1)))
  );
}
function edgesUpTo(edges, value) {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = low + high >> 1;
    if (edges[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
var f322;
var init_t5_tokenizer = __esm({
  "src/chronos/families/t5-tokenizer.ts"() {
    "use strict";
    f322 = Math.fround;
  }
});

// src/chronos/families/t5.ts
var t5_exports = {};
__export(t5_exports, {
  generate: () => generate,
  t5Model: () => t5Model
});
function t5Model(network) {
  const { config, encoder: encoder2, step } = network;
  const queue = new ModelQueue();
  const tokenizer = meanScaleUniformBins(config);
  return {
    family: config.family,
    levels: LEVELS,
    contextLength: config.contextLength,
    predictionLength: config.predictionLength,
    async forecast(contexts, options) {
      const request = checkRequest(options, LEVELS, contexts.length);
      const series = contexts.map((context, i) => toSeries(context, config.contextLength, "raw", `contexts[${i}]`));
      return queue.run(async () => {
        const forecasts = [];
        for (const [i, one] of series.entries()) {
          const random = createRandom(request.seeds[i]);
          forecasts.push(sampleForecast(await samplePaths2(network, tokenizer, one, random, request), request));
        }
        return forecasts;
      }, request.signal);
    },
    dispose: () => queue.dispose(async () => {
      await encoder2.release();
      await step.release();
    })
  };
}
async function samplePaths2(network, tokenizer, series, random, { horizon, numSamples, signal }) {
  const { contextLength, predictionLength } = network.config;
  const samples = new Float64Array(numSamples * horizon);
  let context = series;
  for (let done = 0; done < horizon; done += predictionLength) {
    const steps = Math.min(predictionLength, horizon - done);
    const tokens = tokenizer.encode(context);
    const drawn = await generate(network, tokens, numSamples, steps, draws(network.config, random), signal);
    const medians = new Float64Array(steps);
    for (let step = 0; step < steps; step++) {
      const column = new Float64Array(numSamples);
      for (let path = 0; path < numSamples; path++) {
        const value = tokenizer.decode(drawn[path * steps + step], tokens.scale);
        samples[path * horizon + done + step] = value;
        column[path] = value;
      }
      medians[step] = column.sort()[numSamples - 1 >> 1];
    }
    context = Float64Array.of(...context, ...medians).slice(-contextLength);
  }
  return samples;
}
function draws(config, random) {
  const rule = { ...config, forbidden: config.eosToken };
  return (logits) => {
    const paths = logits.length / config.vocabSize;
    return Int32Array.from(
      { length: paths },
      (_, path) => drawToken(logits.subarray(path * config.vocabSize, (path + 1) * config.vocabSize), rule, random.uniform())
    );
  };
}
async function generate(network, { ids, mask }, paths, steps, choose, signal) {
  const { config, ort, encoder: encoder2, step: decoder } = network;
  const { numDecoderLayers, numHeads, dKv } = config;
  signal?.throwIfAborted();
  const maskTensor = new ort.Tensor("float32", mask, [1, mask.length]);
  const cross = await encoder2.run({ ids: new ort.Tensor("int32", ids, [1, ids.length]), mask: maskTensor });
  let past = {};
  for (let block = 0; block < numDecoderLayers; block++)
    for (const which of ["key", "value"])
      past[`past_${which}_${block}`] = new ort.Tensor("float32", new Float32Array(0), [paths, numHeads, 0, dKv]);
  let newest = new Int32Array(paths).fill(config.decoderStartToken);
  const out = new Int32Array(paths * steps);
  for (let step = 0; step < steps; step++) {
    signal?.throwIfAborted();
    const results = await decoder.run({
      ...cross,
      ...past,
      ids: new ort.Tensor("int32", newest, [1, paths]),
      mask: maskTensor,
      self_bias: new ort.Tensor("float32", selfBias(network, step), [1, numHeads, 1, step + 1])
    });
    newest = choose(results["logits"].data, step);
    newest.forEach((id, path) => {
      out[path * steps + step] = id;
    });
    past = Object.fromEntries(
      Object.entries(results).filter(([name]) => name !== "logits").map(([name, tensor]) => [`past_${name}`, tensor])
    );
  }
  return out;
}
function selfBias({ config, decoderBias }, step) {
  const { numHeads, relativeBuckets: buckets, relativeMaxDistance: maxDistance } = config;
  const bias = new Float32Array(numHeads * (step + 1));
  for (let key = 0; key <= step; key++) {
    const bucket = relativeBucket(key - step, { buckets, maxDistance, bidirectional: false });
    for (let head = 0; head < numHeads; head++) bias[head * (step + 1) + key] = decoderBias[bucket * numHeads + head];
  }
  return bias;
}
function sampleForecast(samples, { horizon, levels: levels2, numSamples }) {
  const columns = Array.from(
    { length: horizon },
    (_, step) => Float64Array.from({ length: numSamples }, (_2, path) => samples[path * horizon + step]).sort()
  );
  const read = (...wanted) => Float64Array.from(columns.flatMap((column) => wanted.map((level) => quantileSorted(column, level))));
  return {
    median: read(0.5),
    q10: read(0.1),
    q90: read(0.9),
    levels: [...levels2],
    quantiles: read(...levels2),
    samples
  };
}
var LEVELS;
var init_t5 = __esm({
  "src/chronos/families/t5.ts"() {
    "use strict";
    init_stats();
    init_relative_bias();
    init_model_queue();
    init_forecast_request();
    init_series_transform();
    init_t5_sampling();
    init_t5_tokenizer();
    LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
  }
});

// src/chronos/graph/rotary-tables.ts
function rotaryTables({
  dKv,
  ropeTheta,
  contextLength,
  patchSize,
  maxOutputPatches
}) {
  const half = dKv / 2;
  const positions = Math.ceil(contextLength / patchSize) + 1 + maxOutputPatches;
  const cosines = new Float32Array(positions * half);
  const sines = new Float32Array(positions * half);
  for (let i = 0; i < half; i++) {
    const frequency = f323(1 / f323(ropeTheta ** f323(2 * i / dKv)));
    for (let position = 0; position < positions; position++) {
      const angle = f323(position * frequency);
      cosines[position * half + i] = Math.cos(angle);
      sines[position * half + i] = Math.sin(angle);
    }
  }
  return { positions, cosines, sines };
}
var f323;
var init_rotary_tables = __esm({
  "src/chronos/graph/rotary-tables.ts"() {
    "use strict";
    f323 = Math.fround;
  }
});

// src/chronos/graph/chronos2-graph.ts
var chronos2_graph_exports = {};
__export(chronos2_graph_exports, {
  chronos2Graph: () => chronos2Graph
});
function chronos2Graph(config, grouping, weights, placement) {
  const { dModel, patchSize, levels: levels2, regToken } = config;
  const graph = new OnnxGraph();
  const layers = new TransformerLayers(graph, weights, config, placement);
  const width = 3 * patchSize;
  const context = graph.input("context", ELEMENT.float, ["batch", "patches", width]);
  const future = graph.input("future", ELEMENT.float, ["batch", "outputs", width]);
  const mask = graph.input("mask", ELEMENT.float, ["batch", "tokens"]);
  const batch = graph.node("Shape", [context], { start: 0, end: 1 });
  const patches2 = graph.node("Shape", [context], { start: 1, end: 2 });
  const outputs = graph.node("Shape", [future], { start: 1, end: 2 });
  const embedded = layers.residualBlock(
    graph.node("Concat", [context, future], { axis: 1 }),
    "input_patch_embedding",
    width,
    dModel
  );
  let x = embedded;
  if (regToken !== void 0) {
    const sizes2 = graph.node("Concat", [patches2, outputs], { axis: 0 });
    const [past, ahead2] = graph.nodes("Split", [embedded, sizes2], { axis: 1 }, 2);
    const token = layers.values("shared.weight", [2, dModel]).slice(regToken * dModel, (regToken + 1) * dModel);
    const shape = graph.node("Concat", [batch, graph.ints([1, dModel])], { axis: 0 });
    const register = graph.node("Expand", [graph.floats(token, [1, 1, dModel]), shape]);
    x = graph.node("Concat", [past, register, ahead2], { axis: 1 });
  }
  const length = graph.node("Shape", [x], { start: 1, end: 2 });
  const rotate = rotaryEmbedding(graph, config);
  const timeBias = fullBias(layers, mask, batch, length);
  const groupBias = grouping === "grouped" ? groupMaskBias(layers, mask) : void 0;
  for (let block = 0; block < config.numLayers; block++) {
    const name = `encoder.block.${block}.layer`;
    const time = `${name}.0.self_attention`;
    const normed2 = layers.norm(x, `${name}.0.layer_norm`);
    const [q, k, v] = ["q", "k", "v"].map((which) => layers.project(normed2, time, which));
    x = layers.add(x, layers.unproject(layers.attend(rotate(q), rotate(k), v, timeBias), time));
    x = layers.add(
      x,
      groupAttention(layers, layers.norm(x, `${name}.1.layer_norm`), `${name}.1.self_attention`, groupBias)
    );
    x = layers.add(x, layers.feedForward(layers.norm(x, `${name}.2.layer_norm`), `${name}.2.mlp`));
  }
  const ahead = graph.node("Slice", [x, graph.node("Sub", [length, outputs]), length, graph.ints([1])]);
  const normed = layers.norm(ahead, "encoder.final_layer_norm");
  const out = layers.residualBlock(normed, "output_patch_embedding", dModel, levels2.length * patchSize);
  const split2 = graph.node("Reshape", [out, graph.ints([0, 0, levels2.length, patchSize])]);
  const byLevel = graph.node("Transpose", [split2], { perm: [0, 2, 1, 3] });
  const joined = graph.node("Reshape", [byLevel, graph.ints([0, levels2.length, -1])]);
  graph.output("quantiles", joined, ELEMENT.float, ["batch", levels2.length, "steps"]);
  return graph.toBytes();
}
function groupAttention(layers, x, name, bias) {
  if (bias === void 0) return layers.unproject(layers.project(x, name, "v"), name);
  const { graph } = layers;
  const swapped = graph.node("Transpose", [x], { perm: [1, 0, 2] });
  const [q, k, v] = ["q", "k", "v"].map((which) => layers.project(swapped, name, which));
  const out = layers.unproject(layers.attend(q, k, v, bias), name);
  return graph.node("Transpose", [out], { perm: [1, 0, 2] });
}
function fullBias(layers, mask, batch, length) {
  const { graph } = layers;
  const keys = graph.node("Unsqueeze", [layers.maskBias(mask), graph.ints([1, 2])]);
  return graph.node("Expand", [keys, graph.node("Concat", [batch, graph.ints([1]), length, length], { axis: 0 })]);
}
function groupMaskBias(layers, mask) {
  const { graph } = layers;
  const groups = graph.input("groups", ELEMENT.int32, ["batch"]);
  const [rows, columns] = [graph.ints([1]), graph.ints([0])].map((axis) => graph.node("Unsqueeze", [groups, axis]));
  const same = graph.node("Cast", [graph.node("Equal", [rows, columns])], { to: ELEMENT.float });
  const observed = graph.node("Unsqueeze", [graph.node("Transpose", [mask], { perm: [1, 0] }), graph.ints([1, 2])]);
  const seen = graph.node("Mul", [observed, graph.node("Unsqueeze", [same, graph.ints([0, 1])])]);
  return graph.node("Mul", [graph.node("Sub", [graph.float(1), seen]), graph.float(MASKED)]);
}
function rotaryEmbedding(graph, config) {
  const { numHeads, dKv } = config;
  const { positions, cosines, sines } = rotaryTables(config);
  const half = dKv / 2;
  const tables = [graph.floats(cosines, [positions, half]), graph.floats(sines, [positions, half])];
  const first = graph.ints([0]);
  return (x) => graph.microsoft("RotaryEmbedding", [x, first, ...tables], { interleaved: 0, num_heads: numHeads });
}
var init_chronos2_graph = __esm({
  "src/chronos/graph/chronos2-graph.ts"() {
    "use strict";
    init_masked();
    init_onnx_graph();
    init_rotary_tables();
    init_transformer_layers();
  }
});

// src/chronos/open-onnx-model.ts
var open_onnx_model_exports = {};
__export(open_onnx_model_exports, {
  openOnnxModel: () => openOnnxModel
});
async function openOnnxModel(config, weights, runtime, settings) {
  const open = (write) => openSession(runtime, weights, write, settings);
  const { ort } = runtime;
  if (config.family === "chronos-bolt") {
    const { boltGraph: boltGraph2 } = await Promise.resolve().then(() => (init_bolt_graph(), bolt_graph_exports));
    const { boltModel: boltModel2 } = await Promise.resolve().then(() => (init_bolt(), bolt_exports));
    return boltModel2(config, ort, await open((placement) => boltGraph2(config, weights, placement)));
  }
  if (config.family === "chronos-t5") {
    const { DECODER_BIAS: DECODER_BIAS2, t5EncoderGraph: t5EncoderGraph2, t5StepGraph: t5StepGraph2 } = await Promise.resolve().then(() => (init_t5_graph(), t5_graph_exports));
    const { t5Model: t5Model2 } = await Promise.resolve().then(() => (init_t5(), t5_exports));
    const encoder2 = await open((placement) => t5EncoderGraph2(config, weights, placement));
    const step = await open((placement) => t5StepGraph2(config, weights, placement)).catch(async (error) => {
      await encoder2.release();
      throw error;
    });
    return t5Model2({ config, ort, encoder: encoder2, step, decoderBias: weights.floats(DECODER_BIAS2) });
  }
  const { chronos2Graph: chronos2Graph2 } = await Promise.resolve().then(() => (init_chronos2_graph(), chronos2_graph_exports));
  const { chronos2Model: chronos2Model2 } = await Promise.resolve().then(() => (init_chronos2(), chronos2_exports));
  const sessions = /* @__PURE__ */ new Map();
  const session = (grouping) => {
    const known = sessions.get(grouping);
    if (known !== void 0) return known;
    const opened = open((placement) => chronos2Graph2(config, grouping, weights, placement));
    sessions.set(grouping, opened);
    return opened;
  };
  await session("alone");
  return chronos2Model2({ config, ort, session }, async () => {
    weights.source.close();
    for (const opened of sessions.values()) await (await opened).release();
  });
}
var init_open_onnx_model = __esm({
  "src/chronos/open-onnx-model.ts"() {
    "use strict";
    init_open_session();
  }
});

// src/chronos/runtime/builtin/builtin-session.ts
function builtinSession(run) {
  let network = run;
  return {
    async run(feeds) {
      if (network === void 0) throw new ForecastError("MODEL_DISPOSED", "chronos: the session has been released");
      return network(feeds);
    },
    async release() {
      network = void 0;
    }
  };
}
var PlainTensor, BUILTIN;
var init_builtin_session = __esm({
  "src/chronos/runtime/builtin/builtin-session.ts"() {
    "use strict";
    init_errors();
    PlainTensor = class {
      data;
      dims;
      constructor(_type, data, dims) {
        this.data = data;
        this.dims = dims;
      }
    };
    BUILTIN = {
      InferenceSession: {
        create: () => Promise.reject(new ForecastError("RUNTIME_MISSING", "chronos: the built-in runtime reads no ONNX graphs"))
      },
      Tensor: PlainTensor
    };
  }
});

// src/chronos/runtime/builtin/kernels.ts
var RELU, ADD, ACTIVATIONS;
var init_kernels = __esm({
  "src/chronos/runtime/builtin/kernels.ts"() {
    "use strict";
    RELU = 1;
    ADD = 2;
    ACTIVATIONS = ["relu", "gelu", "gelu_new", "silu"];
  }
});

// src/chronos/runtime/builtin/heap-layers.ts
var CHUNK_BYTES, HeapLayers;
var init_heap_layers = __esm({
  "src/chronos/runtime/builtin/heap-layers.ts"() {
    "use strict";
    init_tensor_shape();
    init_kernels();
    CHUNK_BYTES = 2 ** 20;
    HeapLayers = class {
      heap;
      weights;
      config;
      constructor(heap, weights, config) {
        this.heap = heap;
        this.weights = weights;
        this.config = config;
      }
      /**
       * Returns the address of a tensor's values, widened to float32, as the file has them.
       *
       * @throws ForecastError INVALID_CHECKPOINT unless it exists with that shape, OUT_OF_MEMORY
       */
      tensor(name, shape) {
        checkShape(this.weights, name, shape);
        const { heap } = this;
        const { source, tensors } = this.weights;
        const { dtype, offset, byteLength } = tensors.get(name);
        const at = heap.alloc(dtype === "F32" ? byteLength : 2 * byteLength);
        const mark = heap.top;
        const raw = dtype === "F32" ? at : heap.alloc(Math.min(byteLength, CHUNK_BYTES));
        for (let done = 0; done < byteLength; done += CHUNK_BYTES) {
          const length = Math.min(byteLength - done, CHUNK_BYTES);
          const target = heap.bytes(dtype === "F32" ? at + done : raw, length);
          target.set(source.read(offset + done, length));
          if (dtype === "F16") heap.kernels.widenHalf(raw, at + 2 * done, length / 2);
          if (dtype === "BF16") heap.kernels.widenBrain(raw, at + 2 * done, length / 2);
        }
        heap.freeTo(mark);
        return at;
      }
      /** Returns the address of a weight `[outputs, inputs]` as `linear` of the kernels reads it. */
      matrix(name, outputs, inputs) {
        const { heap } = this;
        const at = this.tensor(name, [outputs, inputs]);
        const mark = heap.top;
        heap.kernels.interleave(at, outputs, inputs, heap.alloc(16 * inputs));
        heap.freeTo(mark);
        return at;
      }
      /** Copies row `row` of a matrix of that width, as `matrix` returned it, to `to`. */
      matrixRow(matrix, rows, width, row, to) {
        const { heap } = this;
        if (width % 4 !== 0 || row >= rows - rows % 4) {
          heap.copy(matrix + 4 * row * width, to, 4 * width);
          return;
        }
        const block = heap.floats(matrix + 16 * width * (row >> 2), 4 * width);
        const out = heap.floats(to, width);
        for (let k = 0, from = 4 * (row & 3); k < width; k += 4, from += 16)
          for (let lane = 0; lane < 4; lane++) out[k + lane] = block[from + lane];
      }
      /** y = x wᵀ (+ bias), then as the mode says. */
      linear(name, inputs, outputs, { bias = false, mode = 0 } = {}) {
        const weight = this.matrix(`${name}.weight`, outputs, inputs);
        const biasAt = bias ? this.tensor(`${name}.bias`, [outputs]) : 0;
        const { kernels } = this.heap;
        return (x, y, rows) => kernels.linear(x, 4 * inputs, weight, y, 4 * outputs, rows, outputs, inputs, biasAt, mode);
      }
      /** T5's layer norm; y may be x. */
      norm(name) {
        const { dModel, layerNormEpsilon } = this.config;
        const weight = this.tensor(`${name}.weight`, [dModel]);
        const { kernels } = this.heap;
        return (x, y, rows) => kernels.norm(x, weight, y, rows, dModel, layerNormEpsilon);
      }
      /** The projections of an attention layer to heads × dKv values and back. */
      projections(name) {
        const { dModel, numHeads, dKv } = this.config;
        const inner = numHeads * dKv;
        const [q, k, v] = ["q", "k", "v"].map((which) => this.linear(`${name}.${which}`, dModel, inner));
        return { q, k, v, o: this.linear(`${name}.o`, inner, dModel, { mode: ADD }) };
      }
      /** Bytes that a deep layer needs for `rows` rows in between. */
      hiddenBytes(rows) {
        return (this.config.gated ? 2 : 1) * this.#activationBytes(rows);
      }
      /** The feed-forward layer, gated or not; adds to what is in y. */
      feedForward(name) {
        const { dModel, dFf, activation, gated } = this.config;
        const { kernels } = this.heap;
        const back = this.linear(`${name}.wo`, dFf, dModel, { mode: ADD });
        if (!gated && activation === "relu") {
          const hidden2 = this.linear(`${name}.wi`, dModel, dFf, { mode: RELU });
          return (x, between, y, rows) => {
            hidden2(x, between, rows);
            back(between, y, rows);
          };
        }
        const kind = ACTIVATIONS.indexOf(activation);
        const hidden = this.linear(gated ? `${name}.wi_0` : `${name}.wi`, dModel, dFf);
        const gate = gated ? this.linear(`${name}.wi_1`, dModel, dFf) : void 0;
        return (x, between, y, rows) => {
          hidden(x, between, rows);
          const gateAt = gate ? between + this.#activationBytes(rows) : 0;
          gate?.(x, gateAt, rows);
          kernels.activate(between, gateAt, rows * dFf, kind);
          back(between, y, rows);
        };
      }
      /** y = output(activation(hidden(x))) + residual(x). */
      residualBlock(name, inputs, outputs) {
        const { dFf, activation } = this.config;
        const { kernels } = this.heap;
        const relu = activation === "relu";
        const kind = ACTIVATIONS.indexOf(activation);
        const hidden = this.linear(`${name}.hidden_layer`, inputs, dFf, { bias: true, mode: relu ? RELU : 0 });
        const residual = this.linear(`${name}.residual_layer`, inputs, outputs, { bias: true });
        const output = this.linear(`${name}.output_layer`, dFf, outputs, { bias: true, mode: ADD });
        return (x, between, y, rows) => {
          hidden(x, between, rows);
          if (!relu) kernels.activate(between, 0, rows * dFf, kind);
          residual(x, y, rows);
          output(between, y, rows);
        };
      }
      #activationBytes(rows) {
        return 64 * Math.ceil(rows * this.config.dFf / 16);
      }
    };
  }
});

// src/chronos/runtime/builtin/in-fours.ts
function inFours(count2) {
  return 4 * Math.ceil(count2 / 4);
}
var init_in_fours = __esm({
  "src/chronos/runtime/builtin/in-fours.ts"() {
    "use strict";
  }
});

// src/chronos/runtime/builtin/t5-encoder.ts
function t5Encoder2(layers, config, positions) {
  const { heap } = layers;
  const { dModel, dKv, numHeads, numLayers, relativeBuckets: buckets, relativeMaxDistance: maxDistance } = config;
  const inner = numHeads * dKv;
  const weights = layers.tensor("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", [
    buckets,
    numHeads
  ]);
  const rule = { buckets, maxDistance, bidirectional: true };
  const table = biasTable(heap.floats(weights, buckets * numHeads), numHeads, positions, rule);
  const blocks = Array.from({ length: numLayers }, (_, block) => {
    const name = `encoder.block.${block}.layer`;
    return {
      attentionNorm: layers.norm(`${name}.0.layer_norm`),
      attention: layers.projections(`${name}.0.SelfAttention`),
      norm: layers.norm(`${name}.1.layer_norm`),
      feedForward: layers.feedForward(`${name}.1.DenseReluDense`)
    };
  });
  const finalNorm = layers.norm("encoder.final_layer_norm");
  const writeBias = (at, length) => {
    const width = inFours(length);
    const bias = heap.floats(at, numHeads * length * width).fill(0);
    for (let head = 0; head < numHeads; head++)
      for (let query = 0; query < length; query++)
        for (let key = 0; key < length; key++)
          bias[(head * length + query) * width + key] = table[(key - query + positions - 1) * numHeads + head];
  };
  return {
    place(batch, length) {
      const floats = (count2) => heap.alloc(4 * count2);
      const tokens = batch * length;
      const places = {
        batch,
        length,
        x: floats(tokens * dModel),
        mask: floats(batch * inFours(length)),
        encoded: floats(tokens * dModel),
        hidden: heap.alloc(layers.hiddenBytes(tokens)),
        scores: floats(Math.max(numHeads, length) * inFours(length)),
        bias: floats(numHeads * length * inFours(length)),
        q: floats(tokens * inner),
        k: floats(tokens * inner),
        v: floats(tokens * inner),
        mixed: floats(tokens * inner)
      };
      writeBias(places.bias, length);
      return places;
    },
    async run({ length, x, mask, encoded, hidden, scores, bias, q, k, v, mixed }, batch, pause) {
      const tokens = batch * length;
      const ld = 4 * inner;
      const stepMask = 4 * inFours(length);
      for (const { attentionNorm, attention, norm, feedForward: feedForward2 } of blocks) {
        attentionNorm(x, encoded, tokens);
        attention.q(encoded, q, tokens);
        attention.k(encoded, k, tokens);
        attention.v(encoded, v, tokens);
        const step = length * ld;
        const shape = [batch, numHeads, length, length, dKv];
        heap.kernels.attend(q, k, v, mixed, ld, step, ld, step, bias, mask, stepMask, scores, ...shape);
        attention.o(mixed, x, tokens);
        norm(x, encoded, tokens);
        feedForward2(encoded, hidden, x, tokens);
        const others = pause();
        if (others !== void 0) await others;
      }
      finalNorm(x, encoded, tokens);
    }
  };
}
var init_t5_encoder = __esm({
  "src/chronos/runtime/builtin/t5-encoder.ts"() {
    "use strict";
    init_relative_bias();
    init_in_fours();
  }
});

// src/chronos/runtime/builtin/bolt-network.ts
function boltNetwork(heap, shape, weights, pause) {
  const { dModel, dFf, dKv, numHeads, regToken, patchWidth, maxPatches, outputs } = shape;
  const inner = numHeads * dKv;
  const layers = new HeapLayers(heap, weights, shape);
  const { kernels } = heap;
  const shared = layers.tensor("shared.weight", [regToken === void 0 ? 1 : 2, dModel]);
  const embed2 = layers.residualBlock("input_patch_embedding", patchWidth, dModel);
  const encoder2 = t5Encoder2(layers, shape, maxPatches + 1);
  const decoder = Array.from({ length: shape.numDecoderLayers }, (_, block) => decoderBlock(layers, block));
  const finalNorm = layers.norm("decoder.final_layer_norm");
  const head = layers.residualBlock("output_patch_embedding", dModel, outputs);
  const start = shared + 4 * shape.decoderStartToken * dModel;
  const first = startOfDecoder(layers, start, decoder[0]);
  const base = heap.top;
  let places;
  function place(batch, patches2) {
    heap.freeTo(base);
    const floats = (count2) => heap.alloc(4 * count2);
    const encoding = encoder2.place(batch, patches2 + (regToken === void 0 ? 0 : 1));
    return {
      patches: patches2,
      encoding,
      feed: floats(batch * patches2 * patchWidth),
      embedded: floats(batch * patches2 * dModel),
      sum: floats(batch * dModel),
      normed: floats(batch * dModel),
      query: floats(batch * inner),
      probes: floats(batch * numHeads * dModel),
      joined: floats(batch * inner),
      out: floats(batch * outputs)
    };
  }
  return async (data, observed, batch, patches2) => {
    const length = patches2 + (regToken === void 0 ? 0 : 1);
    const width = inFours(length);
    const most = Math.max(1, Math.floor(SLICE_FLOATS / (length * Math.max(dFf, inner))));
    const slice = Math.ceil(batch / Math.ceil(batch / most));
    if (places === void 0 || places.encoding.batch < slice || places.patches !== patches2) {
      places = void 0;
      places = place(slice, patches2);
    }
    const { encoding, feed, embedded, sum, normed, query, probes, joined, out } = places;
    const { x, mask, encoded, hidden, scores } = encoding;
    const results = new Float32Array(batch * outputs);
    for (let from = 0; from < batch; from += slice) {
      const rows = Math.min(slice, batch - from);
      heap.floats(feed, rows * patches2 * patchWidth).set(data.subarray(from * patches2 * patchWidth, (from + rows) * patches2 * patchWidth));
      const masks = heap.floats(mask, rows * width).fill(0);
      for (let row = 0; row < rows; row++)
        for (let patch = 0; patch < patches2; patch++)
          if (observed[(from + row) * patches2 + patch] === 0) masks[row * width + patch] = MASKED;
      embed2(feed, hidden, embedded, rows * patches2);
      for (let row = 0; row < rows; row++) {
        heap.copy(embedded + 4 * row * patches2 * dModel, x + 4 * row * length * dModel, 4 * patches2 * dModel);
        if (regToken !== void 0)
          heap.copy(shared + 4 * regToken * dModel, x + 4 * (row * length + patches2) * dModel, 4 * dModel);
      }
      await encoder2.run(encoding, rows, pause);
      for (let row = 0; row < rows; row++) {
        heap.copy(first.sum, sum + 4 * row * dModel, 4 * dModel);
        heap.copy(first.probes, probes + 4 * row * numHeads * dModel, 4 * numHeads * dModel);
      }
      decoder.forEach((block, index) => {
        if (index > 0) {
          block.selfAttention(sum, normed, query, rows);
          block.probe(sum, normed, query, probes, rows);
        }
        for (let row = 0; row < rows; row++) {
          const tokens = encoded + 4 * row * length * dModel;
          const own = probes + 4 * row * numHeads * dModel;
          const ld = 4 * dModel;
          kernels.timesTransposed(own, ld, tokens, ld, scores, 4 * width, numHeads, length, dModel);
          kernels.softmax(scores, 4 * width, 0, 0, mask + 4 * row * width, numHeads, length);
          kernels.times(scores, 4 * width, tokens, ld, own, ld, numHeads, dModel, length);
        }
        block.readValues(probes, joined, sum, rows);
        block.norm(sum, normed, rows);
        block.feedForward(normed, hidden, sum, rows);
      });
      finalNorm(sum, normed, rows);
      head(normed, hidden, out, rows);
      results.set(heap.floats(out, rows * outputs), from * outputs);
      const others = pause();
      if (others !== void 0) await others;
    }
    return results;
  };
}
function decoderBlock(layers, block) {
  const { dModel, dKv, numHeads } = layers.config;
  const { kernels } = layers.heap;
  const inner = numHeads * dKv;
  const name = `decoder.block.${block}.layer`;
  const self = `${name}.0.SelfAttention`;
  const cross = `${name}.1.EncDecAttention`;
  const selfNorm = layers.norm(`${name}.0.layer_norm`);
  const [selfValue, selfOut] = valueAndOut(layers, self);
  const crossNorm = layers.norm(`${name}.1.layer_norm`);
  const crossQuery = layers.linear(`${cross}.q`, dModel, inner);
  const keys = layers.tensor(`${cross}.k.weight`, [inner, dModel]);
  const whole = dKv % 4 === 0;
  const values = whole ? layers.matrix(`${cross}.v.weight`, inner, dModel) : layers.tensor(`${cross}.v.weight`, [inner, dModel]);
  const crossOut = layers.linear(`${cross}.o`, inner, dModel, { mode: ADD });
  return {
    selfAttention(sum, normed, value, rows) {
      selfNorm(sum, normed, rows);
      selfValue(normed, value, rows);
      selfOut(value, sum, rows);
    },
    /** Writes probes `[rows, heads, dModel]`: each head's query times its keys' weights. */
    probe(sum, normed, query, probes, rows) {
      crossNorm(sum, normed, rows);
      crossQuery(normed, query, rows);
      for (let h = 0; h < numHeads; h++) {
        const [from, to] = [query + 4 * h * dKv, probes + 4 * h * dModel];
        const ownKeys = keys + 4 * h * dKv * dModel;
        kernels.times(from, 4 * inner, ownKeys, 4 * dModel, to, 4 * numHeads * dModel, rows, dModel, dKv);
      }
    },
    /** Adds to `sum` what the values of the tokens mixed `[rows, heads, dModel]` say. */
    readValues(mixed, joined, sum, rows) {
      const ld = 4 * numHeads * dModel;
      for (let h = 0; h < numHeads; h++) {
        const [from, to] = [mixed + 4 * h * dModel, joined + 4 * h * dKv];
        const own = values + 4 * h * dKv * dModel;
        if (whole) kernels.linear(from, ld, own, to, 4 * inner, rows, dKv, dModel, 0, 0);
        else kernels.timesTransposed(from, ld, own, 4 * dModel, to, 4 * inner, rows, dKv, dModel);
      }
      crossOut(joined, sum, rows);
    },
    norm: layers.norm(`${name}.2.layer_norm`),
    feedForward: layers.feedForward(`${name}.2.DenseReluDense`)
  };
}
function valueAndOut(layers, name) {
  const { dModel, dKv, numHeads } = layers.config;
  const inner = numHeads * dKv;
  const value = layers.linear(`${name}.v`, dModel, inner);
  return [value, layers.linear(`${name}.o`, inner, dModel, { mode: ADD })];
}
function startOfDecoder(layers, start, block) {
  const { dModel, dKv, numHeads } = layers.config;
  const { heap } = layers;
  const sum = heap.alloc(4 * dModel);
  const probes = heap.alloc(4 * numHeads * dModel);
  const mark = heap.top;
  const normed = heap.alloc(4 * dModel);
  const query = heap.alloc(4 * numHeads * dKv);
  heap.copy(start, sum, 4 * dModel);
  block.selfAttention(sum, normed, query, 1);
  block.probe(sum, normed, query, probes, 1);
  heap.freeTo(mark);
  return { sum, probes };
}
var SLICE_FLOATS;
var init_bolt_network = __esm({
  "src/chronos/runtime/builtin/bolt-network.ts"() {
    "use strict";
    init_masked();
    init_heap_layers();
    init_in_fours();
    init_kernels();
    init_t5_encoder();
    SLICE_FLOATS = 2 ** 17;
  }
});

// src/chronos/runtime/builtin/plain-kernels.ts
function plainKernels(buffer) {
  let seen;
  let floats = new Float32Array(0);
  const memory = () => {
    const now = buffer();
    if (now !== seen) {
      seen = now;
      floats = new Float32Array(now);
    }
    return floats;
  };
  const dot = (m, a, b, inner, stride) => {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    const whole = inner & ~3;
    let q = b;
    for (let k = 0; k < whole; k += 4, q += stride) {
      s0 = f324(s0 + f324(m[a + k] * m[q]));
      s1 = f324(s1 + f324(m[a + k + 1] * m[q + 1]));
      s2 = f324(s2 + f324(m[a + k + 2] * m[q + 2]));
      s3 = f324(s3 + f324(m[a + k + 3] * m[q + 3]));
    }
    const left = inner & 3;
    if (left > 0) s0 = f324(s0 + f324(m[a + whole] * m[q]));
    if (left > 1) s1 = f324(s1 + f324(m[a + whole + 1] * m[q + 1]));
    if (left > 2) s2 = f324(s2 + f324(m[a + whole + 2] * m[q + 2]));
    return f324(f324(s0 + s2) + f324(s1 + s3));
  };
  const timesTransposed = (a, lda, b, ldb, c, ldc, rows, columns, inner) => {
    const m = memory();
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        m[(c + i * ldc) / 4 + j] = dot(m, (a + i * lda) / 4, (b + j * ldb) / 4, inner, 4);
  };
  const times = (a, lda, b, ldb, c, ldc, rows, columns, inner) => {
    const m = memory();
    const row = new Float32Array(columns);
    for (let i = 0; i < rows; i++) {
      row.fill(0);
      for (let k = 0; k < inner; k++) {
        const factor = m[(a + i * lda) / 4 + k];
        const from = (b + k * ldb) / 4;
        for (let j = 0; j < columns; j++) row[j] = row[j] + f324(factor * m[from + j]);
      }
      m.set(row, (c + i * ldc) / 4);
    }
  };
  const softmax = (s, lds, bias, ldBias, mask, rows, count2) => {
    const m = memory();
    for (let i = 0; i < rows; i++) {
      const at = (s + i * lds) / 4;
      const biasAt = (bias + i * ldBias) / 4;
      let top = -Infinity;
      for (let j = 0; j < count2; j++) {
        const masked = mask === 0 ? 0 : m[mask / 4 + j];
        if (bias !== 0) m[at + j] = m[at + j] + f324(m[biasAt + j] + masked);
        else if (mask !== 0) m[at + j] = m[at + j] + masked;
        top = Math.max(top, m[at + j]);
      }
      const sums = [0, 0, 0, 0];
      for (let j = 0; j < count2; j++) {
        m[at + j] = exponential(f324(m[at + j] - top));
        sums[j & 3] = f324(sums[j & 3] + m[at + j]);
      }
      const scale = f324(1 / f324(f324(sums[0] + sums[2]) + f324(sums[1] + sums[3])));
      for (let j = 0; j < count2; j++) m[at + j] = m[at + j] * scale;
    }
  };
  return {
    linear(x, ldx, w, y, ldy, rows, outputs, inputs, bias, mode) {
      const m = memory();
      const quick = inputs & 3 ? 0 : outputs & ~3;
      for (let j = 0; j < outputs; j++) {
        const interleaved = j < quick;
        const from = w / 4 + (interleaved ? (j & ~3) * inputs + 4 * (j & 3) : j * inputs);
        for (let i = 0; i < rows; i++) {
          let v = dot(m, (x + i * ldx) / 4, from, inputs, interleaved ? 16 : 4);
          const to = (y + i * ldy) / 4 + j;
          if (bias !== 0) v = f324(v + m[bias / 4 + j]);
          if (mode & ADD) v = f324(m[to] + v);
          m[to] = mode & RELU ? Math.max(v, 0) : v;
        }
      }
    },
    timesTransposed,
    times,
    interleave(w, rows, width) {
      if (width & 3) return;
      const m = memory();
      for (let j = 0; j + 4 <= rows; j += 4) {
        const block = m.slice(w / 4 + j * width, w / 4 + (j + 4) * width);
        for (let row = 0; row < 4; row++)
          for (let k = 0; k < width; k++)
            m[w / 4 + j * width + 4 * (k & ~3) + 4 * row + (k & 3)] = block[row * width + k];
      }
    },
    norm(x, weight, y, rows, width, epsilon) {
      const m = memory();
      for (let i = 0; i < rows; i++) {
        const [from, to] = [x / 4 + i * width, y / 4 + i * width];
        const root = f324(Math.sqrt(f324(f324(dot(m, from, from, width, 4) / width) + f324(epsilon))));
        for (let j = 0; j < width; j++) m[to + j] = f324(m[from + j] / root) * m[weight / 4 + j];
      }
    },
    softmax,
    attend(q, k, v, out, ldq, stepQ, ldk, stepK, bias, mask, stepMask, s, batch, heads, rows, keys, dKv) {
      const lds = 4 * (keys + 3 & ~3);
      for (let b = 0; b < batch; b++)
        for (let h = 0; h < heads; h++) {
          const atQ = b * stepQ + 4 * h * dKv;
          const atK = b * stepK + 4 * h * dKv;
          timesTransposed(q + atQ, ldq, k + atK, ldk, s, lds, rows, keys, dKv);
          const [headBias, headMask] = [bias && bias + h * rows * lds, mask && mask + b * stepMask];
          softmax(s, lds, headBias, lds, headMask, rows, keys);
          times(s, lds, v + atK, ldk, out + atQ, ldq, rows, dKv, keys);
        }
    },
    activate(x, gate, count2, kind) {
      const m = memory();
      for (let i = 0; i < count2; i++) {
        const v = activated(m[x / 4 + i], kind);
        m[x / 4 + i] = gate === 0 ? v : v * m[gate / 4 + i];
      }
    },
    rotate(x, cosines, sines, batch, length, heads, half) {
      const m = memory();
      let at = x / 4;
      for (let row = 0; row < batch * length; row++) {
        const angles = row % length * half;
        for (let h = 0; h < heads; h++, at += 2 * half)
          for (let i = 0; i < half; i++) {
            const [u, v] = [m[at + i], m[at + half + i]];
            const [cosine, sine] = [m[cosines / 4 + angles + i], m[sines / 4 + angles + i]];
            m[at + i] = f324(u * cosine) - f324(v * sine);
            m[at + half + i] = f324(v * cosine) + f324(u * sine);
          }
      }
    },
    widenHalf(from, to, count2) {
      widen(new Uint8Array(buffer(), from, 2 * count2), "F16", new Float32Array(buffer(), to, count2));
    },
    widenBrain(from, to, count2) {
      widen(new Uint8Array(buffer(), from, 2 * count2), "BF16", new Float32Array(buffer(), to, count2));
    }
  };
}
function exponential(x) {
  if (x < -87) return 0;
  const n = f324(f324(f324(x * f324(Math.LOG2E)) + ROUNDER) - ROUNDER);
  let r = f324(x - f324(n * 0.693359375));
  r = f324(r + f324(n * f324(21219444e-11)));
  let p = 19917817553505301e-20;
  p = f324(f324(p * r) + 0.0013946074759587646);
  p = f324(f324(p * r) + 0.008333265781402588);
  p = f324(f324(p * r) + 0.041666269302368164);
  p = f324(f324(p * r) + 0.1666666716337204);
  p = f324(f324(p * r) + 0.5);
  return f324(f324(f324(f324(p * f324(r * r)) + r) + 1) * 2 ** n);
}
function sigmoid(x) {
  const e = exponential(-Math.abs(x));
  return f324((x < 0 ? e : 1) / f324(1 + e));
}
function normal(x) {
  const a = Math.abs(x);
  const t = f324(1 / f324(1 + f324(f324(0.3) * a)));
  let p = -0.062211595475673676;
  p = f324(f324(p * t) + 0.1534283459186554);
  p = f324(f324(p * t) + 0.08602301776409149);
  p = f324(f324(p * t) + 0.06134282052516937);
  p = f324(f324(p * t) + 0.1463889628648758);
  p = f324(f324(p * t) + 0.11502841860055923);
  const upper = f324(f324(p * t) * exponential(f324(-0.5 * f324(a * a))));
  return x < 0 ? upper : f324(1 - upper);
}
function activated(x, kind) {
  if (kind === 0) return Math.max(x, 0);
  if (kind === 1) return f324(x * normal(x));
  if (kind === 3) return f324(x * sigmoid(x));
  const cubic = f324(f324(f324(x * x) * x) * f324(0.044715));
  return f324(x * sigmoid(f324(f324(1.5957691216057308) * f324(x + cubic))));
}
var f324, ROUNDER;
var init_plain_kernels = __esm({
  "src/chronos/runtime/builtin/plain-kernels.ts"() {
    "use strict";
    init_safetensors();
    init_kernels();
    f324 = Math.fround;
    ROUNDER = 12582912;
  }
});

// src/chronos/runtime/builtin/wasm/network-kernel-binary.ts
var NETWORK_KERNEL;
var init_network_kernel_binary = __esm({
  "src/chronos/runtime/builtin/wasm/network-kernel-binary.ts"() {
    "use strict";
    NETWORK_KERNEL = "AGFzbQEAAAABVwhgCX9/f39/f39/fwBgB39/f39/f38AYAN/f38AYAR/f39/AGAGf39/f39/AGAGf39/f399AGAKf39/f39/f39/fwBgEX9/f39/f39/f39/f39/f39/AAIPAQNlbnYGbWVtb3J5AgAAAw0MAAABBAICAQUGAwcDB4EBDAZsaW5lYXIACA90aW1lc1RyYW5zcG9zZWQAAAV0aW1lcwABCmludGVybGVhdmUACQRub3JtAAcHc29mdG1heAACBmF0dGVuZAAKCGFjdGl2YXRlAAsGcm90YXRlAAYJd2lkZW5IYWxmAAQKd2lkZW5CcmFpbgAFBm1lbW9yeQIACqI/DIwKAg1/DXtBACAHQXxxIAhBA3EbIQwDQCAMIBRLBEAgAiADIBRsaiEKIAQgFEECdGohDUEAIRUDQCAVQQJqIAZNBEAgDSAFIBVsaiEL/QwAAAAAAAAAAAAAAAAAAAAAISL9DAAAAAAAAAAAAAAAAAAAAAAhIf0MAAAAAAAAAAAAAAAAAAAAACEg/QwAAAAAAAAAAAAAAAAAAAAAIR/9DAAAAAAAAAAAAAAAAAAAAAAhHv0MAAAAAAAAAAAAAAAAAAAAACEd/QwAAAAAAAAAAAAAAAAAAAAAIRz9DAAAAAAAAAAAAAAAAAAAAAAhGyAAIAEgFWxqIhMgAWohECAKIQkgAyAKaiISIANqIhEgA2ohDyAIQQJ2IQ4DQCAOBEAgIiAT/QAEACIWIAn9AAQAIhr95gH95AEhIiAhIBYgEv0ABAAiGf3mAf3kASEhICAgFiAR/QAEACIY/eYB/eQBISAgHyAWIA/9AAQAIhb95gH95AEhHyAeIBD9AAQAIhcgGv3mAf3kASEeIB0gFyAZ/eYB/eQBIR0gHCAXIBj95gH95AEhHCAbIBcgFv3mAf3kASEbIBNBEGohEyAQQRBqIRAgCUEQaiEJIBJBEGohEiARQRBqIREgD0EQaiEPIA5BAWshDgwBCwsgCyAiICH9DQABAgMQERITBAUGBxQVFhcgIiAh/Q0ICQoLGBkaGwwNDg8cHR4f/eQBIhcgICAf/Q0AAQIDEBESEwQFBgcUFRYXICAgH/0NCAkKCxgZGhsMDQ4PHB0eH/3kASIW/Q0AAQIDBAUGBxAREhMUFRYXIBcgFv0NCAkKCwwNDg8YGRobHB0eH/3kAf0LBAAgBSALaiAeIB39DQABAgMQERITBAUGBxQVFhcgHiAd/Q0ICQoLGBkaGwwNDg8cHR4f/eQBIhcgHCAb/Q0AAQIDEBESEwQFBgcUFRYXIBwgG/0NCAkKCxgZGhsMDQ4PHB0eH/3kASIW/Q0AAQIDBAUGBxAREhMUFRYXIBcgFv0NCAkKCwwNDg8YGRobHB0eH/3kAf0LBAAgFUECaiEVDAELCyAGIBVLBEAgDSAFIBVsav0MAAAAAAAAAAAAAAAAAAAAACEi/QwAAAAAAAAAAAAAAAAAAAAAISH9DAAAAAAAAAAAAAAAAAAAAAAhIP0MAAAAAAAAAAAAAAAAAAAAACEfIAAgASAVbGohEyADIApqIgkgA2oiFSADaiESIAhBAnYhEQNAIBEEQCAiIBP9AAQAIhYgCv0ABAD95gH95AEhIiAhIBYgCf0ABAD95gH95AEhISAgIBYgFf0ABAD95gH95AEhICAfIBYgEv0ABAD95gH95AEhHyATQRBqIRMgCkEQaiEKIAlBEGohCSAVQRBqIRUgEkEQaiESIBFBAWshEQwBCwsgIiAh/Q0AAQIDEBESEwQFBgcUFRYXICIgIf0NCAkKCxgZGhsMDQ4PHB0eH/3kASIXICAgH/0NAAECAxAREhMEBQYHFBUWFyAgIB/9DQgJCgsYGRobDA0ODxwdHh/95AEiFv0NAAECAwQFBgcQERITFBUWFyAXIBb9DQgJCgsMDQ4PGBkaGxwdHh/95AH9CwQACyAUQQRqIRQMAQsLA0AgByAUSwRAQQAhCgNAIAYgCksEQCAAIAEgCmxqIAIgAyAUbGogBCAFIApsaiAUQQJ0aiAIQQBBABADIApBAWohCgwBCwsgFEEBaiEUDAELCwvhCQMLfwt7AX0DQCAOQQRqIAZNBEAgACABIA5saiELIAQgBSAObGohEkEAIQwDQCAMQQhqIAdNBEAgDEECdCIKIBJqIRP9DAAAAAAAAAAAAAAAAAAAAAAhFP0MAAAAAAAAAAAAAAAAAAAAACEV/QwAAAAAAAAAAAAAAAAAAAAAIRb9DAAAAAAAAAAAAAAAAAAAAAAhF/0MAAAAAAAAAAAAAAAAAAAAACEY/QwAAAAAAAAAAAAAAAAAAAAAIRn9DAAAAAAAAAAAAAAAAAAAAAAhGv0MAAAAAAAAAAAAAAAAAAAAACEbIAsiCSABaiINIAFqIg8gAWohESACIApqIRAgCCEKA0AgCgRAIBQgCf0JAgAiHSAQ/QAEACIc/eYB/eQBIRQgFSAdIBD9AAQQIh395gH95AEhFSAWIA39CQIAIh4gHP3mAf3kASEWIBcgHiAd/eYB/eQBIRcgGCAP/QkCACIeIBz95gH95AEhGCAZIB4gHf3mAf3kASEZIBogEf0JAgAiHiAc/eYB/eQBIRogGyAeIB395gH95AEhGyAJQQRqIQkgDUEEaiENIA9BBGohDyARQQRqIREgAyAQaiEQIApBAWshCgwBCwsgEyAU/QsEACATIBX9CwQQIAUgE2oiCSAW/QsEACAJIBf9CwQQIBMgBUEBdGoiCSAY/QsEACAJIBn9CwQQIBMgBUEDbGoiCSAa/QsEACAJIBv9CwQQIAxBCGohDAwBCwsDQCAHIAxLBEBBACEJA0AgCUEESQRAIAsgASAJbGohDSAMQQJ0IgogAmohDyASIAUgCWxqIApqQwAAAAAhH0EAIQoDQCAIIApLBEAgHyANIApBAnRqKgIAIA8gAyAKbGoqAgCUkiEfIApBAWohCgwBCwsgHzgCACAJQQFqIQkMAQsLIAxBAWohDAwBCwsgDkEEaiEODAELCwNAIAYgDksEQCAAIAEgDmxqIQsgBCAFIA5saiEPQQAhDANAIAxBEGogB00EQCAMQQJ0IgogD2ohEP0MAAAAAAAAAAAAAAAAAAAAACEX/QwAAAAAAAAAAAAAAAAAAAAAIRT9DAAAAAAAAAAAAAAAAAAAAAAhFf0MAAAAAAAAAAAAAAAAAAAAACEWIAshCSACIApqIQ0gCCEKA0AgCgRAIBcgCf0JAgAiGCAN/QAEAP3mAf3kASEXIBQgGCAN/QAEEP3mAf3kASEUIBUgGCAN/QAEIP3mAf3kASEVIBYgGCAN/QAEMP3mAf3kASEWIAlBBGohCSADIA1qIQ0gCkEBayEKDAELCyAQIBf9CwQAIBAgFP0LBBAgECAV/QsEICAQIBb9CwQwIAxBEGohDAwBCwsDQCAMQQRqIAdNBEAgDEECdCIKIA9q/QwAAAAAAAAAAAAAAAAAAAAAIRQgCyEJIAIgCmohDSAIIQoDQCAKBEAgFCAJ/QkCACAN/QAEAP3mAf3kASEUIAlBBGohCSADIA1qIQ0gCkEBayEKDAELCyAU/QsEACAMQQRqIQwMAQsLA0AgByAMSwRAIAxBAnQiCSACaiEKIAkgD2pDAAAAACEfQQAhCQNAIAggCUsEQCAfIAsgCUECdGoqAgAgCiADIAlsaioCAJSSIR8gCUEBaiEJDAELCyAfOAIAIAxBAWohDAwBCwsgDkEBaiEODAELCwuEBgIEfwV7IAZBA2pBfHFBAnQhCANAIAUgCUsEQCAGQQJ0IQcDQCAHIAhJBEAgACAHakMAAID/OAIAIAdBBGohBwwBCwv9DAAAgP8AAID/AACA/wAAgP8hC0EAIQcDQCAHIAhJBEAgACAHaiIK/QAEACEMIAogAgR7IAwgBAR7IAIgB2r9AAQAIAQgB2r9AAQA/eQBBSACIAdq/QAEAAv95AEFIAQEeyAMIAQgB2r9AAQA/eQBBSAMCwsiDP0LBAAgCyAM/ekBIQsgB0EQaiEHDAELCyALIAsgC/0NCAkKCwwNDg8AAQIDBAUGB/3pASIL/R8AIAv9HwGX/RMhDf0MAAAAAAAAAAAAAAAAAAAAACELQQAhBwNAIAcgCEkEQCAAIAdqIgr9AAQAIA395QEiDP0MO6q4PzuquD87qrg/O6q4P/3mAf1qIQ8gCv0MfNpQOXzaUDl82lA5fNpQOSAMIA/9DACAMT8AgDE/AIAxPwCAMT/95gH95QEgD/0Mg4BeOYOAXjmDgF45g4BeOf3mAf3kASIO/eYB/QxDy7Y6Q8u2OkPLtjpDy7Y6/eQBIA795gH9DECICDxAiAg8QIgIPECICDz95AEgDv3mAf0MQKoqPUCqKj1Aqio9QKoqPf3kASAO/eYB/Qyrqio+q6oqPquqKj6rqio+/eQBIA795gH9DAAAAD8AAAA/AAAAPwAAAD/95AEgDiAO/eYB/eYBIA795AH9DAAAgD8AAIA/AACAPwAAgD/95AEgD/34Af0MfwAAAH8AAAB/AAAAfwAAAP2uAUEX/asB/eYBIAz9DAAArsIAAK7CAACuwgAArsL9Q/1PIgz9CwQAIAsgDP3kASELIAdBEGohBwwBCwtDAACAPyALIAsgC/0NCAkKCwwNDg8AAQIDBAUGB/3kASIL/R8AIAv9HwGSlf0TIQtBACEHA0AgByAISQRAIAAgB2oiCiAK/QAEACAL/eYB/QsEACAHQRBqIQcMAQsLIAlBAWohCSAAIAFqIQAgAiADaiECDAELCwuaAgMBfQF7AX8gA0ECdiEIA0AgCARAIAcgAP0ABAAgAf0ABAD95gH95AEhByAAQRBqIQAgAUEQaiEBIAhBAWshCAwBCwsgA0EDcSIDBEAgBwJ7IANBAUYEQCAA/VwCAAwBCyAA/V0DACEHIANBAkYEeyAHBSAAQQhqIAf9VgIAAgsLAnsgA0EBRgRAIAH9XAIADAELIAH9XQMAIQcgA0ECRgR7IAcFIAFBCGogB/1WAgACCwv95gH95AEhBwsgByAHIAf9DQgJCgsMDQ4PAAECAwQFBgf95AEiB/0fACAH/R8BkiEGIAQEQCAGIAQqAgCSIQYLIAVBAnEEQCACKgIAIAaSIQYLIAIgBkMAAAAAlyAGIAVBAXEbOAIAC7ABAgF/AnsDQCACIANLBEAgASADQQJ0aiAAIANBAXRq/V0DAP2pASIE/Qz/fwAA/38AAP9/AAD/fwAA/U5BDf2rASIF/QwAAIB3AACAdwAAgHcAAIB3/eYBIAX9DP//fw///38P//9/D///fw/9O/0MAACAfwAAgH8AAIB/AACAf/1O/VAgBP0MAIAAAACAAAAAgAAAAIAAAP1OQRD9qwH9UP0LBAAgA0EEaiEDDAELCws4AQF/A0AgAiADSwRAIAEgA0ECdGogACADQQF0av1dAwD9qQFBEP2rAf0LBAAgA0EEaiEDDAELCwvWAgMKfwR7BH0gBkF8cSEOA0AgAyAMSwRAIAEhByACIQhBACEKA0AgBCAKSwRAQQAhCwNAIAUgC0sEQCAAIAZBAnRqIQ1BACEJA0AgCSAOSQRAIAlBAnQiDyAAaiIQ/QAEACERIBAgESAHIA9q/QAEACIS/eYBIA0gD2oiEP0ABAAiEyAIIA9q/QAEACIU/eYB/eUB/QsEACAQIBMgEv3mASARIBT95gH95AH9CwQAIAlBBGohCQwBCwsDQCAGIAlLBEAgCUECdCIPIABqIhAqAgAhFSAQIBUgByAPaioCACIWlCANIA9qIhAqAgAiFyAIIA9qKgIAIhiUkzgCACAQIBcgFpQgFSAYlJI4AgAgCUEBaiEJDAELCyALQQFqIQsgACAGQQN0aiEADAELCyAKQQFqIQogBkECdCIJIAdqIQcgCCAJaiEIDAELCyAMQQFqIQwMAQsLC/sCAwF7BX8BfSAEQXxxIQogBEEDcSEJA0AgAyAISwRA/QwAAAAAAAAAAAAAAAAAAAAAIQZBACELA0AgCiALSwRAIAYgACALQQJ0av0ABAAiBiAG/eYB/eQBIQYgC0EEaiELDAELCyAJBEAgACAKQQJ0aiEHIAYCeyAJQQFGBEAgB/1cAgAMAQsgB/1dAwAhBiAJQQJGBHsgBgUgB0EIaiAG/VYCAAILCyIGIAb95gH95AEhBgsgBiAGIAb9DQgJCgsMDQ4PAAECAwQFBgf95AEiBv0fACAG/R8BkiAEs5UgBZKRIgz9EyEGQQAhCwNAIAogC0sEQCALQQJ0IgcgAmogACAHav0ABAAgBv3nASABIAdq/QAEAP3mAf0LBAAgC0EEaiELDAELCwNAIAQgC0sEQCALQQJ0IgcgAmogACAHaioCACAMlSABIAdqKgIAlDgCACALQQFqIQsMAQsLIAhBAWohCCAEQQJ0IgcgAGohACACIAdqIQIMAQsLC4kMAg17DX8gBUECQYAwIAduQX5xIhcgF0ECSRsiF0EBdE0EfyAFBSAXCyEbQQAgBkF8cSAHQQNxGyEjA0AgBSAYSwRAIBggG2oiFyAFIAUgF0sbIR9BACEcA0AgHCAjSQRAIAIgHEECdCIZIAdsaiEXIAMgGWohIiAIIBlqQQAgCBshHiAYIRkDQCAZQQJqIB9NBED9DAAAAAAAAAAAAAAAAAAAAAAhCv0MAAAAAAAAAAAAAAAAAAAAACEL/QwAAAAAAAAAAAAAAAAAAAAAIQz9DAAAAAAAAAAAAAAAAAAAAAAhDf0MAAAAAAAAAAAAAAAAAAAAACEO/QwAAAAAAAAAAAAAAAAAAAAAIQ/9DAAAAAAAAAAAAAAAAAAAAAAhEP0MAAAAAAAAAAAAAAAAAAAAACERIAAgASAZbGoiHSABaiEgIBchGiAHQQJ2ISEDQCAhBEAgCiAd/QAEACIVIBr9AAQAIhL95gH95AEhCiALIBUgGv0ABBAiE/3mAf3kASELIAwgFSAa/QAEICIU/eYB/eQBIQwgDSAVIBr9AAQwIhb95gH95AEhDSAOICD9AAQAIhUgEv3mAf3kASEOIA8gFSAT/eYB/eQBIQ8gECAVIBT95gH95AEhECARIBUgFv3mAf3kASERIB1BEGohHSAgQRBqISAgGkFAayEaICFBAWshIQwBCwsgCiAL/Q0AAQIDEBESEwQFBgcUFRYXIAogC/0NCAkKCxgZGhsMDQ4PHB0eH/3kASIKIAwgDf0NAAECAxAREhMEBQYHFBUWFyAMIA39DQgJCgsYGRobDA0ODxwdHh/95AEiC/0NAAECAwQFBgcQERITFBUWFyAKIAv9DQgJCgsMDQ4PGBkaGxwdHh/95AEhCiAeBEAgCiAe/QAEAP3kASEKCyAiIAQgGWxqIhogCUECcQRAIBr9AAQAIAr95AEhCgsgCv0MAAAAAAAAAAAAAAAAAAAAAP3pASAKIAlBAXEb/QsEACAOIA/9DQABAgMQERITBAUGBxQVFhcgDiAP/Q0ICQoLGBkaGwwNDg8cHR4f/eQBIgogECAR/Q0AAQIDEBESEwQFBgcUFRYXIBAgEf0NCAkKCxgZGhsMDQ4PHB0eH/3kASIL/Q0AAQIDBAUGBxAREhMUFRYXIAogC/0NCAkKCwwNDg8YGRobHB0eH/3kASEKIB4EQCAKIB79AAQA/eQBIQoLIAQgGmoiGiAJQQJxBEAgGv0ABAAgCv3kASEKCyAK/QwAAAAAAAAAAAAAAAAAAAAA/ekBIAogCUEBcRv9CwQAIBlBAmohGQwBCwsgGSAfSQRAICIgBCAZbGohGv0MAAAAAAAAAAAAAAAAAAAAACEK/QwAAAAAAAAAAAAAAAAAAAAAIQv9DAAAAAAAAAAAAAAAAAAAAAAhDP0MAAAAAAAAAAAAAAAAAAAAACENIAAgASAZbGohGSAHQQJ2IR0DQCAdBEAgCiAZ/QAEACIOIBf9AAQA/eYB/eQBIQogCyAOIBf9AAQQ/eYB/eQBIQsgDCAOIBf9AAQg/eYB/eQBIQwgDSAOIBf9AAQw/eYB/eQBIQ0gGUEQaiEZIBdBQGshFyAdQQFrIR0MAQsLIAogC/0NAAECAxAREhMEBQYHFBUWFyAKIAv9DQgJCgsYGRobDA0ODxwdHh/95AEiCiAMIA39DQABAgMQERITBAUGBxQVFhcgDCAN/Q0ICQoLGBkaGwwNDg8cHR4f/eQBIgv9DQABAgMEBQYHEBESExQVFhcgCiAL/Q0ICQoLDA0ODxgZGhscHR4f/eQBIQogHgRAIAogHv0ABAD95AEhCgsgCUECcQRAIBr9AAQAIAr95AEhCgsgGiAK/QwAAAAAAAAAAAAAAAAAAAAA/ekBIAogCUEBcRv9CwQACyAcQQRqIRwMAQsLA0AgBiAcSwRAIAggHEECdGpBACAIGyEZIBghFwNAIBcgH0kEQCAAIAEgF2xqIAIgHEECdCIaIAdsaiADIAQgF2xqIBpqIAcgGSAJEAMgF0EBaiEXDAELCyAcQQFqIRwMAQsLIBggG2ohGAwBCwsLqAEBBH8gAkEDcQRADwsDQCAGQQRqIAFNBEAgAyAAIAJBBHT8CgAAIAAhBSADIgQgAkECdGohBwNAIAQgB0kEQCAFIAT9AAQA/QsEACAFIAQgAkECdGr9AAQA/QsEECAFIAQgAkEDdGr9AAQA/QsEICAFIAQgAkEMbGr9AAQA/QsEMCAEQRBqIQQgBUFAayEFDAELCyAGQQRqIQYgACACQQR0aiEADAELCwu6AQEFfyAPQQNqQXxxQQJ0IREDQCAMIBJLBEBBACETA0AgDSATSwRAIBNBAnQgEGwiFSAFIBJsaiIUIABqIAQgByASbCAVaiIVIAFqIAYgCyARIA4gDyAQEAAgCyARIAgEfyAIIA4gE2wgEWxqBUEACyARQQAgCBsgCSAKIBJsakEAIAkbIA4gDxACIAsgESACIBVqIAYgAyAUaiAEIA4gECAPEAEgE0EBaiETDAELCyASQQFqIRIMAQsLC9sMAgR7AX8DQCAIIAJBAnRJBEACeyAAIAhq/QAEACIE/QwAAAAAAAAAAAAAAAAAAAAA/ekBIANFDQAaIANBAUYEQP0MAACAPwAAgD8AAIA/AACAP/0MAACAPwAAgD8AAIA/AACAP/0MmpmZPpqZmT6amZk+mpmZPiAE/eABIgX95gH95AH95wEhBv0MAAAAvwAAAL8AAAC/AAAAvyAFIAX95gH95gEiBf0MO6q4PzuquD87qrg/O6q4P/3mAf1qIQcgBP0MltF+vZbRfr2W0X69ltF+vSAG/eYB/QxSHB0+UhwdPlIcHT5SHB0+/eQBIAb95gH9DNYssD3WLLA91iywPdYssD395AEgBv3mAf0MnEJ7PZxCez2cQns9nEJ7Pf3kASAG/eYB/Qz95hU+/eYVPv3mFT795hU+/eQBIAb95gH9DAWU6z0FlOs9BZTrPQWU6z395AEgBv3mAf0MfNpQOXzaUDl82lA5fNpQOSAFIAf9DACAMT8AgDE/AIAxPwCAMT/95gH95QEgB/0Mg4BeOYOAXjmDgF45g4BeOf3mAf3kASIG/eYB/QxDy7Y6Q8u2OkPLtjpDy7Y6/eQBIAb95gH9DECICDxAiAg8QIgIPECICDz95AEgBv3mAf0MQKoqPUCqKj1Aqio9QKoqPf3kASAG/eYB/Qyrqio+q6oqPquqKj6rqio+/eQBIAb95gH9DAAAAD8AAAA/AAAAPwAAAD/95AEgBiAG/eYB/eYBIAb95AH9DAAAgD8AAIA/AACAPwAAgD/95AEgB/34Af0MfwAAAH8AAAB/AAAAfwAAAP2uAUEX/asB/eYBIAX9DAAArsIAAK7CAACuwgAArsL9Q/1P/eYBIgX9DAAAgD8AAIA/AACAPwAAgD8gBf3lASAE/QwAAAAAAAAAAAAAAAAAAAAA/UP9Uv3mAQwBCyADQQNGBEAgBP3gAf3hASIF/Qw7qrg/O6q4PzuquD87qrg//eYB/WohBiAE/Qx82lA5fNpQOXzaUDl82lA5IAUgBv0MAIAxPwCAMT8AgDE/AIAxP/3mAf3lASAG/QyDgF45g4BeOYOAXjmDgF45/eYB/eQBIgf95gH9DEPLtjpDy7Y6Q8u2OkPLtjr95AEgB/3mAf0MQIgIPECICDxAiAg8QIgIPP3kASAH/eYB/QxAqio9QKoqPUCqKj1Aqio9/eQBIAf95gH9DKuqKj6rqio+q6oqPquqKj795AEgB/3mAf0MAAAAPwAAAD8AAAA/AAAAP/3kASAHIAf95gH95gEgB/3kAf0MAACAPwAAgD8AAIA/AACAP/3kASAG/fgB/Qx/AAAAfwAAAH8AAAB/AAAA/a4BQRf9qwH95gEgBf0MAACuwgAArsIAAK7CAACuwv1D/U8iBf0MAACAPwAAgD8AAIA/AACAPyAE/QwAAAAAAAAAAAAAAAAAAAAA/UP9Uv0MAACAPwAAgD8AAIA/AACAPyAF/eQB/ecB/eYBDAEL/QwqQsw/KkLMPypCzD8qQsw/IAQgBCAE/eYBIAT95gH9DBMnNz0TJzc9Eyc3PRMnNz395gH95AH95gEiBf3gAf3hASIG/Qw7qrg/O6q4PzuquD87qrg//eYB/WohByAE/Qx82lA5fNpQOXzaUDl82lA5IAYgB/0MAIAxPwCAMT8AgDE/AIAxP/3mAf3lASAH/QyDgF45g4BeOYOAXjmDgF45/eYB/eQBIgT95gH9DEPLtjpDy7Y6Q8u2OkPLtjr95AEgBP3mAf0MQIgIPECICDxAiAg8QIgIPP3kASAE/eYB/QxAqio9QKoqPUCqKj1Aqio9/eQBIAT95gH9DKuqKj6rqio+q6oqPquqKj795AEgBP3mAf0MAAAAPwAAAD8AAAA/AAAAP/3kASAEIAT95gH95gEgBP3kAf0MAACAPwAAgD8AAIA/AACAP/3kASAH/fgB/Qx/AAAAfwAAAH8AAAB/AAAA/a4BQRf9qwH95gEgBv0MAACuwgAArsIAAK7CAACuwv1D/U8iBP0MAACAPwAAgD8AAIA/AACAPyAF/QwAAAAAAAAAAAAAAAAAAAAA/UP9Uv0MAACAPwAAgD8AAIA/AACAPyAE/eQB/ecB/eYBCyEEIAAgCGogAQR7IAQgASAIav0ABAD95gEFIAQL/QsEACAIQRBqIQgMAQsLCw==";
  }
});

// src/chronos/runtime/builtin/heap.ts
async function openHeap(kind) {
  if (kind === "plain") return plainHeap();
  try {
    return await simdHeap();
  } catch (cause) {
    if (kind === void 0) return plainHeap();
    throw new ForecastError("RUNTIME_MISSING", "chronos: WebAssembly with SIMD is not available", { cause });
  }
}
async function simdHeap() {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
  const bytes = Uint8Array.from(atob(NETWORK_KERNEL), (character) => character.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  const grow = (missing) => void memory.grow(Math.ceil(missing / PAGE));
  return new Heap(instance.exports, () => memory.buffer, grow);
}
function plainHeap() {
  let buffer = new ArrayBuffer(PAGE);
  const grow = (missing) => {
    const grown = new ArrayBuffer(
      Math.ceil((buffer.byteLength + Math.max(missing, buffer.byteLength / 2)) / PAGE) * PAGE
    );
    new Uint8Array(grown).set(new Uint8Array(buffer));
    buffer = grown;
  };
  return new Heap(
    plainKernels(() => buffer),
    () => buffer,
    grow
  );
}
var PAGE, SLACK, Heap;
var init_heap = __esm({
  "src/chronos/runtime/builtin/heap.ts"() {
    "use strict";
    init_errors();
    init_plain_kernels();
    init_network_kernel_binary();
    PAGE = 65536;
    SLACK = 64;
    Heap = class {
      kernels;
      #buffer;
      #grow;
      #top = SLACK;
      constructor(kernels, buffer, grow) {
        this.kernels = kernels;
        this.#buffer = buffer;
        this.#grow = grow;
      }
      /** Returns the address, a multiple of 64, of `bytes` fresh bytes; throws OUT_OF_MEMORY. What is in them is not set. */
      alloc(bytes) {
        const at = this.#top;
        const end = at + Math.ceil(bytes / 64) * 64;
        const missing = end + SLACK - this.#buffer().byteLength;
        if (missing > 0)
          try {
            this.#grow(missing);
          } catch (cause) {
            throw new ForecastError(
              "OUT_OF_MEMORY",
              `chronos: ${Math.ceil((end + SLACK) / 2 ** 20)} MiB of memory were refused`,
              { cause }
            );
          }
        this.#top = end;
        return at;
      }
      /** Returns a place that `freeTo` goes back to. */
      get top() {
        return this.#top;
      }
      /** Frees what has been allocated since `top` was `mark`. */
      freeTo(mark) {
        this.#top = mark;
      }
      floats(at, length) {
        return new Float32Array(this.#buffer(), at, length);
      }
      bytes(at, length) {
        return new Uint8Array(this.#buffer(), at, length);
      }
      /** Copies `bytes` bytes inside the memory. */
      copy(from, to, bytes) {
        new Uint8Array(this.#buffer()).copyWithin(to, from, from + bytes);
      }
    };
  }
});

// src/chronos/runtime/builtin/pause.ts
function createPause() {
  let since = performance.now();
  return () => {
    if (performance.now() - since < PATIENCE_MS) return void 0;
    return letOthersIn().then(() => {
      since = performance.now();
    });
  };
}
function letOthersIn() {
  if (typeof setImmediate === "function") return new Promise((resume) => setImmediate(resume));
  return new Promise((resume) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resume();
    };
    port2.postMessage(void 0);
  });
}
var PATIENCE_MS;
var init_pause = __esm({
  "src/chronos/runtime/builtin/pause.ts"() {
    "use strict";
    PATIENCE_MS = 12;
  }
});

// src/chronos/runtime/builtin/bolt-session.ts
var bolt_session_exports = {};
__export(bolt_session_exports, {
  openBoltSession: () => openBoltSession
});
async function openBoltSession(config, weights, kind) {
  const { levels: levels2, predictionLength, patchSize, contextLength } = config;
  const shape = {
    ...config,
    patchWidth: 2 * patchSize,
    maxPatches: Math.ceil(contextLength / patchSize),
    outputs: levels2.length * predictionLength
  };
  const run = boltNetwork(await openHeap(kind), shape, weights, createPause());
  return builtinSession(async ({ patches: patches2, patch_mask: mask }) => {
    const [batch, count2] = patches2.dims;
    const quantiles = await run(patches2.data, mask.data, batch, count2);
    return { quantiles: new PlainTensor("float32", quantiles, [batch, levels2.length, predictionLength]) };
  });
}
var init_bolt_session = __esm({
  "src/chronos/runtime/builtin/bolt-session.ts"() {
    "use strict";
    init_bolt_network();
    init_builtin_session();
    init_heap();
    init_pause();
  }
});

// src/chronos/runtime/builtin/t5-network.ts
function t5Network(heap, config, weights, positions, pause) {
  const { dModel, dKv, numHeads, vocabSize, tied } = config;
  const inner = numHeads * dKv;
  const ld = 4 * inner;
  const layers = new HeapLayers(heap, weights, config);
  const { kernels } = heap;
  const embedding2 = layers.matrix("shared.weight", vocabSize, dModel);
  const encoder2 = t5Encoder2(layers, config, positions);
  const decoder = Array.from({ length: config.numDecoderLayers }, (_, block) => {
    const name = `decoder.block.${block}.layer`;
    return {
      selfNorm: layers.norm(`${name}.0.layer_norm`),
      self: layers.projections(`${name}.0.SelfAttention`),
      crossNorm: layers.norm(`${name}.1.layer_norm`),
      cross: layers.projections(`${name}.1.EncDecAttention`),
      norm: layers.norm(`${name}.2.layer_norm`),
      feedForward: layers.feedForward(`${name}.2.DenseReluDense`)
    };
  });
  const finalNorm = layers.norm("decoder.final_layer_norm");
  const head = tied ? void 0 : layers.linear("lm_head", dModel, vocabSize);
  const scale = tied ? Math.fround(dModel ** -0.5) : 1;
  const base = heap.top;
  const embed2 = (ids, to) => {
    for (let i = 0; i < ids.length; i++) layers.matrixRow(embedding2, vocabSize, dModel, ids[i], to + 4 * i * dModel);
  };
  return async (ids, observed, batch, tokens) => {
    heap.freeTo(base);
    const width = inFours(tokens);
    const crossBytes = 4 * batch * tokens * inner;
    const crossKeys = decoder.map(() => heap.alloc(crossBytes));
    const crossValues = decoder.map(() => heap.alloc(crossBytes));
    const mask = heap.alloc(4 * batch * width);
    const masks = heap.floats(mask, batch * width).fill(0);
    for (let row = 0; row < batch; row++)
      for (let token = 0; token < tokens; token++)
        if (observed[row * tokens + token] === 0) masks[row * width + token] = MASKED;
    const kept = heap.top;
    const places = encoder2.place(batch, tokens);
    heap.copy(mask, places.mask, 4 * batch * width);
    embed2(ids, places.x);
    await encoder2.run(places, batch, pause);
    decoder.forEach(({ cross }, block) => {
      cross.k(places.encoded, crossKeys[block], batch * tokens);
      cross.v(places.encoded, crossValues[block], batch * tokens);
    });
    heap.freeTo(kept);
    let stepPlaces;
    let steps = 0;
    let cache = 0;
    function placeSteps(paths) {
      const rows = batch * paths;
      const floats = (count2) => heap.alloc(4 * count2);
      const places2 = {
        x: floats(rows * dModel),
        normed: floats(rows * dModel),
        q: floats(rows * inner),
        mixed: floats(rows * inner),
        hidden: heap.alloc(layers.hiddenBytes(rows)),
        scores: floats(paths * width),
        logits: floats(rows * vocabSize),
        bias: floats(numHeads * inFours(config.predictionLength)),
        selfScores: floats(inFours(config.predictionLength)),
        /** Bytes of one layer's keys, or values, of one step. */
        cacheBytes: 64 * Math.ceil(rows * inner / 16)
      };
      cache = heap.top;
      return places2;
    }
    return {
      async step(newest, paths, selfBias2) {
        const rows = batch * paths;
        stepPlaces ??= placeSteps(paths);
        const { x, normed, q, mixed, hidden, scores, logits, bias, selfScores, cacheBytes } = stepPlaces;
        const stepBytes = 2 * decoder.length * cacheBytes;
        const own = heap.alloc(stepBytes);
        steps++;
        const biasWidth = inFours(steps);
        const biases = heap.floats(bias, numHeads * biasWidth).fill(0);
        for (let h = 0; h < numHeads; h++) biases.set(selfBias2.subarray(h * steps, (h + 1) * steps), h * biasWidth);
        embed2(newest, x);
        for (const [block, layer] of decoder.entries()) {
          const [keys, values] = [2 * block * cacheBytes, (2 * block + 1) * cacheBytes];
          layer.selfNorm(x, normed, rows);
          layer.self.q(normed, q, rows);
          layer.self.k(normed, own + keys, rows);
          layer.self.v(normed, own + values, rows);
          const [k, v] = [cache + keys, cache + values];
          const selfShape = [rows, numHeads, 1, steps, dKv];
          kernels.attend(q, k, v, mixed, ld, ld, stepBytes, ld, bias, 0, 0, selfScores, ...selfShape);
          layer.self.o(mixed, x, rows);
          layer.crossNorm(x, normed, rows);
          layer.cross.q(normed, q, rows);
          const [ck, cv] = [crossKeys[block], crossValues[block]];
          const shape = [batch, numHeads, paths, tokens, dKv];
          kernels.attend(q, ck, cv, mixed, ld, paths * ld, ld, tokens * ld, 0, mask, 4 * width, scores, ...shape);
          layer.cross.o(mixed, x, rows);
          layer.norm(x, normed, rows);
          layer.feedForward(normed, hidden, x, rows);
        }
        finalNorm(x, normed, rows);
        if (head === void 0) {
          const y = heap.floats(normed, rows * dModel);
          for (let i = 0; i < y.length; i++) y[i] *= scale;
          kernels.linear(normed, 4 * dModel, embedding2, logits, 4 * vocabSize, rows, vocabSize, dModel, 0, 0);
        } else head(normed, logits, rows);
        const out = heap.floats(logits, rows * vocabSize).slice();
        const others = pause();
        if (others !== void 0) await others;
        return out;
      }
    };
  };
}
var init_t5_network = __esm({
  "src/chronos/runtime/builtin/t5-network.ts"() {
    "use strict";
    init_masked();
    init_heap_layers();
    init_in_fours();
    init_t5_encoder();
  }
});

// src/chronos/runtime/builtin/t5-sessions.ts
var t5_sessions_exports = {};
__export(t5_sessions_exports, {
  openT5Sessions: () => openT5Sessions
});
async function openT5Sessions(config, weights, kind) {
  const positions = config.contextLength + (config.appendEos ? 1 : 0);
  const encode = t5Network(await openHeap(kind), config, weights, positions, createPause());
  return {
    encoder: builtinSession(async ({ ids, mask }) => {
      const [batch, tokens] = ids.dims;
      const decoding = await encode(ids.data, mask.data, batch, tokens);
      return { decoding: new PlainTensor("float32", decoding, []) };
    }),
    step: builtinSession(async ({ decoding, ids, self_bias: bias }) => {
      const [batch, paths] = ids.dims;
      const { step } = decoding.data;
      const logits = await step(ids.data, paths, bias.data);
      return { logits: new PlainTensor("float32", logits, [batch, paths, config.vocabSize]) };
    })
  };
}
var init_t5_sessions = __esm({
  "src/chronos/runtime/builtin/t5-sessions.ts"() {
    "use strict";
    init_builtin_session();
    init_heap();
    init_pause();
    init_t5_network();
  }
});

// src/chronos/runtime/builtin/chronos2-network.ts
function chronos2Network(heap, config, weights, pause) {
  const { dModel, dFf, dKv, numHeads, numLayers, patchSize, levels: levels2, regToken } = config;
  const inner = numHeads * dKv;
  const ld = 4 * inner;
  const width = 3 * patchSize;
  const registers = regToken === void 0 ? 0 : 1;
  const layers = new HeapLayers(heap, weights, config);
  const { kernels } = heap;
  const shared = regToken === void 0 ? 0 : layers.tensor("shared.weight", [2, dModel]);
  const embed2 = layers.residualBlock("input_patch_embedding", width, dModel);
  const blocks = Array.from({ length: numLayers }, (_, block) => {
    const name = `encoder.block.${block}.layer`;
    return {
      timeNorm: layers.norm(`${name}.0.layer_norm`),
      time: layers.projections(`${name}.0.self_attention`),
      groupNorm: layers.norm(`${name}.1.layer_norm`),
      group: layers.projections(`${name}.1.self_attention`),
      norm: layers.norm(`${name}.2.layer_norm`),
      feedForward: layers.feedForward(`${name}.2.mlp`)
    };
  });
  const finalNorm = layers.norm("encoder.final_layer_norm");
  const head = layers.residualBlock("output_patch_embedding", dModel, levels2.length * patchSize);
  const half = dKv / 2;
  const tables = rotaryTables(config);
  const [cosines, sines] = [tables.cosines, tables.sines].map((values) => {
    const at = heap.alloc(values.byteLength);
    heap.floats(at, values.length).set(values);
    return at;
  });
  const base = heap.top;
  function place(rows, length, outputs) {
    heap.freeTo(base);
    const floats = (count2) => heap.alloc(4 * count2);
    const tokens = rows * length;
    return {
      feed: floats(tokens * width),
      embedded: floats(tokens * dModel),
      x: floats(tokens * dModel),
      normed: floats(tokens * dModel),
      hidden: heap.alloc(layers.hiddenBytes(tokens)),
      q: floats(tokens * inner),
      k: floats(tokens * inner),
      v: floats(tokens * inner),
      mixed: floats(tokens * inner),
      scores: floats(length * inFours(length) + rows * inFours(rows)),
      mask: floats(rows * inFours(length)),
      groupMask: floats(length * (rows + 3)),
      out: floats(rows * outputs * levels2.length * patchSize)
    };
  }
  async function runSlice(feeds, from, to, results) {
    const { patches: patches2, outputs } = feeds;
    const rows = to - from;
    const length = patches2 + registers + outputs;
    const ahead = patches2 + registers;
    const places = place(rows, length, outputs);
    const { x, normed, hidden, q, k, v, mixed, scores, mask } = places;
    const all = rows * length;
    writeTokens(feeds, from, rows, places);
    const maskWidth = inFours(length);
    const masks = heap.floats(mask, rows * maskWidth).fill(0);
    for (let row = 0; row < rows; row++)
      for (let token = 0; token < length; token++)
        if (feeds.mask[(from + row) * length + token] === 0) masks[row * maskWidth + token] = MASKED;
    for (const [index, block] of blocks.entries()) {
      const last = index === numLayers - 1;
      const queries = last ? outputs : length;
      const tokens = rows * queries;
      block.timeNorm(x, normed, all);
      block.time.k(normed, k, all);
      block.time.v(normed, v, all);
      kernels.rotate(k, cosines, sines, rows, length, numHeads, half);
      if (last) gather(normed, rows, length, ahead, outputs, normed);
      block.time.q(normed, q, tokens);
      const shift = last ? 4 * ahead * half : 0;
      kernels.rotate(q, cosines + shift, sines + shift, rows, queries, numHeads, half);
      const shape = [rows, numHeads, queries, length, dKv];
      kernels.attend(q, k, v, mixed, ld, queries * ld, ld, length * ld, 0, mask, 4 * maskWidth, scores, ...shape);
      if (last) gather(x, rows, length, ahead, outputs, x);
      block.time.o(mixed, x, tokens);
      block.groupNorm(x, normed, tokens);
      block.group.v(normed, v, tokens);
      if (feeds.groups === void 0) block.group.o(v, x, tokens);
      else {
        block.group.q(normed, q, tokens);
        block.group.k(normed, k, tokens);
        attendGroups(feeds, { from, to, queries, first: length - queries }, places);
        block.group.o(mixed, x, tokens);
      }
      block.norm(x, normed, tokens);
      block.feedForward(normed, hidden, x, tokens);
      const others = pause();
      if (others !== void 0) await others;
    }
    finalNorm(x, normed, rows * outputs);
    head(normed, hidden, places.out, rows * outputs);
    const out = heap.floats(places.out, rows * outputs * levels2.length * patchSize);
    for (let row = 0; row < rows; row++)
      for (let output = 0; output < outputs; output++)
        for (let level = 0; level < levels2.length; level++) {
          const at = ((row * outputs + output) * levels2.length + level) * patchSize;
          const target = (((from + row) * levels2.length + level) * outputs + output) * patchSize;
          results.set(out.subarray(at, at + patchSize), target);
        }
  }
  function writeTokens(feeds, from, rows, places) {
    const { patches: patches2, outputs } = feeds;
    const { feed, embedded, x, hidden } = places;
    const both = patches2 + outputs;
    const length = both + registers;
    const values = heap.floats(feed, rows * both * width);
    for (let row = 0; row < rows; row++) {
      const source = from + row;
      values.set(feeds.context.subarray(source * patches2 * width, (source + 1) * patches2 * width), row * both * width);
      values.set(
        feeds.future.subarray(source * outputs * width, (source + 1) * outputs * width),
        (row * both + patches2) * width
      );
    }
    embed2(feed, hidden, embedded, rows * both);
    for (let row = 0; row < rows; row++) {
      const [source, target] = [embedded + 4 * row * both * dModel, x + 4 * row * length * dModel];
      heap.copy(source, target, 4 * patches2 * dModel);
      if (regToken !== void 0) heap.copy(shared + 4 * regToken * dModel, target + 4 * patches2 * dModel, 4 * dModel);
      const futureAt = target + 4 * (patches2 + registers) * dModel;
      heap.copy(source + 4 * patches2 * dModel, futureAt, 4 * outputs * dModel);
    }
  }
  function gather(source, rows, length, ahead, outputs, target) {
    for (let row = 0; row < rows; row++)
      heap.copy(
        source + 4 * (row * length + ahead) * dModel,
        target + 4 * row * outputs * dModel,
        4 * outputs * dModel
      );
  }
  function attendGroups({ mask, groups, patches: patches2, outputs }, { from, to, queries, first }, { q, k, v, mixed, scores, groupMask }) {
    const length = patches2 + registers + outputs;
    for (let start = from; start < to; ) {
      const end = endOfGroup(groups, start, to);
      const size = end - start;
      const maskWidth = inFours(size);
      const masks = heap.floats(groupMask, queries * maskWidth).fill(0);
      for (let token = 0; token < queries; token++)
        for (let row = 0; row < size; row++)
          if (mask[(start + row) * length + first + token] === 0) masks[token * maskWidth + row] = MASKED;
      const at = (start - from) * queries * ld;
      const apart = queries * ld;
      const shape = [queries, numHeads, size, size, dKv];
      const [ownQ, ownK, ownV, own] = [q + at, k + at, v + at, mixed + at];
      kernels.attend(ownQ, ownK, ownV, own, apart, ld, apart, ld, 0, groupMask, 4 * maskWidth, scores, ...shape);
      start = end;
    }
  }
  return async (feeds) => {
    const { batch, patches: patches2, outputs, groups } = feeds;
    const length = patches2 + registers + outputs;
    const most = Math.max(1, Math.floor(SLICE_FLOATS2 / (length * Math.max(dFf, inner))));
    const results = new Float32Array(batch * levels2.length * outputs * patchSize);
    for (let from = 0; from < batch; ) {
      let to = groups === void 0 ? Math.min(batch, from + most) : endOfGroup(groups, from, batch);
      while (groups !== void 0 && to < batch) {
        const next = endOfGroup(groups, to, batch);
        if (next - from > most) break;
        to = next;
      }
      await runSlice(feeds, from, to, results);
      from = to;
    }
    return results;
  };
}
function endOfGroup(groups, start, limit) {
  let end = start + 1;
  while (end < limit && groups[end] === groups[start]) end++;
  return end;
}
var SLICE_FLOATS2;
var init_chronos2_network = __esm({
  "src/chronos/runtime/builtin/chronos2-network.ts"() {
    "use strict";
    init_masked();
    init_rotary_tables();
    init_heap_layers();
    init_in_fours();
    SLICE_FLOATS2 = 2 ** 17;
  }
});

// src/chronos/runtime/builtin/chronos2-session.ts
var chronos2_session_exports = {};
__export(chronos2_session_exports, {
  openChronos2Session: () => openChronos2Session
});
async function openChronos2Session(config, weights, kind) {
  const { levels: levels2, patchSize } = config;
  const run = chronos2Network(await openHeap(kind), config, weights, createPause());
  return builtinSession(async ({ context, future, mask, groups }) => {
    const [batch, patches2] = context.dims;
    const outputs = future.dims[1];
    const quantiles = await run({
      context: context.data,
      future: future.data,
      mask: mask.data,
      groups: groups?.data,
      ...{ batch, patches: patches2, outputs }
    });
    return { quantiles: new PlainTensor("float32", quantiles, [batch, levels2.length, outputs * patchSize]) };
  });
}
var init_chronos2_session = __esm({
  "src/chronos/runtime/builtin/chronos2-session.ts"() {
    "use strict";
    init_builtin_session();
    init_chronos2_network();
    init_heap();
    init_pause();
  }
});

// src/chronos/open-builtin-model.ts
var open_builtin_model_exports = {};
__export(open_builtin_model_exports, {
  openBuiltinModel: () => openBuiltinModel
});
async function openBuiltinModel(config, weights, kind) {
  if (config.family === "chronos-bolt") {
    const [{ boltModel: boltModel2 }, { openBoltSession: openBoltSession2 }] = await Promise.all([
      Promise.resolve().then(() => (init_bolt(), bolt_exports)),
      Promise.resolve().then(() => (init_bolt_session(), bolt_session_exports))
    ]);
    return boltModel2(config, BUILTIN, await openBoltSession2(config, weights, kind));
  }
  if (config.family === "chronos-t5") {
    const { t5Model: t5Model2 } = await Promise.resolve().then(() => (init_t5(), t5_exports));
    const { DECODER_BIAS: DECODER_BIAS2 } = await Promise.resolve().then(() => (init_decoder_bias(), decoder_bias_exports));
    const { openT5Sessions: openT5Sessions2 } = await Promise.resolve().then(() => (init_t5_sessions(), t5_sessions_exports));
    const sessions = await openT5Sessions2(config, weights, kind);
    return t5Model2({ config, ort: BUILTIN, ...sessions, decoderBias: weights.floats(DECODER_BIAS2) });
  }
  const { chronos2Model: chronos2Model2 } = await Promise.resolve().then(() => (init_chronos2(), chronos2_exports));
  const { openChronos2Session: openChronos2Session2 } = await Promise.resolve().then(() => (init_chronos2_session(), chronos2_session_exports));
  const session = await openChronos2Session2(config, weights, kind);
  return chronos2Model2({ config, ort: BUILTIN, session: async () => session }, () => session.release());
}
var init_open_builtin_model = __esm({
  "src/chronos/open-builtin-model.ts"() {
    "use strict";
    init_builtin_session();
  }
});

// bench/chronos/runtimes.ts
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

// src/chronos/load-chronos.ts
init_errors();

// src/chronos/checkpoint/checkpoint-files.ts
init_errors();
var CONFIG_FILE = "config.json";
var WEIGHTS_FILE = "model.safetensors";
var ADAPTER_FILE = "adapter_config.json";
function loraRefused(where) {
  const remedy = "merge it into its base model (PEFT: merge_and_unload) and save that";
  return new ForecastError("UNSUPPORTED_CHECKPOINT", `loadChronos: ${where} holds a LoRA adapter: ${remedy}`, {
    field: "source"
  });
}
function parseConfigText(text, name) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ForecastError("INVALID_CHECKPOINT", `loadChronos: ${name} is no JSON`, { field: name, cause });
  }
}

// src/chronos/checkpoint/default-checkpoint.ts
init_errors();

// src/chronos/checkpoint/folder-checkpoint.ts
init_errors();
async function openFolder(folder2) {
  const { existsSync: existsSync2, readFileSync } = await import("node:fs");
  const { join: join2 } = await import("node:path");
  const has = (name) => existsSync2(join2(folder2, name));
  const fail = (code, problem, cause) => new ForecastError(code, `loadChronos: ${folder2} ${problem}`, { field: folder2, cause });
  if (!existsSync2(folder2)) throw fail("INVALID_CHECKPOINT", "does not exist");
  if (has(ADAPTER_FILE)) throw loraRefused(folder2);
  if (!has(CONFIG_FILE)) throw fail("INVALID_CHECKPOINT", `has no ${CONFIG_FILE}`);
  if (!has(WEIGHTS_FILE)) {
    if (has(`${WEIGHTS_FILE}.index.json`)) throw fail("UNSUPPORTED_CHECKPOINT", "has its weights in several files");
    if (has("pytorch_model.bin")) throw fail("UNSUPPORTED_CHECKPOINT", "has pickled weights: save them as safetensors");
    throw fail("INVALID_CHECKPOINT", `has no ${WEIGHTS_FILE}`);
  }
  try {
    const config = parseConfigText(readFileSync(join2(folder2, CONFIG_FILE), "utf8"), join2(folder2, CONFIG_FILE));
    return { config, weights: await openFile(join2(folder2, WEIGHTS_FILE)) };
  } catch (error) {
    if (error instanceof ForecastError) throw error;
    throw fail("INVALID_CHECKPOINT", "cannot be read", error);
  }
}
async function openFile(path) {
  const { closeSync, fstatSync, openSync, readSync, realpathSync } = await import("node:fs");
  const descriptor = openSync(path, "r");
  let open = true;
  return {
    name: path,
    size: fstatSync(descriptor).size,
    path: realpathSync(path),
    read(offset, length) {
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const read = readSync(descriptor, bytes, done, Math.min(length - done, 2 ** 30), offset + done);
        if (read === 0)
          throw new ForecastError("INVALID_CHECKPOINT", `loadChronos: ${path} ends at byte ${offset + done}`, {
            field: path
          });
        done += read;
      }
      return bytes;
    },
    close() {
      if (open) closeSync(descriptor);
      open = false;
    }
  };
}
async function isFolder(path) {
  if (!hasFileSystem()) return false;
  const { statSync: statSync2 } = await import("node:fs");
  return statSync2(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
function hasFileSystem() {
  return typeof process !== "undefined" && typeof process.versions?.node === "string";
}

// src/chronos/checkpoint/default-checkpoint.ts
var DEFAULT_FOLDER = "models/default";
async function defaultFolder(moduleUrl = import.meta.url) {
  const missing = (why) => new ForecastError("INVALID_CHECKPOINT", `loadChronos: no default checkpoint ships with this package (${why})`, {
    field: "source"
  });
  if (!hasFileSystem() || !moduleUrl.startsWith("file:"))
    throw missing(`there is no file system: hand in the URL under which ${DEFAULT_FOLDER} is served`);
  const { existsSync: existsSync2, readFileSync } = await import("node:fs");
  const { dirname, join: join2 } = await import("node:path");
  const { fileURLToPath } = await import("node:url");
  for (let folder2 = dirname(fileURLToPath(moduleUrl)); ; folder2 = dirname(folder2)) {
    const manifest = join2(folder2, "package.json");
    if (existsSync2(manifest) && JSON.parse(readFileSync(manifest, "utf8")).name === "chronolight") {
      const path = join2(folder2, DEFAULT_FOLDER);
      if (!existsSync2(join2(path, "config.json"))) throw missing(`there is no checkpoint in ${path}`);
      return path;
    }
    if (folder2 === dirname(folder2)) throw missing("its package.json was not found: was it bundled?");
  }
}

// src/chronos/checkpoint/hub-checkpoint.ts
init_errors();

// src/chronos/checkpoint/hub-cache.ts
init_errors();
var FILES = [CONFIG_FILE, WEIGHTS_FILE];
async function cachedSnapshot({ cache, repo, revision }) {
  const { existsSync: existsSync2, readFileSync } = await import("node:fs");
  const { join: join2 } = await import("node:path");
  const folder2 = join2(cache, folderName(repo));
  const note = join2(folder2, "refs", revision);
  const commit = isCommit(revision) || !existsSync2(note) ? revision : readFileSync(note, "utf8").trim();
  const snapshot = join2(folder2, "snapshots", commit);
  return FILES.every((name) => existsSync2(join2(snapshot, name))) ? snapshot : void 0;
}
async function downloadSnapshot(request, client) {
  const { cache, repo, revision } = request;
  const { existsSync: existsSync2 } = await import("node:fs");
  const { mkdir, rename, writeFile } = await import("node:fs/promises");
  const { dirname, join: join2 } = await import("node:path");
  const commit = isCommit(revision) ? revision : await client.commit();
  const folder2 = join2(cache, folderName(repo));
  const snapshot = join2(folder2, "snapshots", commit);
  try {
    if (!FILES.every((name) => existsSync2(join2(snapshot, name)))) {
      const files = await client.describe(commit, [...FILES, ADAPTER_FILE]);
      if (files.some(({ path }) => path === ADAPTER_FILE)) throw loraRefused(`${repo}@${revision}`);
      await mkdir(join2(folder2, "blobs"), { recursive: true });
      await mkdir(snapshot, { recursive: true });
      for (const name of FILES) {
        const file = files.find(({ path }) => path === name);
        if (file === void 0)
          throw new ForecastError("INVALID_CHECKPOINT", `loadChronos: ${repo}@${revision} has no ${name}`, {
            field: "source"
          });
        const blob = join2(folder2, "blobs", file.hash.hex);
        if (!existsSync2(blob)) await downloadBlob(request, client, commit, file, blob);
        await linkTo(blob, snapshot, name);
      }
    }
    if (!isCommit(revision)) {
      const note = join2(folder2, "refs", revision);
      await mkdir(dirname(note), { recursive: true });
      const fresh = temporary(note);
      await writeFile(fresh, commit);
      await rename(fresh, note);
    }
  } catch (error) {
    throw client.failure("it cannot be brought into the cache", error);
  }
  return snapshot;
}
async function downloadBlob(request, client, commit, file, blob) {
  const { open, rename, rm } = await import("node:fs/promises");
  const { createHash } = await import("node:crypto");
  const { signal, onProgress } = request;
  const { path, size } = file;
  const { algorithm, hex } = file.hash;
  const hash = createHash(algorithm === "sha256" ? "sha256" : "sha1");
  if (algorithm === "git-sha1") hash.update(`blob ${size}\0`);
  const create = request.create ?? ((name) => open(name, "wx"));
  const partial = temporary(`${blob}.incomplete`);
  try {
    const target = await create(partial);
    try {
      let loaded = 0;
      for await (const piece of readPieces(await client.open(commit, path))) {
        signal?.throwIfAborted();
        loaded += piece.length;
        if (loaded > size) break;
        hash.update(piece);
        await target.write(piece);
        onProgress?.({ file: path, loaded, total: size });
      }
      if (loaded !== size) throw new Error(`${path} has ${loaded} bytes or more, the hub says ${size}`);
      const found = hash.digest("hex");
      if (found !== hex) throw new Error(`${path} has the ${algorithm} ${found}, the hub says ${hex}`);
      await target.sync();
    } finally {
      await target.close();
    }
    await rename(partial, blob);
  } catch (error) {
    await rm(partial, { force: true });
    throw client.failure(`the download of ${path} failed`, error);
  }
}
async function* readPieces(stream) {
  const reader = stream.getReader();
  try {
    for (; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {
    });
  }
}
function folderName(repo) {
  return ["models", ...repo.split("/")].join("--");
}
function isCommit(revision) {
  return /^[0-9a-f]{40}$/.test(revision);
}
function temporary(path) {
  return `${path}.${process.pid}-${Math.random().toString(36).slice(2)}`;
}
async function linkTo(blob, snapshot, name) {
  const { link, symlink } = await import("node:fs/promises");
  const { basename, join: join2 } = await import("node:path");
  const place = join2(snapshot, name);
  try {
    await symlink(join2("..", "..", "blobs", basename(blob)), place);
  } catch (error) {
    const { code } = error;
    if (code === "EEXIST") return;
    if (code !== "EPERM") throw error;
    await link(blob, place);
  }
}

// src/chronos/checkpoint/hub-client.ts
init_errors();
async function hubClient(repo, revision, { endpoint: hubUrl, token }, signal) {
  const hub = await importHub();
  const requested = (input, init) => {
    const headers = new Headers(init?.headers);
    if (token !== void 0) headers.set("Authorization", `Bearer ${token}`);
    return fetch(input, { ...init, headers, signal });
  };
  const shared = { hubUrl, fetch: requested };
  const failure = (problem, cause) => {
    signal?.throwIfAborted();
    if (cause instanceof ForecastError) return cause;
    const why = redact(reason(cause), token);
    return new ForecastError("DOWNLOAD_FAILED", `loadChronos: ${repo}@${revision}: ${problem}: ${why}`, {
      field: "source",
      cause: new Error(why)
    });
  };
  const attempt = async (problem, ask) => {
    try {
      return await ask();
    } catch (error) {
      throw failure(problem, error);
    }
  };
  return {
    failure,
    commit: () => attempt("the hub does not give the repository", async () => {
      const info = await hub.modelInfo({ ...shared, name: repo, revision, additionalFields: ["sha"] });
      if (!/^[0-9a-f]{40}$/.test(info.sha)) throw new Error("the answer names no commit");
      return info.sha;
    }),
    describe: (commit, paths) => attempt("the hub does not list the files", async () => {
      const infos = await hub.pathsInfo({ ...shared, repo, revision: commit, paths: [...paths] });
      return infos.flatMap(({ path, size, lfs, oid }) => {
        if (lfs !== void 0) return [{ path, size: lfs.size, hash: { algorithm: "sha256", hex: lfs.oid } }];
        return oid === void 0 ? [] : [{ path, size, hash: { algorithm: "git-sha1", hex: oid } }];
      });
    }),
    open: (commit, path) => attempt(`the hub does not give ${path}`, async () => {
      const blob = await hub.downloadFile({ ...shared, repo, revision: commit, path });
      if (blob === null) throw new Error("there is no such file");
      return blob.stream();
    })
  };
}
async function importHub() {
  const name = "@huggingface/hub";
  try {
    return await import(
      /* @vite-ignore */
      /* webpackIgnore: true */
      name
    );
  } catch (cause) {
    throw new ForecastError(
      "RUNTIME_MISSING",
      "loadChronos: a repository id needs @huggingface/hub: install it, or hand in a folder",
      { field: "source", cause }
    );
  }
}
function reason(error) {
  if (!(error instanceof Error)) return String(error);
  const status = error.statusCode;
  const hint = HINTS[String(status)];
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return `${hint === void 0 ? "" : `status ${status}, ${hint}: `}${error.message}${cause}`;
}
var HINTS = {
  401: "no such repository, or HF_TOKEN is missing or wrong",
  403: "HF_TOKEN has no access to it",
  404: "no such repository or revision"
};
function redact(text, token) {
  return token === void 0 ? text : text.replaceAll(token, "***");
}

// src/chronos/checkpoint/hub-settings.ts
async function hubSettings(env, files) {
  const endpoint = (env["HF_ENDPOINT"] || "https://huggingface.co").replace(/\/+$/, "");
  const offline = ["1", "ON", "YES", "TRUE"].includes((env["HF_HUB_OFFLINE"] ?? "").toUpperCase());
  if (!files) return { endpoint, offline, token: env["HF_TOKEN"] || void 0, cache: void 0 };
  const { existsSync: existsSync2, readFileSync } = await import("node:fs");
  const { homedir } = await import("node:os");
  const { join: join2 } = await import("node:path");
  const home = env["HF_HOME"] || join2(env["XDG_CACHE_HOME"] || join2(homedir(), ".cache"), "huggingface");
  const tokenFile = env["HF_TOKEN_PATH"] || join2(home, "token");
  const stored = existsSync2(tokenFile) ? readFileSync(tokenFile, "utf8").trim() : void 0;
  return {
    endpoint,
    offline,
    token: env["HF_TOKEN"] || stored || void 0,
    cache: env["HF_HUB_CACHE"] || env["HUGGINGFACE_HUB_CACHE"] || join2(home, "hub")
  };
}

// src/chronos/checkpoint/hub-checkpoint.ts
init_safetensors();
function isRepositoryId(text) {
  return /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)?$/.test(text) && !text.includes("..") && !text.includes("--");
}
async function openHub(repo, { revision = "main", onProgress, signal }) {
  if (!/^[\w][\w./-]*$/.test(revision) || revision.includes(".."))
    throw invalid("INVALID_ARGUMENT", "loadChronos", "revision", "a branch, tag or commit", revision);
  const files = hasFileSystem();
  const settings = await hubSettings(files ? process.env : {}, files);
  const { cache, offline } = settings;
  if (cache === void 0) return inMemory(await hubClient(repo, revision, settings, signal), onProgress);
  const request = { cache, repo, revision, onProgress, signal };
  const fixed = /^[0-9a-f]{40}$/.test(revision);
  const cached = fixed || offline ? await cachedSnapshot(request) : void 0;
  if (cached !== void 0) return openFolder(cached);
  if (offline)
    throw new ForecastError(
      "DOWNLOAD_FAILED",
      `loadChronos: ${repo}@${revision} is not in the cache, and HF_HUB_OFFLINE is set`,
      {
        field: "source"
      }
    );
  return openFolder(await downloadSnapshot(request, await hubClient(repo, revision, settings, signal)));
}
async function inMemory(client, onProgress) {
  const commit = await client.commit();
  const described = await client.describe(commit, [CONFIG_FILE, WEIGHTS_FILE]);
  const read = async (path) => {
    const file = described.find((one) => one.path === path);
    if (file === void 0)
      throw new ForecastError("INVALID_CHECKPOINT", `loadChronos: the repository has no ${path}`, { field: "source" });
    try {
      return await readWhole(await client.open(commit, path), file, onProgress);
    } catch (error) {
      throw client.failure(`the download of ${path} failed`, error);
    }
  };
  const config = parseConfigText(new TextDecoder().decode(await read(CONFIG_FILE)), CONFIG_FILE);
  return { config, weights: memorySource(WEIGHTS_FILE, await read(WEIGHTS_FILE)) };
}
async function readWhole(stream, { path, size, hash }, onProgress) {
  const bytes = new Uint8Array(size);
  let loaded = 0;
  for await (const piece of readPieces(stream)) {
    if (loaded + piece.length > size) throw new Error(`${path} is longer than the ${size} bytes that the hub says`);
    bytes.set(piece, loaded);
    loaded += piece.length;
    onProgress?.({ file: path, loaded, total: size });
  }
  if (loaded !== size) throw new Error(`${path} has ${loaded} bytes, the hub says ${size}`);
  if (hash.algorithm === "sha256") {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (found !== hash.hex) throw new Error(`${path} has the sha256 ${found}, the hub says ${hash.hex}`);
  }
  return bytes;
}

// src/chronos/checkpoint/parse-config.ts
init_errors();

// src/chronos/checkpoint/config-schema.ts
init_errors();
function schema(read) {
  return {
    read,
    optional: () => schema((value, path, refuse) => value === void 0 ? void 0 : read(value, path, refuse)),
    nullable: () => schema((value, path, refuse) => value === null ? null : read(value, path, refuse)),
    nullish: () => schema((value, path, refuse) => value === void 0 || value === null ? value : read(value, path, refuse)),
    default: (fallback) => schema((value, path, refuse) => value === void 0 ? fallback : read(value, path, refuse)),
    refine: (meets, expected) => schema(refined(read, meets, expected))
  };
}
function refined(read, meets, expected) {
  return (value, path, refuse) => {
    const checked = read(value, path, refuse);
    return meets(checked) ? checked : refuse(path, expected, describe(value));
  };
}
function ofType(is, expected) {
  return schema((value, path, refuse) => is(value) ? value : refuse(path, expected, describe(value)));
}
function numbers2(read) {
  const bounded = (meets, expected) => numbers2(refined(read, meets, expected));
  return {
    ...schema(read),
    gt: (bound) => bounded((value) => value > bound, `above ${bound}`),
    lt: (bound) => bounded((value) => value < bound, `below ${bound}`),
    min: (bound) => bounded((value) => value >= bound, `at least ${bound}`),
    max: (bound) => bounded((value) => value <= bound, `at most ${bound}`),
    positive: () => bounded((value) => value > 0, "above 0"),
    negative: () => bounded((value) => value < 0, "below 0")
  };
}
function number() {
  return numbers2(ofType((value) => Number.isFinite(value), "a finite number").read);
}
function int() {
  return numbers2(ofType((value) => Number.isSafeInteger(value), "a whole number").read);
}
function string() {
  return ofType((value) => typeof value === "string", "a string");
}
function boolean() {
  return ofType((value) => typeof value === "boolean", "true or false");
}
function literal(wanted) {
  return ofType((value) => value === wanted, describe(wanted));
}
function oneOf(wanted) {
  return ofType((value) => wanted.includes(value), `one of ${wanted.map(describe).join(", ")}`);
}
function array(item) {
  const list = schema(
    (value, path, refuse) => Array.isArray(value) ? value.map((one, i) => item.read(one, `${path}.${i}`, refuse)) : refuse(path, "an array", describe(value))
  );
  return { ...list, min: (length) => list.refine((value) => value.length >= length, `${length} values or more`) };
}
function object(shape) {
  return objects(shape, false);
}
function strictObject(shape) {
  return objects(shape, true);
}
function objects(shape, strict) {
  const read = (value, path, refuse) => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return refuse(path, "an object", describe(value));
    const unknown = strict ? Object.keys(value).find((key) => !Object.hasOwn(shape, key)) : void 0;
    if (unknown !== void 0)
      return refuse(path, `an object of no other fields than ${Object.keys(shape).join(", ")}`, describe(unknown));
    const fields = Object.entries(shape).map(([key, field]) => {
      const own = Object.hasOwn(value, key) ? value[key] : void 0;
      return [key, field.read(own, path === "" ? key : `${path}.${key}`, refuse)];
    });
    return Object.fromEntries(fields);
  };
  return {
    ...schema(read),
    extend: (more) => objects({ ...shape, ...more }, strict),
    omit: (keys) => objects(Object.fromEntries(Object.entries(shape).filter(([key]) => !(key in keys))), strict)
  };
}

// src/chronos/checkpoint/parse-config.ts
var count = int().positive();
var levels = array(number().gt(0).lt(1)).min(2).refine((list) => list.every((level, i) => i === 0 || level > list[i - 1]), "must be strictly ascending");
var transformer = object({
  d_model: count,
  d_kv: count,
  d_ff: count,
  num_heads: count,
  num_layers: count,
  layer_norm_epsilon: number().positive().default(1e-6),
  feed_forward_proj: string().default("relu")
});
var t5 = transformer.extend({
  num_decoder_layers: count.optional(),
  relative_attention_num_buckets: count.default(32),
  relative_attention_max_distance: count.default(128),
  decoder_start_token_id: int().min(0).default(0)
});
var patches = { context_length: count, input_patch_size: count, input_patch_stride: count, quantiles: levels };
var bolt = t5.extend({
  chronos_config: object({ ...patches, prediction_length: count, use_reg_token: boolean().default(false) }),
  chronolight: strictObject({
    input: oneOf(["raw", "log"]).default("raw"),
    anchor: oneOf(["mean", "last"]).default("mean")
  }).default({ input: "raw", anchor: "mean" })
});
var chronosT5 = t5.extend({
  vocab_size: count,
  tie_word_embeddings: boolean().default(true),
  chronos_config: object({
    tokenizer_class: literal("MeanScaleUniformBins"),
    tokenizer_kwargs: object({ low_limit: number(), high_limit: number() }),
    context_length: count,
    prediction_length: count,
    n_tokens: count,
    n_special_tokens: count,
    pad_token_id: int().min(0),
    eos_token_id: int().min(0),
    use_eos_token: boolean(),
    model_type: literal("seq2seq"),
    temperature: number().positive().default(1),
    top_k: int().min(0).nullable().default(50),
    top_p: number().gt(0).max(1).nullable().default(1)
  })
});
var chronos2 = transformer.extend({
  rope_theta: number().positive().default(1e4),
  reg_token_id: int().min(0).default(1),
  chronos_config: object({
    ...patches,
    output_patch_size: count,
    max_output_patches: count.default(1),
    time_encoding_scale: count.nullish(),
    use_arcsinh: boolean().default(false),
    use_reg_token: boolean().default(false)
  })
});
var FAMILIES = {
  ChronosBoltModelForForecasting: "chronos-bolt",
  T5ForConditionalGeneration: "chronos-t5",
  Chronos2Model: "chronos-2"
};
function parseConfig(config, name = "config.json") {
  if (typeof config !== "object" || config === null)
    throw invalid("INVALID_CHECKPOINT", "loadChronos", name, "a JSON object", config);
  const { architectures, chronos_config: chronosConfig } = config;
  const architecture = Array.isArray(architectures) ? String(architectures[0]) : String(architectures);
  const family = FAMILIES[architecture];
  if (family === void 0)
    throw unsupported(`${name}: architectures`, `one of ${Object.keys(FAMILIES).join(", ")}`, architecture);
  if (typeof chronosConfig !== "object" || chronosConfig === null)
    throw unsupported(`${name}: chronos_config`, "the object that every Chronos checkpoint has", "none");
  if (family === "chronos-bolt") return boltConfig(config, name);
  return family === "chronos-t5" ? t5Config(config, name) : chronos2Config(config, name);
}
function boltConfig(config, name) {
  const parsed = check(bolt, config, name);
  const { chronos_config: chronos } = parsed;
  checkStride(chronos, name);
  const start = parsed.decoder_start_token_id;
  if (start > (chronos.use_reg_token ? 1 : 0))
    throw invalid(
      "INVALID_CHECKPOINT",
      "loadChronos",
      `${name}: decoder_start_token_id`,
      "a row of shared.weight",
      start
    );
  return {
    family: "chronos-bolt",
    ...encoderDecoder(parsed, name),
    regToken: chronos.use_reg_token ? 1 : void 0,
    contextLength: chronos.context_length,
    predictionLength: chronos.prediction_length,
    patchSize: chronos.input_patch_size,
    levels: chronos.quantiles,
    transform: parsed.chronolight
  };
}
function t5Config(config, name) {
  const modelType = config.chronos_config.model_type;
  if (modelType !== "seq2seq") throw unsupported(`${name}: chronos_config.model_type`, '"seq2seq"', modelType);
  const parsed = check(chronosT5, config, name);
  const { chronos_config: chronos } = parsed;
  const bins = chronos.n_tokens - chronos.n_special_tokens - 1;
  if (bins < 2 || chronos.n_tokens > parsed.vocab_size)
    throw invalid(
      "INVALID_CHECKPOINT",
      "loadChronos",
      `${name}: n_tokens`,
      "between 3 + n_special_tokens and vocab_size",
      chronos.n_tokens
    );
  const rows = [
    ["decoder_start_token_id", parsed.decoder_start_token_id],
    ["chronos_config.pad_token_id", chronos.pad_token_id],
    ["chronos_config.eos_token_id", chronos.eos_token_id]
  ];
  for (const [field, id] of rows)
    if (id >= parsed.vocab_size)
      throw invalid("INVALID_CHECKPOINT", "loadChronos", `${name}: ${field}`, "below vocab_size", id);
  return {
    family: "chronos-t5",
    ...encoderDecoder(parsed, name),
    vocabSize: parsed.vocab_size,
    tied: parsed.tie_word_embeddings,
    contextLength: chronos.context_length,
    predictionLength: chronos.prediction_length,
    tokens: chronos.n_tokens,
    specialTokens: chronos.n_special_tokens,
    padToken: chronos.pad_token_id,
    eosToken: chronos.eos_token_id,
    appendEos: chronos.use_eos_token,
    lowLimit: chronos.tokenizer_kwargs.low_limit,
    highLimit: chronos.tokenizer_kwargs.high_limit,
    temperature: chronos.temperature,
    topK: chronos.top_k ?? 0,
    topP: chronos.top_p ?? 1
  };
}
function chronos2Config(config, name) {
  const parsed = check(chronos2, config, name);
  const { chronos_config: chronos } = parsed;
  checkStride(chronos, name);
  if (chronos.output_patch_size !== chronos.input_patch_size)
    throw unsupported(
      `${name}: output_patch_size`,
      `input_patch_size (${chronos.input_patch_size})`,
      chronos.output_patch_size
    );
  if (parsed.feed_forward_proj.startsWith("gated-"))
    throw unsupported(`${name}: feed_forward_proj`, "without a gate in Chronos-2", parsed.feed_forward_proj);
  if (parsed.d_kv % 2 !== 0) throw invalid("INVALID_CHECKPOINT", "loadChronos", `${name}: d_kv`, "even", parsed.d_kv);
  return {
    family: "chronos-2",
    ...encoder(parsed, name),
    ropeTheta: parsed.rope_theta,
    regToken: chronos.use_reg_token ? parsed.reg_token_id : void 0,
    contextLength: chronos.context_length,
    patchSize: chronos.input_patch_size,
    maxOutputPatches: chronos.max_output_patches,
    timeEncodingScale: chronos.time_encoding_scale ?? chronos.context_length,
    useArcsinh: chronos.use_arcsinh,
    levels: chronos.quantiles
  };
}
function encoder(parsed, name) {
  return {
    dModel: parsed.d_model,
    dKv: parsed.d_kv,
    dFf: parsed.d_ff,
    numHeads: parsed.num_heads,
    numLayers: parsed.num_layers,
    layerNormEpsilon: parsed.layer_norm_epsilon,
    ...feedForward(parsed.feed_forward_proj, name)
  };
}
function encoderDecoder(parsed, name) {
  return {
    ...encoder(parsed, name),
    numDecoderLayers: parsed.num_decoder_layers ?? parsed.num_layers,
    decoderStartToken: parsed.decoder_start_token_id,
    relativeBuckets: parsed.relative_attention_num_buckets,
    relativeMaxDistance: parsed.relative_attention_max_distance
  };
}
function feedForward(projection, name) {
  const gated = projection.startsWith("gated-");
  const word = projection === "gated-gelu" ? "gelu_new" : projection.replace("gated-", "");
  const activation = word === "swish" ? "silu" : word;
  if (activation !== "relu" && activation !== "gelu" && activation !== "gelu_new" && activation !== "silu")
    throw unsupported(`${name}: feed_forward_proj`, "relu, gelu, gelu_new or silu, plain or gated", projection);
  return { activation, gated };
}
function checkStride(chronos, name) {
  if (chronos.input_patch_stride !== chronos.input_patch_size)
    throw unsupported(
      `${name}: input_patch_stride`,
      `input_patch_size (${chronos.input_patch_size})`,
      chronos.input_patch_stride
    );
}
function check(schema2, config, name) {
  return schema2.read(config, "", (field, expected, actual) => {
    throw new ForecastError("INVALID_CHECKPOINT", `loadChronos: ${name}: ${field} must be ${expected}, got ${actual}`, {
      field,
      expected,
      actual
    });
  });
}
function unsupported(field, expected, actual) {
  return invalid("UNSUPPORTED_CHECKPOINT", "loadChronos", field, expected, actual);
}

// src/chronos/load-chronos.ts
init_safetensors();

// src/chronos/checkpoint/url-checkpoint.ts
init_errors();
init_safetensors();
async function openUrl(base, { onProgress, signal }) {
  const read = async (file) => {
    const url = `${base.replace(/\/+$/, "")}/${file}`;
    try {
      const response = await fetch(url, { signal });
      if (!response.ok) throw new Error(`status ${response.status}`);
      return await readBody(response, (loaded, total) => onProgress?.({ file, loaded, total }));
    } catch (cause) {
      signal?.throwIfAborted();
      throw new ForecastError("DOWNLOAD_FAILED", `loadChronos: ${url} cannot be read`, { field: "source", cause });
    }
  };
  const config = parseConfigText(new TextDecoder().decode(await read(CONFIG_FILE)), CONFIG_FILE);
  return { config, weights: memorySource(WEIGHTS_FILE, await read(WEIGHTS_FILE)) };
}
async function readBody(response, report2) {
  const header = response.headers.get("content-length");
  const total = header === null || response.headers.has("content-encoding") ? void 0 : Number(header);
  const pieces = [];
  let loaded = 0;
  if (response.body !== null)
    for await (const piece of readPieces(response.body)) {
      pieces.push(piece);
      loaded += piece.length;
      report2(loaded, total);
    }
  if (total !== void 0 && loaded !== total) throw new Error(`${loaded} of ${total} bytes came`);
  const bytes = new Uint8Array(loaded);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}

// src/chronos/runtime/builtin-notice.ts
init_errors();
var CODE = "CHRONOLIGHT_BUILTIN_RUNTIME";
var told = false;
function noticeBuiltin(missing) {
  if (told) return;
  told = true;
  const cause = isForecastError(missing) ? missing.cause : void 0;
  const faults = (cause instanceof AggregateError ? cause.errors : []).filter((error) => error.code === "ERR_DLOPEN_FAILED").map((error) => ` (onnxruntime-node is installed and fails: ${error.message})`);
  const text = `chronolight: no ONNX Runtime is installed or handed in, so Chronos runs on the built-in runtime. For large batches onnxruntime-node is faster: npm install onnxruntime-node; or pass runtime: 'builtin' to keep this one${faults.join("")}`;
  if (typeof process !== "undefined" && typeof process.emitWarning === "function")
    process.emitWarning(text, { type: "Notice", code: CODE });
  else console.info(text);
}

// src/chronos/runtime/runtime.ts
init_errors();
async function resolveRuntime(given) {
  if (given !== void 0) {
    const ort = asRuntime(given);
    if (ort === void 0)
      throw invalid(
        "INVALID_ARGUMENT",
        "loadChronos",
        "ort",
        "a module of ONNX Runtime (InferenceSession, Tensor)",
        given
      );
    return { ort, opensFiles: isNative(given) };
  }
  const failures = [];
  for (const name of ["onnxruntime-node", "onnxruntime-web"]) {
    try {
      if (name === "onnxruntime-node") declineTelemetry();
      const ort = asRuntime(await importOptional(name));
      if (ort === void 0) continue;
      if (ort.env?.wasm && name === "onnxruntime-web") ort.env.wasm.numThreads ??= 1;
      return { ort, opensFiles: name === "onnxruntime-node" };
    } catch (error) {
      failures.push(error);
    }
  }
  throw new ForecastError(
    "RUNTIME_MISSING",
    "loadChronos: ONNX Runtime is needed: install onnxruntime-node (or onnxruntime-web), or hand one in as option ort",
    { field: "ort", cause: new AggregateError(failures) }
  );
}
function declineTelemetry() {
  if (typeof process !== "undefined") process.env["ORT_DISABLE_TELEMETRY"] ??= "1";
}
function importOptional(name) {
  return import(
    /* @vite-ignore */
    /* webpackIgnore: true */
    name
  );
}
function asRuntime(module) {
  const candidates = [module, module?.default];
  return candidates.find((candidate) => {
    const { InferenceSession, Tensor } = candidate ?? {};
    return typeof InferenceSession?.create === "function" && typeof Tensor === "function";
  });
}
function isNative(module) {
  return "listSupportedBackends" in module || "listSupportedBackends" in (module.default ?? {});
}

// src/chronos/load-chronos.ts
async function loadChronos(source, options = {}) {
  const { signal } = options;
  signal?.throwIfAborted();
  const settings = await checkSettings(options);
  const files = await openFiles(source ?? await defaultFolder(), options);
  try {
    signal?.throwIfAborted();
    const runtime = await chooseRuntime(options);
    const model = await openModel(files, runtime, settings);
    if (model.family !== "chronos-2" || runtime === void 0) files.weights.close();
    return model;
  } catch (error) {
    files.weights.close();
    throw error;
  }
}
async function openModel(files, runtime, settings) {
  const config = parseConfig(files.config);
  const weights = openSafetensors(files.weights);
  if (runtime !== void 0) {
    const { openOnnxModel: openOnnxModel2 } = await Promise.resolve().then(() => (init_open_onnx_model(), open_onnx_model_exports));
    return openOnnxModel2(config, weights, runtime, settings);
  }
  const { openBuiltinModel: openBuiltinModel2 } = await Promise.resolve().then(() => (init_open_builtin_model(), open_builtin_model_exports));
  return openBuiltinModel2(config, weights);
}
async function chooseRuntime({ runtime, ort, precision }) {
  if (runtime === "builtin") return void 0;
  if (runtime === "onnx" || ort !== void 0 || precision === "int8") return resolveRuntime(ort);
  try {
    return await resolveRuntime();
  } catch (error) {
    if (!isForecastError(error, "RUNTIME_MISSING")) throw error;
    noticeBuiltin(error);
    return void 0;
  }
}
async function openFiles(source, options) {
  if (typeof source === "object" && !(source instanceof URL)) {
    const config = typeof source.config === "string" ? parseConfigText(source.config, "config") : source.config;
    return { config, weights: memorySource("weights", source.weights) };
  }
  const text = String(source);
  if (/^https?:/.test(text)) return openUrl(text, options);
  if (text.startsWith("file:")) return openFolder((await import("node:url")).fileURLToPath(text));
  if (await isFolder(text)) return openFolder(text);
  if (isRepositoryId(text)) return openHub(text, options);
  throw invalid(
    "INVALID_CHECKPOINT",
    "loadChronos",
    "source",
    "a folder, a URL or the id of a repository on the hub",
    text
  );
}
async function checkSettings({ precision = "fp32", threads, runtime, ort }) {
  if (runtime !== void 0 && runtime !== "builtin" && runtime !== "onnx")
    throw invalid("INVALID_ARGUMENT", "loadChronos", "runtime", "'builtin' or 'onnx'", runtime);
  if (runtime === "builtin" && ort !== void 0)
    throw invalid("INVALID_ARGUMENT", "loadChronos", "ort", "absent with runtime: 'builtin'", ort);
  if (runtime === "builtin" && precision === "int8")
    throw invalid("INVALID_ARGUMENT", "loadChronos", "precision", "'fp32' with runtime: 'builtin'", precision);
  if (precision !== "fp32" && precision !== "int8")
    throw invalid("INVALID_ARGUMENT", "loadChronos", "precision", "'fp32' or 'int8'", precision);
  if (threads !== void 0 && (!Number.isSafeInteger(threads) || threads < 1))
    throw invalid("INVALID_ARGUMENT", "loadChronos", "threads", "a whole number >= 1", threads);
  return { precision, threads: threads ?? await defaultThreads() };
}
async function defaultThreads() {
  if (!hasFileSystem()) return 1;
  const { availableParallelism } = await import("node:os");
  return Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)));
}

// test/chronos/random-bolt.ts
init_stats();

// test/chronos/safetensors-bytes.ts
function safetensors(tensors) {
  const header = { __metadata__: { format: "pt" } };
  let end = 0;
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [end, end + data.length] };
    end += data.length;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  let offset = 8 + text.length;
  for (const { data } of Object.values(tensors)) {
    bytes.set(data, offset);
    offset += data.length;
  }
  return bytes;
}

// test/chronos/random-bolt.ts
var TINY = { dModel: 256, dFf: 1024, dKv: 64, heads: 4, layers: 4 };
var CHRONOS = {
  context_length: 2048,
  prediction_length: 64,
  input_patch_size: 16,
  input_patch_stride: 16,
  quantiles: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
  use_reg_token: true
};
function randomBolt(sizes2, seed) {
  const config = {
    architectures: ["ChronosBoltModelForForecasting"],
    chronos_config: CHRONOS,
    d_model: sizes2.dModel,
    d_kv: sizes2.dKv,
    d_ff: sizes2.dFf,
    num_heads: sizes2.heads,
    num_layers: sizes2.layers,
    num_decoder_layers: sizes2.layers,
    feed_forward_proj: "relu"
  };
  const random = createRandom(seed);
  const tensors = {};
  for (const [name, shape] of shapes(sizes2)) {
    const values = new Float32Array(shape.reduce((product, dim) => product * dim, 1));
    const reach = Math.sqrt(3 / (shape.length === 2 ? shape[1] : 1));
    const centre = name.includes("layer_norm") ? 1 : 0;
    for (let i = 0; i < values.length; i++) values[i] = centre + (centre ? 0.2 : reach) * (2 * random.uniform() - 1);
    if (/\.[qk]\.weight$/.test(name)) for (let i = 0; i < values.length; i++) values[i] /= sizes2.dKv ** 0.25;
    tensors[name] = { dtype: "F32", shape, data: new Uint8Array(values.buffer) };
  }
  return { config, weights: safetensors(tensors) };
}
function* shapes({ dModel: d, dFf, dKv, heads, layers }) {
  const inner = heads * dKv;
  yield ["shared.weight", [2, d]];
  for (const stack of ["encoder", "decoder"]) {
    const parts = stack === "encoder" ? ["SelfAttention"] : ["SelfAttention", "EncDecAttention"];
    for (let block = 0; block < layers; block++) {
      const layer = `${stack}.block.${block}.layer`;
      for (const [i, part] of parts.entries()) {
        for (const which of ["q", "k", "v"]) yield [`${layer}.${i}.${part}.${which}.weight`, [inner, d]];
        yield [`${layer}.${i}.${part}.o.weight`, [d, inner]];
        yield [`${layer}.${i}.layer_norm.weight`, [d]];
      }
      yield [`${layer}.${parts.length}.DenseReluDense.wi.weight`, [dFf, d]];
      yield [`${layer}.${parts.length}.DenseReluDense.wo.weight`, [d, dFf]];
      yield [`${layer}.${parts.length}.layer_norm.weight`, [d]];
    }
    yield [`${stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`, [32, heads]];
    yield [`${stack}.final_layer_norm.weight`, [d]];
  }
  const outputs = CHRONOS.quantiles.length * CHRONOS.prediction_length;
  for (const [block, inputs, out] of [
    ["input", 32, d],
    ["output", d, outputs]
  ])
    for (const [part, rows, columns] of [
      ["hidden", dFf, inputs],
      ["output", out, dFf],
      ["residual", out, inputs]
    ]) {
      yield [`${block}_patch_embedding.${part}_layer.weight`, [rows, columns]];
      yield [`${block}_patch_embedding.${part}_layer.bias`, [rows]];
    }
}

// bench/chronos/runtimes.ts
var KINDS = ["builtin", "web", "node"];
var SIZES = {
  tiny: TINY,
  mini: { dModel: 384, dFf: 1536, dKv: 64, heads: 8, layers: 4 },
  small: { dModel: 512, dFf: 2048, dKv: 64, heads: 8, layers: 6 }
};
var PACKAGES = {
  builtin: [],
  web: ["onnxruntime-web", "onnxruntime-common"],
  node: ["onnxruntime-node", "onnxruntime-common"]
};
var [sizes = "default,tiny", roundsText = "12"] = process.argv.slice(2);
var rounds = Number(roundsText);
process.env["ORT_DISABLE_TELEMETRY"] = "1";
var folder = mkdtempSync(join(tmpdir(), "chronos-runtimes-"));
console.log(
  `Node ${process.version}; CPU time in ms, the least of ${rounds} rounds; \xD7: of the built-in runtime's time`
);
report("installed beside chronolight, MiB", installedMiB(), 1);
for (const size of sizes.split(",")) {
  const path = size === "default" ? resolve("models/default") : writeRandom(size);
  benchFirst(size, path);
  await benchBatches(size, path);
}
rmSync(folder, { recursive: true, force: true });
function writeRandom(size) {
  const wanted = SIZES[size];
  if (wanted === void 0) throw new TypeError(`runtimes: no size ${size}`);
  const { config, weights } = randomBolt(wanted, 1);
  const path = mkdtempSync(join(folder, `bolt-${size}-`));
  writeFileSync(join(path, "config.json"), JSON.stringify(config));
  writeFileSync(join(path, "model.safetensors"), weights);
  return path;
}
function installedMiB() {
  const bytes = (path) => statSync(path).isDirectory() ? readdirSync(path).reduce((sum, name) => sum + bytes(join(path, name)), 0) : statSync(path).size;
  const of = (kind) => PACKAGES[kind].reduce((sum, name) => {
    const path = join("node_modules", name);
    return sum + (existsSync(path) ? bytes(path) / 2 ** 20 : 0);
  }, 0);
  return { builtin: of("builtin"), web: of("web"), node: of("node") };
}
function benchFirst(size, path) {
  const library = pathToFileURL(resolve("dist/chronos.js")).href;
  const script = (kind) => `
    import { loadChronos } from ${JSON.stringify(library)};
    ${kind === "builtin" ? 'const options = { runtime: "builtin" };' : `import ort from "onnxruntime-${kind}"; const options = { ort, threads: 1 };`}
    ${kind === "web" ? "ort.env.wasm.numThreads = 1;" : ""}
    const model = await loadChronos(${JSON.stringify(path)}, options);
    await model.forecast([Float64Array.from({ length: 256 }, (_, i) => 100 + Math.sin(i))], { horizon: 5 });`;
  const end = `
    const { user, system } = process.cpuUsage();
    console.log(JSON.stringify({ cpu: (user + system) / 1000, rss: process.memoryUsage().rss / 2 ** 20 }));
    process.exit(0);`;
  const runScript = (text) => {
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", text + end], { encoding: "utf8" });
    return JSON.parse(stdout);
  };
  const cpu = { builtin: Infinity, web: Infinity, node: Infinity };
  const rss = { ...cpu };
  let bare = Infinity;
  for (let round = 0; round < rounds; round++) {
    bare = Math.min(bare, runScript("").cpu);
    for (const kind of KINDS) {
      const one = runScript(script(kind));
      cpu[kind] = Math.min(cpu[kind], one.cpu);
      rss[kind] = Math.min(rss[kind], one.rss);
    }
  }
  report(`${size}: process start to first forecast (Node alone ${bare.toFixed(0)})`, cpu);
  report(`${size}: resident then, MiB`, rss);
}
async function benchBatches(size, path) {
  const models = {};
  for (const kind of KINDS) models[kind] = await loadChronos(path, await optionsOf(kind));
  const length = size === "default" ? 256 : 512;
  for (const batch of size === "default" ? [1, 64, 2700] : [1, 64]) {
    const contexts = Array.from(
      { length: batch },
      (_, k) => Float64Array.from({ length }, (_2, i) => 100 + 20 * Math.sin(i / 7 + k) + 0.1 * i)
    );
    const repeats = batch === 1 ? size === "default" ? 500 : 20 : 1;
    const least = { builtin: Infinity, web: Infinity, node: Infinity };
    for (let round = 0; round <= rounds; round++)
      for (const kind of KINDS) {
        const before = process.cpuUsage();
        for (let i = 0; i < repeats; i++) await models[kind].forecast(contexts, { horizon: 5, numSamples: 1 });
        const { user, system } = process.cpuUsage(before);
        if (round > 0) least[kind] = Math.min(least[kind], (user + system) / 1e3 / repeats);
      }
    report(`${size}: batch ${batch}, context ${length}`, least);
  }
  for (const kind of KINDS) await models[kind].dispose();
}
async function optionsOf(kind) {
  if (kind === "builtin") return { runtime: "builtin" };
  const ort = (await import(`onnxruntime-${kind}`)).default;
  if (ort.env?.wasm) ort.env.wasm.numThreads = 1;
  return { ort, threads: 1 };
}
function report(what, values, digits = 3) {
  const texts = KINDS.map((kind) => {
    const ratio = kind === "builtin" || values.builtin === 0 ? "" : ` (${(values[kind] / values.builtin).toFixed(2)}\xD7)`;
    return `${kind} ${values[kind] >= 100 ? values[kind].toFixed(0) : values[kind].toPrecision(digits)}${ratio}`;
  });
  console.log(`${what}: ${texts.join(", ")}`);
}
