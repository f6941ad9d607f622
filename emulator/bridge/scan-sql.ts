/**
 * Reads from a SQL text what the native driver does not tell: its parameters in SQLite's numbering,
 * how many statements it holds, and its first word. It tokenises as SQLite does
 * (https://sqlite.org/lang_expr.html#parameters) and does not parse: SQLite finds the errors.
 * @module
 */

export interface ScannedSql {
  /** The first word, in upper case; empty when there is none. */
  keyword: string;
  statements: number;
  /** By index: the name with its sign, null for a bare `?`, undefined for a gap that `?NNN` leaves. */
  params: (string | null | undefined)[];
}

// Doubled quotes need no rule of their own: 'a''b' reads as two strings, side by side.
const TOKEN =
  /\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|\?\d*|[:@$#][\w$\u0080-\uffff]+(?:::[\w$\u0080-\uffff]*)*(?:\([^)\s]*\))?|[\w\u0080-\uffff][\w$\u0080-\uffff]*|./gsy;

// SQLite's own limit for ?NNN: a larger one must not allocate here before SQLite refuses it.
const PARAM_INDEX_MAX = 32_766;

export function scanSql(sql: string): ScannedSql {
  const params: ScannedSql["params"] = [];
  const words: string[] = [];
  let statements = 0;
  let open = false;
  let beforeLast = "";
  let last = "";
  for (const [token] of sql.matchAll(TOKEN)) {
    if (/^(?:\s|--|\/\*)/.test(token)) continue;
    const isWord = /^[A-Za-z_]/.test(token);
    const upper = isWord ? token.toUpperCase() : token;
    if (isWord && statements <= 1 && words.length < 3 && (open || words.length === 0)) {
      words.push(upper);
    }
    if (token === ";") {
      // Inside a trigger, only `; END ;` ends the statement; so sqlite3_complete() has it, too.
      if (!isTrigger(words) || (beforeLast === ";" && last === "END")) open = false;
    } else if (!open) {
      open = true;
      statements++;
    }
    if (/^[?:@$#]./.test(token) || token === "?") addParam(params, token);
    beforeLast = last;
    last = upper;
  }
  return { keyword: words[0] ?? "", statements, params };
}

function isTrigger(words: string[]): boolean {
  return words[0] === "CREATE" &&
    (words[1] === "TRIGGER" || (words[1]?.startsWith("TEMP") === true && words[2] === "TRIGGER"));
}

function addParam(params: ScannedSql["params"], token: string): void {
  if (token === "?") params.push(null);
  else if (/^\?\d/.test(token)) {
    const index = Number(token.slice(1)) - 1;
    if (index >= 0 && index < PARAM_INDEX_MAX) {
      while (params.length < index) params.push(undefined);
      params[index] ??= token;
    }
  } else if (!params.includes(token)) params.push(token);
}
