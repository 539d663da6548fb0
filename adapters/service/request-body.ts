import type { IncomingMessage } from 'node:http';
import { ServiceFault } from './service-fault.js';

/**
 * Returns the JSON object that a request carries.
 *
 * @throws ServiceFault 413 beyond `maxBytes`, 415 for another content type, 400 for what is no JSON object
 */
export async function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<Record<string, unknown>> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new ServiceFault(415, 'INVALID_ARGUMENT', 'the content type must be application/json');
  }
  const tooLarge = () =>
    new ServiceFault(413, 'INVALID_ARGUMENT', `the body must hold at most ${maxBytes} bytes`, { connection: 'close' });
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    const body: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  } catch {
    // told below, in words of our own
  }
  throw new ServiceFault(400, 'INVALID_ARGUMENT', 'the body must be a JSON object in UTF-8');
}
