import { checkModelKey } from '../../src/store/check-fields.js';
import { checkModelEntry } from '../../src/store/check-queries.js';
import type { ModelEntry, ModelStore } from '../../src/store/model-store.js';

/** A ModelStore with every optional method. */
export type FullModelStore = Required<ModelStore>;

/**
 * Returns a model store that lives in this process alone.
 *
 * @param refuseClosed called first by every method; throws when the store around it is closed
 */
export function memoryModels(refuseClosed: (where: string) => void = () => {}): FullModelStore {
  const models = new Map<string, ModelEntry>();
  const at = (method: string) => ({ where: `models.${method}`, path: '' });
  return {
    async get(key) {
      refuseClosed('models.get');
      return models.get(checkModelKey(key, at('get')))?.text;
    },
    async getMany(keys) {
      refuseClosed('models.getMany');
      return keys.map((key) => models.get(checkModelKey(key, at('getMany')))?.text);
    },
    async getMeta(key) {
      refuseClosed('models.getMeta');
      const meta = models.get(checkModelKey(key, at('getMeta')))?.meta;
      return meta === undefined ? undefined : (JSON.parse(JSON.stringify(meta)) as object);
    },
    async getCompact(keys) {
      refuseClosed('models.getCompact');
      return keys.map((key) => models.get(checkModelKey(key, at('getCompact')))?.compact?.slice());
    },
    async put(key, text, meta) {
      refuseClosed('models.put');
      models.set(key, checkModelEntry({ key, text, meta }, 'models.put'));
    },
    async putMany(entries) {
      refuseClosed('models.putMany');
      const checked = entries.map((entry) => checkModelEntry(entry, 'models.putMany'));
      for (const entry of checked) models.set(entry.key, entry);
    },
    async list(prefix = '') {
      refuseClosed('models.list');
      return [...models.keys()].filter((key) => key.startsWith(prefix)).sort();
    },
  };
}
