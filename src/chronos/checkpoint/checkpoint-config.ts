/** The activations that the graph writer knows, by their names in Hugging Face configs. */
export type Activation = 'relu' | 'gelu' | 'gelu_new' | 'silu';

/** What every family's network has. */
export interface TransformerConfig {
  readonly dModel: number;
  /** Width of one head; heads × dKv may differ from dModel. */
  readonly dKv: number;
  readonly dFf: number;
  readonly numHeads: number;
  readonly numLayers: number;
  readonly activation: Activation;
  /** Whether a feed-forward layer has a gate (tensors wi_0 and wi_1). */
  readonly gated: boolean;
  readonly layerNormEpsilon: number;
}

/** T5's relative position bias. */
export interface RelativeBiasConfig {
  readonly relativeBuckets: number;
  readonly relativeMaxDistance: number;
}

/** How closes are turned into the network's series and back: this library's own addition to Chronos-Bolt checkpoints. */
export interface SeriesTransform {
  /** 'log': the network reads natural logarithms of the closes, and every quantile is exponentiated. */
  readonly input: 'raw' | 'log';
  /** What the scaled output is added to: the context's mean (the reference), or its last observed value. */
  readonly anchor: 'mean' | 'last';
}

/** Chronos-Bolt's body: patches of days in, one token decoded, rows of steps out. */
export interface BoltBodyConfig extends TransformerConfig, RelativeBiasConfig {
  readonly numDecoderLayers: number;
  readonly decoderStartToken: number;
  /** The token appended to the context, if the network was trained with one. */
  readonly regToken: number | undefined;
  readonly contextLength: number;
  readonly predictionLength: number;
  readonly patchSize: number;
  readonly levels: readonly number[];
}

/** A Chronos-Bolt checkpoint's config. */
export interface BoltConfig extends BoltBodyConfig {
  readonly family: 'chronos-bolt';
  readonly transform: SeriesTransform;
}

/** How a network of daily bars sees them: its scale, and its four channels in units of that scale. */
export interface BarChannelsConfig {
  /** A day's weight in the scale falls by this factor with each day of its age, in (0, 1]. */
  readonly decay: number;
  /** The least scale, in log returns. */
  readonly minScale: number;
  /** Where the close's return and the night's are cut off, [least, greatest] in units of the scale. */
  readonly returnClip: readonly [number, number];
  readonly nightClip: readonly [number, number];
  /** Of the logarithm of the day's variance and of its squared width: what is added beneath it, and its greatest value. */
  readonly variance: LogChannel;
  readonly width: LogChannel;
}

/** min(max, log(x + floor)). */
export interface LogChannel {
  readonly floor: number;
  readonly max: number;
}

/** The config of a network of daily bars: this library's own kind, Chronos-Bolt's body over open, high, low and close. */
export interface BarBoltConfig extends BoltBodyConfig {
  readonly family: 'bar-bolt';
  readonly bars: BarChannelsConfig;
}

/** A Chronos-T5 checkpoint's config. */
export interface T5Config extends TransformerConfig, RelativeBiasConfig {
  readonly family: 'chronos-t5';
  readonly numDecoderLayers: number;
  readonly decoderStartToken: number;
  readonly vocabSize: number;
  /** Whether the output layer is the embedding: so unless the weights have a head of their own. */
  readonly tied: boolean;
  /** Whether the decoder's output is multiplied by dModel^-1/2 before the output layer. */
  readonly scaledOutput: boolean;
  readonly contextLength: number;
  readonly predictionLength: number;
  readonly tokens: number;
  readonly specialTokens: number;
  readonly padToken: number;
  readonly eosToken: number;
  readonly appendEos: boolean;
  readonly lowLimit: number;
  readonly highLimit: number;
  readonly temperature: number;
  /** 0: every token may be drawn. */
  readonly topK: number;
  readonly topP: number;
}

/** A Chronos-2 checkpoint's config. */
export interface Chronos2Config extends TransformerConfig {
  readonly family: 'chronos-2';
  readonly ropeTheta: number;
  readonly regToken: number | undefined;
  readonly contextLength: number;
  readonly patchSize: number;
  readonly maxOutputPatches: number;
  readonly timeEncodingScale: number;
  readonly useArcsinh: boolean;
  readonly levels: readonly number[];
}

export type CheckpointConfig = BoltConfig | BarBoltConfig | T5Config | Chronos2Config;
