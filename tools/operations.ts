/**
 * Counts what a run of an ONNX model takes, operator by operator, by the rule of docs/models.md#operations.
 *
 * ```sh
 * deno run -A tools/operations.ts models/onnx/scene-indices.onnx --shape reflectance=1,6,64,64
 * ```
 * @module
 */
import { type Count, countOperations } from "../models/operations/count-operations.ts";
import { ModelError } from "../models/operations/model-error.ts";

const HELP = `Counts the arithmetic operations of one run of an ONNX model.

Usage: deno run -A tools/operations.ts MODEL.onnx [--shape NAME=SIZES]...

  --shape NAME=SIZES  shape of one input, sizes with commas between them; none for a scalar
                      (an input whose shape the file fixes needs none)
  --help              this text

Example: deno run -A tools/operations.ts models/onnx/drive-rss.onnx --shape state=100,6

The rule: docs/models.md#operations. An operator that it does not cover is an error.`;

interface Wanted {
  path: string;
  shapes: Record<string, number[]>;
}

/** @returns what is asked for, or what is wrong with the arguments */
export function parseArguments(args: readonly string[]): Wanted | string {
  const paths: string[] = [];
  const shapes: [string, number[]][] = [];
  for (let i = 0; i < args.length; i++) {
    const [option, inline] = args[i].startsWith("--shape=")
      ? ["--shape", args[i].slice("--shape=".length)]
      : [args[i], undefined];
    if (option !== "--shape") {
      if (option.startsWith("-")) return `Unknown option ${option}`;
      paths.push(option);
      continue;
    }
    const text = inline ?? args[++i] ?? "";
    // An input's name may hold "=", its sizes cannot.
    const [, name, sizes] = /^(.+)=([\d,]*)$/.exec(text) ?? [];
    if (name === undefined) return `--shape takes NAME=SIZES, such as x=1,3,224,224, not "${text}"`;
    shapes.push([name, sizes === "" ? [] : sizes.split(",").map(Number)]);
  }
  return paths.length === 1
    ? { path: paths[0], shapes: Object.fromEntries(shapes) }
    : `One model is counted at a time, got ${paths.length}`;
}

export function report({ operations, outputs, byOperator }: Count): string {
  const rows = Object.entries(byOperator)
    .sort(([, a], [, b]) => b.operations - a.operations)
    .map(([name, one]) => [name, grouped(one.nodes), grouped(one.operations)]);
  const nodes = Object.values(byOperator).reduce((sum, one) => sum + one.nodes, 0);
  const table = [
    ["operator", "nodes", "operations"],
    ...rows,
    ["all", grouped(nodes), grouped(operations)],
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column].length)));
  return [
    ...table.map(([name, ...figures]) =>
      [name.padEnd(widths[0]), ...figures.map((figure, i) => figure.padStart(widths[i + 1]))]
        .join("  ")
    ),
    "",
    ...Object.entries(outputs).map(([name, dims]) => `output ${name} [${dims.join(", ")}]`),
  ].join("\n");
}

const grouped = (n: number): string => n.toLocaleString("en-US");

if (import.meta.main) {
  if (Deno.args.includes("--help")) {
    console.log(HELP);
    Deno.exit(0);
  }
  const wanted = parseArguments(Deno.args);
  if (typeof wanted === "string") {
    console.error(`${wanted}\n\n${HELP}`);
    Deno.exit(2);
  }
  try {
    console.log(report(countOperations(await Deno.readFile(wanted.path))(wanted.shapes)));
  } catch (error) {
    if (!(error instanceof ModelError || error instanceof Deno.errors.NotFound)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
