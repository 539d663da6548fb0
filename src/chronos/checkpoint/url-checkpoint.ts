import { ForecastError } from '../../errors.js';
import { type CheckpointFiles, CONFIG_FILE, parseConfigText, WEIGHTS_FILE } from './checkpoint-files.js';
import { readPieces } from './hub-cache.js';
import type { DownloadOptions } from './hub-checkpoint.js';
import { memorySource } from './safetensors.js';

/**
 * Fetches a checkpoint's two files from under a URL into memory: how a web page gets one that it serves itself.
 *
 * @param base with or without a slash at the end
 * @throws ForecastError DOWNLOAD_FAILED
 */
export async function openUrl(base: string, { onProgress, signal }: DownloadOptions): Promise<CheckpointFiles> {
  const read = async (file: string): Promise<Uint8Array> => {
    const url = `${base.replace(/\/+$/, '')}/${file}`;
    try {
      const response = await fetch(url, { signal });
      if (!response.ok) throw new Error(`status ${response.status}`);
      return await readBody(response, (loaded, total) => onProgress?.({ file, loaded, total }));
    } catch (cause) {
      signal?.throwIfAborted();
      throw new ForecastError('DOWNLOAD_FAILED', `loadChronos: ${url} cannot be read`, { field: 'source', cause });
    }
  };
  const config = parseConfigText(new TextDecoder().decode(await read(CONFIG_FILE)), CONFIG_FILE);
  return { config, weights: memorySource(WEIGHTS_FILE, await read(WEIGHTS_FILE)) };
}

async function readBody(
  response: Response,
  report: (loaded: number, total: number | undefined) => void,
): Promise<Uint8Array> {
  const header = response.headers.get('content-length');
  // The length of a compressed body is not the content's.
  const total = header === null || response.headers.has('content-encoding') ? undefined : Number(header);
  const pieces: Uint8Array[] = [];
  let loaded = 0;
  if (response.body !== null)
    for await (const piece of readPieces(response.body)) {
      pieces.push(piece);
      loaded += piece.length;
      report(loaded, total);
    }
  if (total !== undefined && loaded !== total) throw new Error(`${loaded} of ${total} bytes came`);
  const bytes = new Uint8Array(loaded);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}
