/** A model's text under its key, for example '005930_h1_reg'. */
export interface ModelEntry {
  key: string;
  text: string;
  meta?: object | undefined;
  /** What predictions need of the text, in a form that loads faster (`encodeModel`), kept until the text is put anew. */
  compact?: Uint8Array | undefined;
}

/** Where trained models live. Keys match /^[A-Za-z0-9._-]{1,200}$/ and hold no '..'; anything else is `INVALID_KEY`. */
export interface ModelStore {
  /** Returns the newest text put under the key, or undefined. */
  get(key: string): Promise<string | undefined>;
  /** Replaces the text under the key, all or nothing, also when the process dies midway. */
  put(key: string, text: string, meta?: object): Promise<void>;
  /** Returns the keys that start with the prefix, ascending by code unit. */
  list(prefix?: string): Promise<string[]>;
  /** Returns the texts under the keys as they stood at one moment. A store without it is asked for one after another. */
  getMany?(keys: readonly string[]): Promise<(string | undefined)[]>;
  /** Puts several entries, all or none. A store without it gets them one after another. */
  putMany?(entries: readonly ModelEntry[]): Promise<void>;
  /** Returns the meta object last put with the key's text. A store without it keeps no meta. */
  getMeta?(key: string): Promise<object | undefined>;
  /**
   * Returns the compact forms put with the texts under the keys, as they stood at one moment; undefined where the newest text was put without.
   * A store without it keeps none, and its texts are read. The bytes must not change afterwards: models are laid over them.
   */
  getCompact?(keys: readonly string[]): Promise<(Uint8Array | undefined)[]>;
}
