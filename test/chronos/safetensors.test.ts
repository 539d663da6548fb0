import { describe, expect, it } from 'vitest';
import { joinSafetensors, memorySource, openSafetensors } from '../../src/chronos/checkpoint/safetensors.js';
import { safetensors } from './safetensors-bytes.js';

const open = (bytes: Uint8Array) => openSafetensors(memorySource('weights', bytes));
const bytesOf = (...words: number[]) => new Uint8Array(Uint16Array.from(words).buffer);

describe('openSafetensors', () => {
  it('reads F32 tensors at any alignment', () => {
    const file = safetensors({
      odd: { dtype: 'BF16', shape: [1], data: bytesOf(0x3f80) },
      x: { dtype: 'F32', shape: [2, 1], data: new Uint8Array(Float32Array.of(1.5, -2).buffer) },
    });
    const opened = open(file);
    expect(opened.floats('x')).toEqual(Float32Array.of(1.5, -2));
    expect(opened.tensors.get('x')?.shape).toEqual([2, 1]);
  });

  it('widens F16 exactly: ordinary, subnormal, zero and infinite values', () => {
    // IEEE 754-2019 binary16: 0x3C00 = 1, 0xC000 = -2, 0x7BFF = 65504, 0x0001 = 2^-24, 0x03FF = 1023 × 2^-24.
    const data = bytesOf(0x3c00, 0xc000, 0x7bff, 0x0001, 0x03ff, 0x8000, 0x7c00);
    const values = open(safetensors({ x: { dtype: 'F16', shape: [7], data } })).floats('x');
    expect([...values]).toEqual([1, -2, 65504, 2 ** -24, 1023 * 2 ** -24, -0, Infinity]);
  });

  it('widens BF16 by appending zeros', () => {
    const data = bytesOf(0x3f80, 0xc040, 0x0001);
    const values = open(safetensors({ x: { dtype: 'BF16', shape: [3], data } })).floats('x');
    expect([...values]).toEqual([1, -3, 2 ** -133]);
  });

  const good = safetensors({ x: { dtype: 'F32', shape: [4], data: new Uint8Array(16) } });
  const prefixed = (header: string) => {
    const text = new TextEncoder().encode(header);
    const bytes = new Uint8Array(8 + text.length + 16);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    bytes.set(text, 8);
    return bytes;
  };
  it.each<[string, Uint8Array]>([
    ['an empty file', new Uint8Array(0)],
    ['a file cut off in its header', good.subarray(0, 20)],
    ['a file cut off in its data', good.subarray(0, good.length - 1)],
    ['text', new TextEncoder().encode('version https://git-lfs.github.com/spec/v1')],
    ['a header that is no JSON', prefixed('{"x":')],
    ['a header that is a list', prefixed('[]')],
    ['a tensor without a shape', prefixed('{"x":{"dtype":"F32","data_offsets":[0,16]}}')],
    ['offsets that run backwards', prefixed('{"x":{"dtype":"F32","shape":[0],"data_offsets":[8,4]}}')],
    ['a negative offset', prefixed('{"x":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}')],
    ['offsets that do not fit the shape', prefixed('{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,16]}}')],
    ['a tensor nested deeper than a stack', prefixed(`{"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`)],
    [
      'tensors that share bytes',
      prefixed(
        '{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}',
      ),
    ],
    [
      'a tensor inside one of a type that is not read',
      prefixed(
        '{"x":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},"y":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}',
      ),
    ],
  ])('refuses %s', (_, bytes) => {
    expect(() => open(bytes)).toThrowError(expect.objectContaining({ code: 'INVALID_CHECKPOINT' }));
  });

  it('names the tensor that is missing', () => {
    expect(() => open(good).floats('y')).toThrow(/tensor y/);
  });
});

describe('joinSafetensors', () => {
  const file = (name: string, values: number[]) =>
    open(
      safetensors({
        [name]: { dtype: 'F32', shape: [values.length], data: new Uint8Array(Float32Array.from(values).buffer) },
      }),
    );

  it('reads tensors of every file, and of one name the last', () => {
    const joined = joinSafetensors('all', [file('a', [1, 2]), file('b', [3]), file('a', [4, 5, 6])]);
    expect(joined.floats('a')).toEqual(Float32Array.of(4, 5, 6));
    expect(joined.floats('b')).toEqual(Float32Array.of(3));
    expect([...joined.tensors.keys()]).toEqual(['a', 'b']);
  });

  it('is one run of bytes across the files', () => {
    const files = [file('a', [1]), file('b', [2, 3])];
    const { source } = joinSafetensors('all', files);
    const whole = files.flatMap((one) => [...one.source.read(0, one.source.size)]);
    expect([...source.read(0, source.size)]).toEqual(whole);
    const middle = files[0].source.size - 3;
    expect([...source.read(middle, 7)]).toEqual(whole.slice(middle, middle + 7));
  });
});
