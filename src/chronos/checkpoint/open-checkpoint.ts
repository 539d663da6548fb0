import { ForecastError, invalid } from '../../errors.js';
import {
  ADAPTER_FILE,
  type CheckpointFiles,
  type CheckpointPlace,
  CONFIG_FILE,
  INDEX_FILE,
  PICKLED_FILE,
  parseConfigText,
  WEIGHTS_FILE,
} from './checkpoint-files.js';
import { joinSafetensors, openSafetensors, type Safetensors } from './safetensors.js';

/**
 * Opens the checkpoint of a place: config.json with model.safetensors, or with the files that model.safetensors.index.json
 * names.
 *
 * @throws ForecastError INVALID_CHECKPOINT when a file is missing or corrupt, UNSUPPORTED_CHECKPOINT for an adapter (LoRA) or
 *   pickled weights; what the place throws
 */
export async function openCheckpoint(place: CheckpointPlace): Promise<CheckpointFiles> {
  const text = await place.text(CONFIG_FILE);
  const adapter = place.has(ADAPTER_FILE) || text === undefined ? await place.text(ADAPTER_FILE) : undefined;
  if (adapter !== undefined) throw loraRefused(place.name);
  if (text === undefined) throw place.missing(CONFIG_FILE);
  const config = parseConfigText(text, `${place.name}/${CONFIG_FILE}`);
  const whole = await place.open(WEIGHTS_FILE);
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

/** Returns the error for a LoRA adapter, which holds differences to a base model's weights only. */
function loraRefused(where: string): ForecastError {
  const remedy = 'merge it into its base model (PEFT: merge_and_unload) and save that';
  return new ForecastError('UNSUPPORTED_CHECKPOINT', `loadChronos: ${where} holds a LoRA adapter: ${remedy}`, {
    field: 'source',
  });
}
