import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A commit of the fake hub's repository. */
export const COMMIT = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00';

/** How the fake hub misbehaves. */
export interface Faults {
  /** Requests without this token get a 401 that repeats what was sent. */
  token?: string;
  /** Ends the connection in the middle of this file. */
  cut?: string;
  /** Sends half of this file and then nothing more. */
  stall?: string;
  /** Sends only the first half of this file, as if it were all. */
  truncate?: string;
  /** Sends this file with a byte changed. */
  corrupt?: string;
  /** Names a file that the repository does not have. */
  missing?: string;
  /** Ends the connection in the middle of this file, once. */
  cutOnce?: string;
  /** Sends files from the beginning, whatever place is asked for. */
  rangeless?: boolean;
  /** Answers every request with this status. */
  status?: number;
  /** Says that large files have this hash. */
  hash?: string;
  /** Says that large files have this size. */
  size?: number;
  /** Redirects to this address for large files, as for those that Xet stores. */
  elsewhere?: string;
}

/** A server on the loopback that speaks the part of the hub's protocol that downloads use. */
export interface FakeHub {
  readonly url: string;
  readonly requests: string[];
  /** The ranges asked for, beyond the beginning. */
  readonly ranges: string[];
  faults: Faults;
  close(): Promise<void>;
}

/** Starts a hub with one repository, `owner/model`: weights by SHA-256 as large files, the rest by git's hash. */
export async function startFakeHub(files: Record<string, Uint8Array>): Promise<FakeHub> {
  const hub = { requests: [] as string[], ranges: [] as string[], faults: {} as Faults };
  const server = createServer((request, response) => {
    hub.requests.push(`${request.method} ${request.url}`);
    if (request.headers.range !== undefined) hub.ranges.push(request.headers.range);
    answer(files, hub.faults, request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return Object.assign(hub, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  });
}

function answer(
  files: Record<string, Uint8Array>,
  faults: Faults,
  request: IncomingMessage,
  response: ServerResponse,
): unknown {
  const json = (status: number, value: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  if (faults.status !== undefined) return json(faults.status, { error: 'not today' });
  const sent = request.headers.authorization;
  if (faults.token !== undefined && sent !== `Bearer ${faults.token}`)
    return json(401, { error: `Invalid credentials: ${sent}` });
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://hub').pathname);
  const info = /^\/api\/models\/owner\/model\/revision\/(.+)$/.exec(path);
  if (info && (info[1] === 'main' || info[1] === COMMIT))
    return json(200, { _id: '1', id: 'owner/model', sha: COMMIT });
  if (path === `/api/models/owner/model/paths-info/${COMMIT}`) {
    const listed = Object.entries(files).filter(([name]) => name !== faults.missing);
    return json(
      200,
      listed.map(([name, bytes]) => describeFile(name, bytes, faults)),
    );
  }
  const file = new RegExp(`^/owner/model/resolve/${COMMIT}/(.+)$`).exec(path);
  if (!file || !(file[1] in files)) return json(404, { error: 'Repository not found' });
  return sendFile(file[1], files[file[1]], faults, request, response);
}

function describeFile(path: string, bytes: Uint8Array, faults: Faults): object {
  const file = { type: 'file', path, size: bytes.length };
  const oid = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
  if (path.endsWith('.json')) return { ...file, oid };
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    ...file,
    oid: '0'.repeat(40),
    lfs: { oid: faults.hash ?? sha256, size: faults.size ?? bytes.length, pointerSize: 130 },
  };
}

function sendFile(
  name: string,
  bytes: Uint8Array,
  faults: Faults,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const etag = { etag: `"${name}"` };
  if (request.headers.range === 'bytes=0-0') {
    response.writeHead(206, { ...etag, 'content-range': `bytes 0-0/${bytes.length}` }).end(bytes.subarray(0, 1));
    return;
  }
  if (faults.elsewhere !== undefined && name.endsWith('.safetensors')) {
    response.writeHead(302, { location: faults.elsewhere }).end();
    return;
  }
  const start = faults.rangeless ? 0 : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const head = { ...etag, 'content-length': bytes.length - start };
  const status = start > 0 ? 206 : 200;
  if (start > 0) Object.assign(head, { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` });
  const rest = bytes.subarray(start);
  if (name === faults.cut || name === faults.cutOnce || name === faults.stall) {
    response.writeHead(status, head);
    response.write(rest.subarray(0, rest.length >> 1), () => {
      if (name === faults.cut || name === faults.cutOnce) response.destroy();
      if (name === faults.cutOnce) faults.cutOnce = undefined;
    });
    return;
  }
  let body = Uint8Array.from(rest);
  if (name === faults.truncate) body = body.subarray(0, body.length >> 1);
  if (name === faults.corrupt) body[body.length - 1] ^= 1;
  response.writeHead(status, { ...head, 'content-length': body.length }).end(body);
}
