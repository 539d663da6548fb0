/** Bytes that become characters at once: more would overflow the stack. */
const CHUNK = 0x2000;

/** Node's own bytes, where there are any: many times as fast as what every runtime has. */
const { Buffer: NodeBytes } = globalThis as {
  Buffer?: {
    from(bytes: ArrayBufferLike, offset: number, length: number): { toString(encoding: 'base64'): string };
    from(text: string, encoding: 'base64'): Uint8Array;
  };
};

/** Returns the bytes as text in base 64. */
export function toBase64(bytes: Uint8Array): string {
  if (NodeBytes) return NodeBytes.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  let characters = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    characters += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(characters);
}

/** Returns the bytes of a text in base 64. */
export function fromBase64(text: string): Uint8Array {
  if (NodeBytes) {
    const { buffer, byteOffset, byteLength } = NodeBytes.from(text, 'base64');
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = characters.charCodeAt(at);
  return bytes;
}
