import { ForecastError, invalid } from '../../errors.js';
import {
  ADAPTER_FILE,
  ADAPTER_WEIGHTS_FILE,
  type CheckpointFiles,
  type CheckpointPlace,
  CONFIG_FILE,
  INDEX_FILE,
  PICKLED_FILE,
  parseConfigText,
  WEIGHTS_FILE,
} from './checkpoint-files.js';
import { joinSafetensors, openSafetensors, type Safetensors } from './safetensors.js';

/** Opens the base model that an adapter names, or was told of; throws where there can be none. */
export type OpenBase = (name: string | undefined, revision: string | undefined) => Promise<CheckpointFiles>;

/**
 * Opens the checkpoint of a place: config.json with model.safetensors, or with the files that model.safetensors.index.json
 * names; or a LoRA adapter, merged into its base model.
 *
 * @throws ForecastError INVALID_CHECKPOINT when a file is missing or corrupt, UNSUPPORTED_CHECKPOINT for pickled weights or
 *   adapters that are not plain LoRA; what the place throws
 */
export async function openCheckpoint(place: CheckpointPlace, openBase: OpenBase): Promise<CheckpointFiles> {
  const bare = place.has(ADAPTER_FILE) && !place.has(CONFIG_FILE);
  const text = bare ? undefined : await place.text(CONFIG_FILE);
  const adapter = place.has(ADAPTER_FILE) || text === undefined ? await place.text(ADAPTER_FILE) : undefined;
  if (adapter !== undefined) return openAdapter(place, adapter, openBase);
  if (text === undefined) throw place.missing(CONFIG_FILE);
  const config = parseConfigText(text, `${place.name}/${CONFIG_FILE}`);
  const cut = place.has(INDEX_FILE) && !place.has(WEIGHTS_FILE);
  const whole = cut ? undefined : await place.open(WEIGHTS_FILE);
  if (whole !== undefined) return { config, weights: openOrClose(whole) };
  const index = await place.text(INDEX_FILE);
  if (index !== undefined) return { config, weights: await openShards(place, index) };
  if (place.has(PICKLED_FILE))
    throw new ForecastError(
      'UNSUPPORTED_CHECKPOINT',
      `loadChronos: ${place.name} has pickled weights: save them as safetensors`,
      { field: 'source' },
    );
  throw place.missing(WEIGHTS_FILE);
}

async function openAdapter(place: CheckpointPlace, text: string, openBase: OpenBase): Promise<CheckpointFiles> {
  const name = `${place.name}/${ADAPTER_FILE}`;
  const { mergeLora, parseLoraConfig } = await import('./lora-adapter.js');
  const config = parseLoraConfig(parseConfigText(text, name), name);
  const source = await place.open(ADAPTER_WEIGHTS_FILE);
  if (source === undefined) throw place.missing(ADAPTER_WEIGHTS_FILE);
  const adapter = openOrClose(source);
  try {
    const base = await openBase(config.base, config.baseRevision);
    try {
      return mergeLora(base, config, adapter);
    } catch (error) {
      base.weights.source.close();
      throw error;
    }
  } finally {
    source.close();
  }
}

/** Opens every file that an index names, and holds the index to what they contain. */
async function openShards(place: CheckpointPlace, text: string): Promise<Safetensors> {
  const name = `${place.name}/${INDEX_FILE}`;
  const { weight_map: map } = (parseConfigText(text, name) ?? {}) as { weight_map?: unknown };
  const entries = typeof map === 'object' && map !== null ? Object.entries(map) : [];
  if (entries.length === 0) throw invalid('INVALID_CHECKPOINT', 'loadChronos', `${name}: weight_map`, 'an object', map);
  const files = new Map<string, Safetensors>();
  try {
    for (const [tensor, file] of entries) {
      // A file of the same folder: an index from elsewhere must not lead out of it.
      if (typeof file !== 'string' || !/^[A-Za-z0-9][\w.-]*\.safetensors$/.test(file))
        throw invalid(
          'INVALID_CHECKPOINT',
          'loadChronos',
          `${name}: ${tensor}`,
          'the name of a .safetensors file',
          file,
        );
      if (files.has(file)) continue;
      const source = await place.open(file);
      if (source === undefined) throw place.missing(file);
      files.set(file, openOrClose(source));
    }
    // Of types that are not read, tensors are in no list: those are missed when one is needed.
    for (const [file, { tensors }] of files)
      for (const tensor of tensors.keys())
        if ((map as Record<string, unknown>)[tensor] !== file)
          throw invalid(
            'INVALID_CHECKPOINT',
            'loadChronos',
            `${name}: ${tensor}`,
            `${file}, which has it`,
            (map as Record<string, unknown>)[tensor],
          );
  } catch (error) {
    for (const file of files.values()) file.source.close();
    throw error;
  }
  return joinSafetensors(`${place.name}/${WEIGHTS_FILE}`, [...files.values()]);
}

function openOrClose(source: Parameters<typeof openSafetensors>[0]): Safetensors {
  try {
    return openSafetensors(source);
  } catch (error) {
    source.close();
    throw error;
  }
}
