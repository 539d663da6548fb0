import { hasFileSystem } from '../../host/node.js';

/** What a page has downloaded, kept by the browser's Cache API under its address. */
export interface PageCache {
  /** Returns what is kept, if it was kept with that mark. */
  read(address: string, mark?: string): Promise<Uint8Array | undefined>;
  /** Keeps bytes; where the browser has no room for them, nothing is. */
  write(address: string, bytes: Uint8Array, mark?: string): Promise<void>;
  /** Removes what is kept under addresses that begin so. */
  remove(prefix: string): Promise<void>;
}

const NAME = 'chronolight';
const MARK = 'x-chronolight-mark';

/** Returns the page's cache; undefined where there is none: outside of pages, and of secure contexts. */
export async function pageCache(): Promise<PageCache | undefined> {
  if (hasFileSystem() || typeof caches === 'undefined') return undefined;
  const cache = await caches.open(NAME).catch(() => undefined);
  if (cache === undefined) return undefined; // a page that may keep nothing, as in a sandboxed frame
  return {
    async read(address, mark = '') {
      const kept = await cache.match(address);
      if (kept === undefined || kept.headers.get(MARK) !== mark) return undefined;
      return new Uint8Array(await kept.arrayBuffer());
    },
    async write(address, bytes, mark = '') {
      const response = new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { [MARK]: mark } });
      // What cannot be kept was downloaded all the same.
      await cache.put(address, response).catch(() => {});
    },
    async remove(prefix) {
      for (const request of await cache.keys()) if (request.url.startsWith(prefix)) await cache.delete(request);
    },
  };
}
