/**
 * Rules that one file can break by itself: purity of mesh/, endings of imports, length of lines,
 * secrets among the plain settings.
 * @module
 */
import { lineAt, type Offence, type SourceFile } from "./source-file.ts";

// Mesh code gets time and chance as arguments, or it could not be replayed.
const IMPURE = new RegExp(
  String.raw`\b(?:${
    [
      String.raw`Date\.now`,
      String.raw`new\s+Date\s*\(\s*\)`,
      String.raw`performance\.now`,
      String.raw`Math\.random`,
      "crypto",
      "fetch",
      "async",
      "await",
      "setTimeout",
      "setInterval",
    ].join("|")
  })(?![\w$])`,
  "g",
);

// A longer line is not read to its end. What a literal holds does not count: a guarantee in a test's
// name, or a regular expression, is one thing that has nowhere to break.
const LINE_MAX = 120;
const LITERAL = /(["'`])(?:\\.|(?!\1).)*\1|\/(?![/*])(?:\\.|[^/\\])+\/[a-z]*/g;

// What a bundler takes as data; every other relative import names a source file.
const ENDING = /\.(?:tsx?|mjs|json|wasm|onnx|html|css|svg|sql|txt)$/;

export function purityOffences({ path, code }: SourceFile): Offence[] {
  if (!path.startsWith("mesh/")) return [];
  return [...code.matchAll(IMPURE)].map((match) => ({
    path,
    line: lineAt(code, match.index),
    says: `mesh is pure: no ${match[0]}`,
  }));
}

export function endingOffences({ path, imports }: SourceFile): Offence[] {
  return imports
    .filter(({ target }) => target !== null && !ENDING.test(target))
    .filter(({ kind }) => kind !== "url")
    .map(({ line, specifier }) => ({ path, line, says: `"${specifier}" must end in .ts` }));
}

export function lengthOffences({ path, text }: SourceFile): Offence[] {
  return text.split("\n").flatMap((line, l) =>
    line.replace(LITERAL, '""').length <= LINE_MAX ? [] : [{
      path,
      line: l + 1,
      says: `has ${line.length} characters, at most ${LINE_MAX} may stand on a line`,
    }]
  );
}

/** Set there they would be readable to all who see the repository, and sent with every deployment. */
const SECRETS = ["PERIGEE_DEV_KEY", "PERIGEE_ADMIN_TOKEN", "PERIGEE_LEDGER_TOKEN"];

/** @param toml wrangler.toml; read line by line: a table's name, then its keys */
export function secretOffences(path: string, toml: string): Offence[] {
  const offences: Offence[] = [];
  let isVars = false;
  toml.split("\n").forEach((line, l) => {
    const table = /^\s*\[+\s*([^\]]*?)\s*\]+/.exec(line);
    if (table) isVars = /^(?:env\.[^.]+\.)?vars$/.test(table[1]);
    const isInline = /^\s*(?:[\w.-]+\.)?vars\s*[.=]/.test(line);
    const stated = line.replace(/#.*/, "");
    for (const secret of SECRETS) {
      if ((isVars || isInline) && stated.includes(secret)) {
        offences.push({ path, line: l + 1, says: `${secret} is a secret: not among [vars]` });
      }
    }
  });
  return offences;
}
