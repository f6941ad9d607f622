/**
 * Describes an ONNX graph node by node: infers every shape and adds up the operations on the way.
 * Not its job: bytes (see onnx.ts).
 * @module
 */

import { RULE } from "../operations/rule.ts";
import { ceilLog2, product, type Term } from "../operations/operation-count.ts";
import type { CostTerm, Outline } from "../outline.ts";
import {
  type Attributes,
  GRAPH_OPERATORS,
  type GraphOperatorName,
  type GraphTensor,
  type OnnxDatatype,
  type Operator,
} from "./operators.ts";

export interface GraphNode {
  readonly type: GraphOperatorName;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/** A constant that is stored in the file. */
export interface Initializer extends GraphTensor {
  readonly datatype: OnnxDatatype;
  readonly values: readonly number[];
}

/** A tensor of the graph, or a number that becomes a scalar of the datatype beside it. */
export type Operand = GraphTensor | number;

export class Graph {
  readonly outline: Outline;
  readonly nodes: GraphNode[] = [];
  readonly initializers: Initializer[] = [];
  readonly #costs = new Map<string, CostTerm>();
  readonly #made = new Map<string, GraphTensor>();

  constructor(outline: Outline) {
    this.outline = outline;
  }

  input(name: string): GraphTensor {
    const port = this.outline.inputs.find((input) => input.name === name);
    if (!port) throw new RangeError(`Cannot read input "${name}": the outline has none`);
    return port;
  }

  constant(
    values: readonly number[],
    datatype: OnnxDatatype,
    dims: readonly number[],
  ): GraphTensor {
    const name = `${datatype}[${dims}]:${values}`;
    const known = this.initializers.find((initializer) => initializer.name === name);
    if (known) return known;
    const made = { name, datatype, dims, values };
    this.initializers.push(made);
    return made;
  }

  /** Adds a node; `as` names its output, which is how a graph's output is made. */
  op(
    type: GraphOperatorName,
    operands: readonly Operand[],
    { as, attributes = {} }: { as?: string; attributes?: Attributes } = {},
  ): GraphTensor {
    const inputs = this.#tensors(operands);
    const operator: Operator = GRAPH_OPERATORS[type];
    const output: GraphTensor = {
      name: as ?? `${type}_${this.nodes.length}`,
      datatype: operator.datatype(inputs, attributes),
      dims: operator.dims(inputs, attributes),
    };
    if (this.#made.has(output.name)) throw new RangeError(`Tensor "${output.name}" is made twice`);
    this.#made.set(output.name, output);
    // TopK must be given a name for its indices, too, though nobody reads them.
    const outputs = type === "TopK" ? [output.name, `${output.name}_indices`] : [output.name];
    this.nodes.push({ type, inputs: inputs.map((input) => input.name), outputs, attributes });
    const terms = RULE[type]<string>({
      inputs: inputs.map((input) => input.dims),
      outputs: [output.dims],
      attributes,
    });
    for (const term of terms) this.#charge(term);
    return output;
  }

  /** What running the graph takes, one term per kind of element; checks the outputs on the way. */
  costs(): CostTerm[] {
    for (const port of this.outline.outputs) {
      const made = this.#made.get(port.name);
      const [want, got] = [port, made].map((t) => t && `${t.datatype}[${t.dims}]`);
      if (want !== got) throw new TypeError(`Output "${port.name}" is ${got}, must be ${want}`);
    }
    return [...this.#costs.values()];
  }

  #tensors(operands: readonly Operand[]): GraphTensor[] {
    // The last tensor gives the datatype, because the first one of Where is its condition.
    const beside = operands.findLast((operand) => typeof operand !== "number");
    const datatype = (beside?.datatype ?? "FP32") as OnnxDatatype;
    return operands.map((operand) =>
      typeof operand === "number" ? this.constant([operand], datatype, []) : operand
    );
  }

  /** Sizes that are numbers go into the count, so that only names are left beside it. */
  #charge({ count, of, log2 }: Term<string>): void {
    const fixed = of.filter((dim) => typeof dim === "number");
    const sorts = typeof log2 === "number" ? ceilLog2(log2) : 1;
    const more = product([count, ...fixed, sorts]);
    if (more === 0) return;
    const named: Omit<CostTerm, "count"> = {
      of: of.filter((dim) => typeof dim === "string"),
      ...(typeof log2 === "string" && { log2 }),
    };
    const key = `${named.of}|${named.log2 ?? ""}`;
    this.#costs.set(key, { ...named, count: (this.#costs.get(key)?.count ?? 0) + more });
  }
}
