import type { ModelEntry, ModelStore } from '../../store/model-store.js';

/** What is stored beside a model. */
export interface ModelMeta {
  code: string;
  horizon: number;
  trainedAt: string;
  trainedThrough: string;
  trainRows: number;
  validationRows: number;
  bestIteration: number;
  validationLoss: number;
  constantLoss: number;
}

/** Returns whether the model was trained at `since` or later; never without `since` or in a store that keeps no meta. */
export async function wasPublished(models: ModelStore, key: string, since: Date | undefined): Promise<boolean> {
  if (since === undefined || models.getMeta === undefined) return false;
  const meta = (await models.getMeta(key)) as Partial<ModelMeta> | undefined;
  return meta?.trainedAt !== undefined && new Date(meta.trainedAt) >= since;
}

/** Puts the entries, all or none where the store can, else in their order. */
export async function publishModels(models: ModelStore, entries: readonly ModelEntry[]): Promise<void> {
  if (models.putMany) return models.putMany(entries);
  for (const { key, text, meta } of entries) await models.put(key, text, meta);
}
