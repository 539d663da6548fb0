import { ProtobufWriter } from './protobuf-writer.js';

/** Element types of ONNX tensors, by their numbers in onnx.proto. */
export const ELEMENT = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9 } as const;
type ElementType = (typeof ELEMENT)[keyof typeof ELEMENT];

/** The name of a tensor in the graph. */
export type Value = string;
/** A node's attribute: whole numbers and lists of them are INT and INTS, text is STRING; a FLOAT is wrapped. */
type Attribute = number | readonly number[] | string | { readonly float: number };

/** Where an initializer's bytes lie in a file beside the graph. */
export interface ExternalBytes {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** The domain of ONNX Runtime's own operators. */
const MICROSOFT = 'com.microsoft';
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 };
const OPSET = 23;
const IR_VERSION = 11;

/**
 * Builds an ONNX model (opset 23, IR 11) node by node and writes it as protobuf.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto field numbers
 */
export class OnnxGraph {
  #nodes: ((model: ProtobufWriter) => void)[] = [];
  #initializers: ((model: ProtobufWriter) => void)[] = [];
  #inputs: ((model: ProtobufWriter) => void)[] = [];
  #outputs: ((model: ProtobufWriter) => void)[] = [];
  #constants = new Map<string, Value>();
  #count = 0;

  /** Declares an input; text dimensions are symbolic. */
  input(name: string, type: ElementType, dims: readonly (number | string)[]): Value {
    this.#inputs.push((graph) => writeValueInfo(graph, 11, name, type, dims));
    return name;
  }

  /** Declares an output and gives `value` its name. */
  output(name: string, value: Value, type: ElementType, dims: readonly (number | string)[]): void {
    this.node('Identity', [value], {}, { name });
    this.#outputs.push((graph) => writeValueInfo(graph, 12, name, type, dims));
  }

  /** Adds a node of the standard domain and returns its output. */
  node(op: string, inputs: readonly Value[], attributes?: Record<string, Attribute>, as?: { name?: string }): Value {
    return this.#add(op, inputs, attributes ?? {}, '', [as?.name ?? this.#fresh(op)])[0];
  }

  /** Adds a node of the standard domain with several outputs. */
  nodes(op: string, inputs: readonly Value[], attributes: Record<string, Attribute>, outputs: number): Value[] {
    const names = Array.from({ length: outputs }, () => this.#fresh(op));
    return this.#add(op, inputs, attributes, '', names);
  }

  /** Adds a node of ONNX Runtime's domain and returns its output; an empty input name is an absent optional input. */
  microsoft(op: string, inputs: readonly Value[], attributes: Record<string, Attribute> = {}): Value {
    return this.#add(op, inputs, attributes, MICROSOFT, [this.#fresh(op)])[0];
  }

  /** Adds a node of ONNX Runtime's domain with several outputs, of which unnamed ones are absent; returns the others. */
  microsoftNodes(
    op: string,
    inputs: readonly Value[],
    attributes: Record<string, Attribute>,
    outputs: readonly boolean[],
  ): Value[] {
    const names = outputs.map((wanted) => (wanted ? this.#fresh(op) : ''));
    return this.#add(op, inputs, attributes, MICROSOFT, names).filter((name) => name !== '');
  }

  /** Adds a tensor whose bytes (little-endian, row-major) lie inside the model; `data` is kept by reference. */
  initializer(name: string, type: ElementType, dims: readonly number[], data: ArrayBufferView): Value {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#initializers.push((graph) =>
      graph.message(5, (tensor) => {
        for (const dim of dims) tensor.integer(1, dim);
        tensor.integer(2, type).text(8, name).bytes(9, bytes);
      }),
    );
    return name;
  }

  /** Adds a float tensor whose bytes lie in a file beside the model. */
  external(name: string, dims: readonly number[], { location, offset, length }: ExternalBytes): Value {
    const entries = { location, offset: String(offset), length: String(length) };
    this.#initializers.push((graph) =>
      graph.message(5, (tensor) => {
        for (const dim of dims) tensor.integer(1, dim);
        tensor.integer(2, ELEMENT.float).text(8, name);
        for (const [key, value] of Object.entries(entries))
          tensor.message(13, (entry) => entry.text(1, key).text(2, value));
        tensor.integer(14, 1); // data_location: EXTERNAL
      }),
    );
    return name;
  }

  /** Returns a constant int64 tensor: a scalar for a number, a vector for a list. */
  ints(values: number | readonly number[]): Value {
    const dims = typeof values === 'number' ? [] : [values.length];
    const list = typeof values === 'number' ? [values] : values;
    return this.#constant(`i${dims}:${list}`, (name) =>
      this.initializer(name, ELEMENT.int64, dims, BigInt64Array.from(list, BigInt)),
    );
  }

  /** Returns a constant float scalar. */
  float(value: number): Value {
    return this.#constant(`f:${value}`, (name) => this.initializer(name, ELEMENT.float, [], Float32Array.of(value)));
  }

  /** Returns a constant float tensor of its own. */
  floats(values: Float32Array, dims: readonly number[]): Value {
    return this.initializer(this.#fresh('floats'), ELEMENT.float, dims, values);
  }

  /** Returns the model as protobuf bytes. */
  toBytes(): Uint8Array {
    const model = new ProtobufWriter().integer(1, IR_VERSION).text(2, 'chronolight');
    model.message(7, (graph) => {
      for (const write of this.#nodes) write(graph);
      graph.text(2, 'chronos');
      for (const write of this.#initializers) write(graph);
      for (const write of this.#inputs) write(graph);
      for (const write of this.#outputs) write(graph);
    });
    model.message(8, (set) => set.text(1, '').integer(2, OPSET));
    model.message(8, (set) => set.text(1, MICROSOFT).integer(2, 1));
    return model.toBytes();
  }

  #add(
    op: string,
    inputs: readonly Value[],
    attributes: Record<string, Attribute>,
    domain: string,
    outputs: Value[],
  ): Value[] {
    this.#nodes.push((graph) =>
      graph.message(1, (node) => {
        for (const name of inputs) node.text(1, name);
        for (const name of outputs) node.text(2, name);
        node.text(3, outputs[0]).text(4, op);
        for (const [name, value] of Object.entries(attributes))
          node.message(5, (attribute) => writeAttribute(attribute, name, value));
        if (domain) node.text(7, domain);
      }),
    );
    return outputs;
  }

  #constant(key: string, make: (name: string) => Value): Value {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const value = make(this.#fresh('constant'));
    this.#constants.set(key, value);
    return value;
  }

  #fresh(stem: string): Value {
    return `${stem}_${this.#count++}`;
  }
}

function writeAttribute(attribute: ProtobufWriter, name: string, value: Attribute): void {
  attribute.text(1, name);
  if (typeof value === 'string') attribute.text(4, value).integer(20, ATTRIBUTE_TYPE.string);
  else if (typeof value === 'number') attribute.integer(3, value).integer(20, ATTRIBUTE_TYPE.int);
  else if ('float' in value) attribute.float(2, value.float).integer(20, ATTRIBUTE_TYPE.float);
  else {
    for (const item of value) attribute.integer(8, item);
    attribute.integer(20, ATTRIBUTE_TYPE.ints);
  }
}

function writeValueInfo(
  graph: ProtobufWriter,
  field: number,
  name: string,
  type: ElementType,
  dims: readonly (number | string)[],
): void {
  graph.message(field, (info) =>
    info.text(1, name).message(2, (valueType) =>
      valueType.message(1, (tensor) =>
        tensor.integer(1, type).message(2, (shape) => {
          for (const dim of dims)
            shape.message(1, (entry) => (typeof dim === 'string' ? entry.text(2, dim) : entry.integer(1, dim)));
        }),
      ),
    ),
  );
}
