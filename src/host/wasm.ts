import { hasFileSystem } from './node.js';

/**
 * Compiles a WebAssembly module, small and base64, and returns what an instance of it exports.
 *
 * At once in Node: while it waits for its compiling threads with nothing else to do, Node 20 may wait for ever, when one of them in turn
 * waits for a collection of garbage. Pages compile aside, as some allow nothing else.
 */
export async function instantiateWasm(base64: string, imports: Readonly<Record<string, object>>): Promise<unknown> {
  const text = atob(base64);
  // Not Uint8Array.from, which goes through an iterator: some milliseconds of a cold start.
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const given = imports as WebAssembly.Imports;
  if (hasFileSystem()) return new WebAssembly.Instance(new WebAssembly.Module(bytes), given).exports;
  return (await WebAssembly.instantiate(bytes, given)).instance.exports;
}
