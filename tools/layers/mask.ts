/**
 * Blanks what is not code: comments, and what stands inside strings, templates and regular
 * expressions. Every other character keeps its offset and line, and quotes stay.
 * Not a parser: it only tells code from text, which is all that the checks of this folder need.
 * @module
 */

/** A `/` after one of these words begins a regular expression, after any other word it divides. */
const BEFORE_REGEX =
  /\b(?:return|typeof|case|in|of|delete|void|throw|new|else|do|instanceof|yield|await)$/;
// Enough to hold the longest of those words.
const LOOK_BACK = 16;

export function mask(source: string): string {
  const out = source.split("");
  const blank = (from: number, to: number) => {
    for (let i = from; i < to; i++) if (out[i] !== "\n") out[i] = " ";
  };
  /** Depths of braces at which a template's `${` was opened. */
  const templates: number[] = [];
  let depth = 0;
  let at = 0;
  while (at < source.length) {
    const begin = source[at];
    const end = endOfText(source, at, out, templates.at(-1) === depth);
    if (end > at) {
      const isComment = begin === "/" && (source[at + 1] === "/" || source[at + 1] === "*");
      if (begin === "}") templates.pop();
      const opens = source.startsWith("${", end - 2) && (begin === "`" || begin === "}");
      if (opens) templates.push(depth);
      blank(isComment ? at : at + 1, isComment ? end : end - (opens ? 2 : 1));
      at = end;
      continue;
    }
    if (begin === "{") depth++;
    if (begin === "}") depth--;
    at++;
  }
  return out.join("");
}

/** The offset behind the comment, string, template piece or regex that begins at `at`; else `at`. */
function endOfText(source: string, at: number, masked: string[], closesTemplate: boolean): number {
  const begin = source[at];
  if (begin === "/") {
    if (source[at + 1] === "/") return endOrAll(source, source.indexOf("\n", at));
    if (source[at + 1] === "*") return endOrAll(source, source.indexOf("*/", at + 2), 2);
    return beginsRegex(masked, at) ? endOfRegex(source, at) : at;
  }
  if (begin === '"' || begin === "'") return endOfString(source, at);
  if (begin === "`" || (begin === "}" && closesTemplate)) return endOfTemplatePiece(source, at);
  return at;
}

const endOrAll = (source: string, found: number, width = 0) =>
  found < 0 ? source.length : found + width;

/** An unclosed one ends with its line: an apostrophe in JSX text must not swallow the file. */
function endOfString(source: string, at: number): number {
  for (let i = at + 1; i < source.length && source[i] !== "\n"; i++) {
    if (source[i] === "\\") i++;
    else if (source[i] === source[at]) return i + 1;
  }
  return at;
}

function endOfTemplatePiece(source: string, at: number): number {
  for (let i = at + 1; i < source.length; i++) {
    if (source[i] === "\\") i++;
    else if (source[i] === "`") return i + 1;
    else if (source.startsWith("${", i)) return i + 2;
  }
  return source.length;
}

function beginsRegex(masked: string[], at: number): boolean {
  const before = masked.slice(Math.max(0, at - LOOK_BACK), at).join("").trimEnd();
  if (before === "" || BEFORE_REGEX.test(before)) return true;
  // `<` stands before `/` in JSX's closing tags.
  return !/[\w$)\]}"'`<]$/.test(before);
}

/** No closing slash on the line: a division after all. */
function endOfRegex(source: string, at: number): number {
  let inClass = false;
  for (let i = at + 1; i < source.length && source[i] !== "\n"; i++) {
    if (source[i] === "\\") i++;
    else if (source[i] === "[") inClass = true;
    else if (source[i] === "]") inClass = false;
    else if (source[i] === "/" && !inClass) return i + 1;
  }
  return at;
}
