/** Bytes of the digest in front. */
const DIGEST_BYTES = 32;

/**
 * Returns the content of a file that keeps a model's compact form beside its text: the text's SHA-256, then the form. Whoever replaces the text
 * by other means (a copy, an editor, an older version of this package) leaves a digest behind that is not the new text's.
 */
export async function compactFile(text: string, compact: Uint8Array): Promise<Uint8Array> {
  const content = new Uint8Array(DIGEST_BYTES + compact.length);
  content.set(await digestOf(text));
  content.set(compact, DIGEST_BYTES);
  return content;
}

/** Returns the form in the file, undefined where it is not of the text whose bytes these are. */
export async function readCompactFile(
  content: Uint8Array | undefined,
  text: Uint8Array | undefined,
): Promise<Uint8Array | undefined> {
  if (content === undefined || text === undefined || content.length <= DIGEST_BYTES) return undefined;
  const digest = await digestOf(text);
  return digest.every((byte, at) => byte === content[at]) ? content.subarray(DIGEST_BYTES) : undefined;
}

async function digestOf(text: string | Uint8Array): Promise<Uint8Array> {
  const { createHash } = await import('node:crypto');
  return createHash('sha256').update(text).digest();
}
