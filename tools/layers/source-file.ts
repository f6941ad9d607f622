/**
 * A source file as the checks see it: its text, its code without comments and strings, its imports.
 * @module
 */
import { mask } from "./mask.ts";

export interface Import {
  specifier: string;
  /** 1 is the first. */
  line: number;
  /** Path from the root where the specifier is relative, else null. */
  target: string | null;
  /**
   * `type`: an `import type`, which is gone before anything runs. `url`: a script named by
   * `new URL("./x.ts", import.meta.url)`, run but not imported.
   */
  kind: "import" | "type" | "url";
}

export interface SourceFile {
  path: string;
  text: string;
  code: string;
  imports: Import[];
}

/** A breach of a rule, ready to print. */
export interface Offence {
  path: string;
  /** 0: the file as a whole. */
  line: number;
  says: string;
}

// In masked code, so never inside a comment or a string; each ends at the specifier's first quote.
const IMPORT = /\b(?:from|import)\s*["']|\bimport\s*\(\s*["'`]|\bnew\s+URL\s*\(\s*["']/g;
const OF_THIS_FILE = /^\s*,\s*import\.meta\.url\b/;

export function readSource(path: string, text: string): SourceFile {
  const code = mask(text);
  const imports: Import[] = [];
  for (const match of code.matchAll(IMPORT)) {
    const begin = match.index + match[0].length;
    const end = code.indexOf(code[begin - 1], begin);
    const specifier = text.slice(begin, end);
    if (specifier.includes("${")) continue;
    const isUrl = match[0].startsWith("new");
    if (isUrl && !OF_THIS_FILE.test(code.slice(end + 1))) continue;
    const kind = isUrl ? "url" : isTypeOnly(code.slice(0, begin)) ? "type" : "import";
    imports.push({ specifier, line: lineAt(text, begin), target: resolve(path, specifier), kind });
  }
  return { path, text, code, imports };
}

/** @param upTo code up to the specifier: its last import or export is the one in question */
function isTypeOnly(upTo: string): boolean {
  const keyword = Math.max(upTo.lastIndexOf("import"), upTo.lastIndexOf("export"));
  return /^(?:import|export)\s+type\s*[\s{*](?!\s*from\b)/.test(upTo.slice(keyword));
}

export const lineAt = (text: string, offset: number): number =>
  text.slice(0, offset).split("\n").length;

function resolve(from: string, specifier: string): string | null {
  if (!specifier.startsWith(".")) return null;
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}
