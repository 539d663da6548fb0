const utf8 = new TextEncoder();

/**
 * Collects one protobuf message. Byte strings are kept by reference, so that a graph of large weights is copied only once,
 * when `toBytes` joins the parts.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufWriter {
  #parts: Uint8Array[] = [];
  #length = 0;

  /** Appends an integer field (wire type 0); negative values take ten bytes, as int64 demands. */
  integer(field: number, value: number): this {
    return this.#varint(field * 8).#varint(value);
  }

  /** Appends a float32 field (wire type 5). */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#varint(field * 8 + 5).#append(bytes);
  }

  /** Appends a text field (wire type 2). */
  text(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value));
  }

  /** Appends a byte string field (wire type 2), by reference. */
  bytes(field: number, value: Uint8Array): this {
    return this.#varint(field * 8 + 2)
      .#varint(value.length)
      .#append(value);
  }

  /** Appends a nested message (wire type 2) that `write` fills. */
  message(field: number, write: (nested: ProtobufWriter) => void): this {
    const nested = new ProtobufWriter();
    write(nested);
    this.#varint(field * 8 + 2).#varint(nested.#length);
    for (const part of nested.#parts) this.#append(part);
    return this;
  }

  /** Returns the message as one array. */
  toBytes(): Uint8Array {
    const out = new Uint8Array(this.#length);
    let position = 0;
    for (const part of this.#parts) {
      out.set(part, position);
      position += part.length;
    }
    return out;
  }

  #varint(value: number): this {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest >= 0x80n) {
      bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    return this.#append(Uint8Array.from(bytes));
  }

  #append(part: Uint8Array): this {
    this.#parts.push(part);
    this.#length += part.length;
    return this;
  }
}
