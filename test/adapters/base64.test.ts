import { afterEach, describe, expect, test, vi } from 'vitest';

const bytes = Uint8Array.from({ length: 30_000 }, (_, i) => (i * 89) % 256);
const text = Buffer.from(bytes).toString('base64');

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe.each(['with the bytes of Node', 'without'])('base 64 %s', (runtime) => {
  const load = async () => {
    vi.stubGlobal('Buffer', runtime === 'without' ? undefined : Buffer);
    vi.resetModules();
    return import('../../src/store/base64.js');
  };

  test('is that of every other program, there and back, of a part of a buffer too', async () => {
    const { toBase64, fromBase64 } = await load();
    expect(toBase64(bytes)).toBe(text);
    expect(fromBase64(text)).toEqual(bytes);
    expect(toBase64(bytes.subarray(1, 4))).toBe('WbIL');
    expect(toBase64(new Uint8Array())).toBe('');
    expect(fromBase64('')).toEqual(new Uint8Array());
  });

  test('of PostgreSQL has lines of 76 characters', async () => {
    const { fromBase64 } = await load();
    expect(fromBase64(text.replace(/.{76}/g, '$&\n'))).toEqual(bytes);
  });
});
