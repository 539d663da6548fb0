import settings from '../../models/default/config.json' with { type: 'json' };
import bytes from '../../models/default/model.safetensors';

/**
 * The default checkpoint as a module, for hosts that have no file system and serve no files of their own: a megabyte.
 *
 * @example
 * import * as checkpoint from 'chronolight/chronos/default-checkpoint';
 * const model = await loadChronos(checkpoint);
 */

/** What its config.json says. */
export const config: object = settings;

/** Its model.safetensors, 765,880 bytes. */
export const weights: Uint8Array = bytes;
