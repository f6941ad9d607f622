/**
 * Runs a model as plain loops that count every operation they do: what the counter says of PP-OCRv4 and
 * Silero VAD is held against it. It knows the operators of those two, and reads the file by itself.
 * @module
 */

import { ProtoReader } from "../../../models/operations/message.ts";
import { conv, convTranspose, type ImageWindow, type Input } from "./naive-operators.ts";

export interface Value {
  dims: number[];
  data: number[];
}

interface Node {
  type: string;
  inputs: string[];
  outputs: string[];
  ints: Record<string, number[]>;
  numbers: Record<string, number>;
  texts: Record<string, string>;
  tensors: Record<string, Value>;
  graphs: Record<string, Graph>;
}

interface Graph {
  nodes: Node[];
  constants: Map<string, Value>;
  outputs: string[];
}

export interface Ran {
  outputs: Map<string, Value>;
  operations: number;
}

export function runNaively(file: Uint8Array, inputs: Map<string, Value>): Ran {
  const graph = readGraph(new ProtoReader(file, "ModelProto").message(7, "GraphProto")!);
  const counter = { operations: 0 };
  const names = new Map(inputs);
  runGraph(graph, names, counter);
  return {
    outputs: new Map(graph.outputs.map((name) => [name, names.get(name)!])),
    operations: counter.operations,
  };
}

type Counter = { operations: number };

function runGraph(graph: Graph, names: Map<string, Value>, counter: Counter): void {
  for (const [name, value] of graph.constants) names.set(name, value);
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => names.get(name));
    const outputs = node.type === "If"
      ? runBranch(node, names, counter)
      : OPERATORS[node.type](inputs as Value[], node, counter);
    node.outputs.forEach((name, i) => names.set(name, outputs[i]));
  }
}

function runBranch(node: Node, names: Map<string, Value>, counter: Counter): Value[] {
  const [condition] = names.get(node.inputs[0])!.data;
  const graph = node.graphs[condition ? "then_branch" : "else_branch"];
  const inner = new Map(names);
  runGraph(graph, inner, counter);
  return graph.outputs.map((name) => inner.get(name)!);
}

type Operator = (inputs: Value[], node: Node, counter: Counter) => Value[];

const sizeOf = (dims: readonly number[]) => dims.reduce((n, size) => n * size, 1);

/** The element of an operand that broadcasting puts at an element of the result. */
function broadcast(a: Value, b: Value): { dims: number[]; at: (i: number) => [number, number] } {
  const rank = Math.max(a.dims.length, b.dims.length);
  const padded = [a, b].map(({ dims }) => [...Array(rank - dims.length).fill(1), ...dims]);
  const dims = padded[0].map((size, axis) => size === 1 ? padded[1][axis] : size);
  const at = (i: number): [number, number] => {
    const offsets: [number, number] = [0, 0];
    const strides = [1, 1];
    for (let axis = rank - 1, rest = i; axis >= 0; axis--) {
      const position = rest % dims[axis];
      rest = Math.floor(rest / dims[axis]);
      for (const k of [0, 1]) {
        if (padded[k][axis] !== 1) offsets[k] += position * strides[k];
        strides[k] *= padded[k][axis];
      }
    }
    return offsets;
  };
  return { dims, at };
}

const pairs = (f: (x: number, y: number) => number): Operator => ([a, b], _, counter) => {
  const { dims, at } = broadcast(a, b);
  const data = Array.from({ length: sizeOf(dims) }, (_, i) => {
    counter.operations++;
    const [p, q] = at(i);
    return f(a.data[p], b.data[q]);
  });
  return [{ dims, data }];
};

/** @param each what it does with one element, and how many operations that is */
const each =
  (operations: number, f: (x: number, node: Node) => number): Operator => ([x], node, counter) => {
    const data = x.data.map((value) => {
      counter.operations += operations;
      return f(value, node);
    });
    return [{ dims: x.dims, data }];
  };

const same = (x: Value, dims: number[]): Value[] => [{ dims, data: x.data }];

/** Moves elements: each of the result is one of the input. */
function move(dims: number[], x: Value, source: (at: number[]) => number[]): Value {
  const data = Array.from({ length: sizeOf(dims) }, (_, i) => {
    const at: number[] = [];
    for (let axis = dims.length - 1, rest = i; axis >= 0; axis--) {
      at[axis] = rest % dims[axis];
      rest = Math.floor(rest / dims[axis]);
    }
    const from = source(at);
    return x.data[from.reduce((offset, one, axis) => offset * x.dims[axis] + one, 0)];
  });
  return { dims, data };
}

const asInput = ({ dims, data }: Value, to: number[]): Input => ({
  dims: to.length > 0 ? to : dims,
  data: Float32Array.from(data),
});

/** One dimension is an image of one row. */
const convolution: Operator = ([x, w, bias], { ints }, counter) => {
  const isFlat = x.dims.length === 3;
  const rows = (dims: number[]) => isFlat ? [dims[0], dims[1], 1, dims[2]] : dims;
  const pair = (list: number[]) => isFlat ? [1, ...list] : list;
  const pads = isFlat ? [0, ints.pads[0], 0, ints.pads[1]] : ints.pads;
  const window: ImageWindow = {
    kernel: rows(w.dims).slice(2),
    strides: pair(ints.strides),
    dilations: pair(ints.dilations),
    pads,
  };
  const done = conv(asInput(x, rows(x.dims)), asInput(w, rows(w.dims)), {
    bias: bias ? Float32Array.from(bias.data) : null,
    group: ints.group[0],
    window,
  });
  counter.operations += done.operations;
  const [n, c, , width] = done.dims;
  return [{ dims: isFlat ? [n, c, width] : done.dims, data: done.data }];
};

const transposed: Operator = ([x, w], { ints }, counter) => {
  const done = convTranspose(asInput(x, []), asInput(w, []), {
    bias: null,
    group: ints.group[0],
    window: {
      kernel: w.dims.slice(2),
      strides: ints.strides,
      dilations: ints.dilations,
      pads: ints.pads ?? [0, 0, 0, 0],
    },
  });
  counter.operations += done.operations;
  return [{ dims: done.dims, data: done.data }];
};

/** Mean and variance are those of the file: two for each channel, four for each element. */
const normalized: Operator = ([x, scale, bias, mean, variance], { numbers }, counter) => {
  const roots = scale.dims[0];
  const deviation = Array.from({ length: roots }, (_, c) => {
    counter.operations += 2;
    return Math.sqrt(variance.data[c] + numbers.epsilon);
  });
  const plane = sizeOf(x.dims.slice(2));
  const data = x.data.map((value, i) => {
    const c = Math.floor(i / plane) % roots;
    counter.operations += 4;
    return (value - mean.data[c]) / deviation[c] * scale.data[c] + bias.data[c];
  });
  return [{ dims: x.dims, data }];
};

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** One direction; gates in the order input, output, forget, cell. */
const lstm: Operator = ([x, w, r, b, , h0, c0], { ints }, counter) => {
  const [steps, batch, width] = x.dims;
  const [hidden] = ints.hidden_size;
  let [h, c] = [[...h0.data], [...c0.data]];
  const all: number[] = [];
  for (let t = 0; t < steps; t++) {
    const [nextH, nextC] = [[...h], [...c]];
    for (let n = 0; n < batch; n++) {
      for (let k = 0; k < hidden; k++) {
        const sums = [0, 1, 2, 3].map((gate) => {
          const row = gate * hidden + k;
          let [fromInput, fromHidden] = [0, 0];
          for (let i = 0; i < width; i++) {
            fromInput += x.data[(t * batch + n) * width + i] * w.data[row * width + i];
            counter.operations += 2;
          }
          for (let i = 0; i < hidden; i++) {
            fromHidden += h[n * hidden + i] * r.data[row * hidden + i];
            counter.operations += 2;
          }
          counter.operations += 3;
          return fromInput + fromHidden + b.data[row] + b.data[(4 + gate) * hidden + k];
        });
        counter.operations += 3 * 4 + 1;
        const [i, o, f, g] = [...sums.slice(0, 3).map(sigmoid), Math.tanh(sums[3])];
        const cell = f * c[n * hidden + k] + i * g;
        counter.operations += 3;
        nextC[n * hidden + k] = cell;
        nextH[n * hidden + k] = o * Math.tanh(cell);
        counter.operations += 2;
      }
    }
    [h, c] = [nextH, nextC];
    all.push(...h);
  }
  const last = [1, batch, hidden];
  return [{ dims: [steps, 1, batch, hidden], data: all }, { dims: last, data: h }, {
    dims: last,
    data: c,
  }];
};

const count = (axis: number, rank: number) => axis < 0 ? axis + rank : axis;

const slice: Operator = ([x, starts, ends, axes, steps]) => {
  const from = x.dims.map(() => ({ start: 0, step: 1 }));
  const dims = [...x.dims];
  axes.data.forEach((stated, i) => {
    const axis = count(stated, dims.length);
    const size = x.dims[axis];
    const step = steps?.data[i] ?? 1;
    const back = step < 0 ? 1 : 0;
    const clamp = (at: number, least: number) =>
      Math.min(size - back, Math.max(least, at < 0 ? at + size : at));
    const [start, end] = [clamp(starts.data[i], 0), clamp(ends.data[i], -back)];
    from[axis] = { start, step };
    dims[axis] = Math.max(0, Math.ceil((end - start) / step));
  });
  return [move(dims, x, (at) => at.map((one, axis) => from[axis].start + one * from[axis].step))];
};

const reflected: Operator = ([x, pads]) => {
  const rank = x.dims.length;
  const dims = x.dims.map((size, axis) => size + pads.data[axis] + pads.data[axis + rank]);
  return [move(dims, x, (at) =>
    at.map((one, axis) => {
      const inside = Math.abs(one - pads.data[axis]);
      const last = x.dims[axis] - 1;
      return inside > last ? 2 * last - inside : inside;
    }))];
};

const OPERATORS: Record<string, Operator> = {
  Add: pairs((x, y) => x + y),
  BatchNormalization: normalized,
  Cast: ([x], { ints }) => same({ ...x, data: x.data.map((one) => cast(one, ints.to[0])) }, x.dims),
  Clip: ([x, min, max], _, counter) => {
    const data = x.data.map((value) => {
      counter.operations += 2;
      return Math.min(max.data[0], Math.max(min.data[0], value));
    });
    return [{ dims: x.dims, data }];
  },
  Concat: (inputs, { ints }) => {
    const axis = count(ints.axis[0], inputs[0].dims.length);
    const before = sizeOf(inputs[0].dims.slice(0, axis));
    const data: number[] = [];
    for (let i = 0; i < before; i++) {
      for (const one of inputs) {
        const length = one.data.length / before;
        for (let k = 0; k < length; k++) data.push(one.data[i * length + k]);
      }
    }
    const joined = inputs.reduce((sum, { dims }) => sum + dims[axis], 0);
    return [{ dims: inputs[0].dims.with(axis, joined), data }];
  },
  Constant: (_, { tensors }) => [tensors.value],
  ConstantOfShape: ([shape], { tensors }) => [{
    dims: shape.data,
    data: Array(sizeOf(shape.data)).fill(tensors.value.data[0]),
  }],
  Conv: convolution,
  ConvTranspose: transposed,
  Div: pairs((x, y) => x / y),
  Equal: pairs((x, y) => Number(x === y)),
  Gather: ([x, indices], { ints }) => {
    const axis = ints.axis?.[0] ?? 0;
    const rank = indices.dims.length;
    const dims = x.dims.toSpliced(axis, 1, ...indices.dims);
    return [move(dims, x, (at) => {
      const position = at.slice(axis, axis + rank);
      const i = position.reduce((offset, one, k) => offset * indices.dims[k] + one, 0);
      return at.toSpliced(axis, rank, count(indices.data[i], x.dims[axis]));
    })];
  },
  GlobalAveragePool: ([x], _, counter) => {
    const plane = sizeOf(x.dims.slice(2));
    const data = Array.from({ length: x.dims[0] * x.dims[1] }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < plane; k++) {
        sum += x.data[i * plane + k];
        counter.operations++;
      }
      counter.operations++;
      return sum / plane;
    });
    return [{ dims: [x.dims[0], x.dims[1], 1, 1], data }];
  },
  HardSigmoid: each(
    4,
    (x, { numbers }) =>
      Math.min(1, Math.max(0, (numbers.alpha ?? 0.2) * x + (numbers.beta ?? 0.5))),
  ),
  Identity: ([x]) => [x],
  LSTM: lstm,
  Mul: pairs((x, y) => x * y),
  Not: each(1, (x) => Number(!x)),
  Pad: reflected,
  Pow: pairs((x, y) => x ** y),
  ReduceMean: ([x], { ints }, counter) => {
    // Over the second dimension.
    const [batch, length] = x.dims;
    const inner = sizeOf(x.dims.slice(2));
    const data = Array.from({ length: batch * inner }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < length; k++) {
        sum += x.data[(Math.floor(i / inner) * length + k) * inner + i % inner];
        counter.operations++;
      }
      counter.operations++;
      return sum / length;
    });
    const dims = ints.keepdims[0] ? x.dims.with(1, 1) : x.dims.toSpliced(1, 1);
    return [{ dims, data }];
  },
  Relu: each(1, (x) => Math.max(0, x)),
  Reshape: ([x, shape]) => {
    const dims = shape.data.map((size, axis) => size === 0 ? x.dims[axis] : size);
    const rest = sizeOf(dims.filter((size) => size !== -1));
    return same(x, dims.map((size) => size === -1 ? x.data.length / rest : size));
  },
  Resize: (inputs) => {
    const [x, scales] = [inputs[0], inputs.at(-1)!];
    const dims = x.dims.map((size, axis) => Math.floor(size * scales.data[axis]));
    return [move(dims, x, (at) => at.map((one, axis) => Math.floor(one / scales.data[axis])))];
  },
  Shape: ([x]) => [{ dims: [x.dims.length], data: x.dims }],
  Sigmoid: each(4, sigmoid),
  Size: ([x]) => [{ dims: [], data: [x.data.length] }],
  Slice: slice,
  Sqrt: each(1, Math.sqrt),
  Squeeze: ([x, axes]) => {
    const gone = axes?.data.map((axis) => count(axis, x.dims.length));
    return same(x, x.dims.filter((size, axis) => gone ? !gone.includes(axis) : size !== 1));
  },
  Transpose: ([x], { ints }) => {
    const { perm } = ints;
    return [move(perm.map((axis) => x.dims[axis]), x, (at) => {
      const from: number[] = [];
      perm.forEach((axis, i) => from[axis] = at[i]);
      return from;
    })];
  },
  Unsqueeze: ([x, axes]) => {
    const rank = x.dims.length + axes.data.length;
    const made = axes.data.map((axis) => count(axis, rank));
    const rest = [...x.dims];
    return same(x, Array.from({ length: rank }, (_, i) => made.includes(i) ? 1 : rest.shift()!));
  },
};

/** To INT64, BOOL, or a float. */
const cast = (x: number, to: number): number =>
  to === 7 ? Math.trunc(x) : to === 9 ? Number(x !== 0) : x;

function readGraph(proto: ProtoReader): Graph {
  return {
    nodes: proto.messages(1, "NodeProto").map(readNode),
    constants: new Map(
      proto.messages(5, "TensorProto").map((one) => [one.text(8), readValue(one)]),
    ),
    outputs: proto.messages(12, "ValueInfoProto").map((one) => one.text(1)),
  };
}

function readNode(proto: ProtoReader): Node {
  const node: Node = {
    type: proto.text(4),
    inputs: proto.texts(1),
    outputs: proto.texts(2),
    ints: {},
    numbers: {},
    texts: {},
    tensors: {},
    graphs: {},
  };
  for (const one of proto.messages(5, "AttributeProto")) {
    const name = one.text(1);
    if (one.has(3)) node.ints[name] = one.integers(3);
    if (one.has(8)) node.ints[name] = one.integers(8);
    if (one.has(2)) node.numbers[name] = floats(one.allBytes(2))[0];
    if (one.has(4)) node.texts[name] = one.text(4);
    if (one.has(5)) node.tensors[name] = readValue(one.message(5, "TensorProto")!);
    if (one.has(6)) node.graphs[name] = readGraph(one.message(6, "GraphProto")!);
  }
  return node;
}

const floats = (bytes: Uint8Array): number[] => [...new Float32Array(bytes.slice().buffer)];

/** Floats, integers of 64 and 32 bits, and booleans, as the two files have them. */
function readValue(proto: ProtoReader): Value {
  const dims = proto.integers(1);
  const type = proto.integer(2);
  const raw = proto.has(9) ? proto.allBytes(9).slice() : null;
  if (type === 1) return { dims, data: floats(raw ?? proto.allBytes(4)) };
  if (!raw) return { dims, data: proto.integers(type === 7 ? 7 : 5) };
  if (type === 7) return { dims, data: Array.from(new BigInt64Array(raw.buffer), Number) };
  if (type === 6) return { dims, data: [...new Int32Array(raw.buffer)] };
  return { dims, data: [...raw] };
}
