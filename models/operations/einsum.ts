/**
 * Einsum: which sizes the letters of its equation have.
 * @module
 */

import type { Call } from "./call.ts";

export interface Einsum {
  /** Of the result. */
  result: number[];
  /** Of everything that is multiplied: one for each letter. */
  all: number[];
}

export function einsumOf(call: Call): Einsum {
  const equation = call.text("equation", "").replaceAll(" ", "");
  const [left, right, ...rest] = equation.split("->");
  const terms = left.split(",");
  if (rest.length > 0 || terms.length !== call.inputs.length || equation.length > 200) {
    call.fail(`its equation does not fit its ${call.inputs.length} inputs`);
  }
  const sizes = new Map<string, number>();
  const ellipsis: number[] = [];
  terms.forEach((term, i) => noteTerm(call, { term, dims: call.input(i).dims, sizes, ellipsis }));
  const letters = right ?? implicit(left);
  if (new Set(letters.replace("...", "")).size < letters.replace("...", "").length) {
    call.fail(`its result "${letters.slice(0, 20)}" has a letter twice`);
  }
  const result = split(letters).flatMap((letter) =>
    letter === "..."
      ? ellipsis
      : [sizes.get(letter) ?? call.fail(`its result has a letter that no input has`)]
  );
  return { result, all: [...ellipsis, ...sizes.values()] };
}

const split = (term: string): string[] => term.match(/\.\.\.|./gs) ?? [];

/** Without an arrow: the letters that come once, in their order, behind the ellipsis. */
function implicit(left: string): string {
  const letters = [...left.replaceAll("...", "").replaceAll(",", "")];
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return (left.includes("...") ? "..." : "") + once.sort().join("");
}

function noteTerm(
  call: Call,
  { term, dims, sizes, ellipsis }: {
    term: string;
    dims: readonly number[];
    sizes: Map<string, number>;
    ellipsis: number[];
  },
): void {
  const letters = split(term);
  const hidden = dims.length - letters.filter((letter) => letter !== "...").length;
  const at = letters.indexOf("...");
  if (hidden < 0 || (at < 0 && hidden > 0) || at !== letters.lastIndexOf("...")) {
    call.fail(`"${term.slice(0, 20)}" does not fit [${dims}]`);
  }
  const expanded = letters.flatMap((letter) =>
    letter === "..." ? Array<string>(hidden).fill("...") : [letter]
  );
  const shared: number[] = [];
  expanded.forEach((letter, axis) => {
    if (letter === "...") {
      shared.push(dims[axis]);
      return;
    }
    if (!/[A-Za-z]/.test(letter)) call.fail(`its equation has a "${letter}"`);
    const known = sizes.get(letter);
    const size = dims[axis];
    if (known !== undefined && known !== size && known !== 1 && size !== 1 && !call.loose) {
      call.fail(`letter ${letter} of its equation is ${known} and ${size}`);
    }
    sizes.set(letter, Math.max(known ?? 1, size));
  });
  const all = call.broadcast([ellipsis, shared]);
  ellipsis.splice(0, ellipsis.length, ...all);
}
