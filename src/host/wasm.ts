import { hasFileSystem } from './node.js';

type Imports = Readonly<Record<string, object>>;

/**
 * Compiles a WebAssembly module, small and base64, and returns what an instance of it exports.
 *
 * At once in Node: while it waits for its compiling threads with nothing else to do, Node 20 may wait for ever, when one of them in turn
 * waits for a collection of garbage. Pages compile aside, as some allow nothing else.
 */
export async function instantiateWasm(base64: string, imports: Imports): Promise<unknown> {
  if (hasFileSystem()) return exportsOf(compileWasm(base64), imports);
  return (await WebAssembly.instantiate(bytesOf(base64), imports as WebAssembly.Imports)).instance.exports;
}

/** Returns the compiled module, at once: throws where an engine has no WebAssembly, or a page's policy or size limit forbids that. */
export function compileWasm(base64: string): WebAssembly.Module {
  return new WebAssembly.Module(bytesOf(base64));
}

/** Returns what an instance of a compiled module exports. */
export function exportsOf(module: WebAssembly.Module, imports: Imports): unknown {
  return new WebAssembly.Instance(module, imports as WebAssembly.Imports).exports;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  // Not Uint8Array.from, which goes through an iterator: some milliseconds of a cold start.
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
