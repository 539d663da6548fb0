import type { PredictionKey } from '../store/records.js';
import type { Store } from '../store/store.js';
import type { Support } from './conformance.js';

/** What a store can have or lack beside the methods that every store has. */
export interface StoreSupport {
  /** What is stored is there for the next process. Needs `reopen`. */
  persistent?: Support | undefined;
  /** Two stores may be open on the same data at the same time. Needs `reopen`. */
  shared?: Support | undefined;
  /** The medium can be damaged from outside. Needs `damage`. */
  corruptRows?: Support | undefined;
  /** `getManyWeights`: the weights of several keys in one call. */
  weightReads?: Support | undefined;
  /** `models.putMany`: several models, all or none. */
  modelBatches?: Support | undefined;
  /** `models.getMany`: several models as they stood at one moment. */
  modelReads?: Support | undefined;
  /** `models.getMeta`: the meta object put with a model. */
  modelMeta?: Support | undefined;
  /** `models.getCompact`: the compact form put with a model. */
  modelCompact?: Support | undefined;
}

/** What a case works with. */
export interface StoreBench {
  /** Empty, and opened for this case alone. */
  store: Store;
  /** Opens the same data once more. */
  reopen(): Promise<Store>;
  /** Makes the stored prediction unreadable. */
  damage(key: PredictionKey): Promise<void>;
  /** How many rows the cases about many rows use. */
  rows: number;
}

/** A case of the store suite. */
export interface StoreCase {
  name: string;
  needs?: keyof StoreSupport | undefined;
  run(bench: StoreBench): Promise<void>;
}
