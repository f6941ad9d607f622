/**
 * Who may hold a whole request: Hono's `Context` is for middleware and for handlers of routes.
 * Everything below them takes what it needs by name, so that it can be read, and run, without one.
 * @module
 */
import ts from "typescript";
import type { Offence, SourceFile } from "./source-file.ts";

// The middleware that runs around every POST; its room's other files work on values.
const MIDDLEWARE = ["functions/app.ts", "functions/idempotency/idempotency.ts"];
const ROUTE_ROOM = /^functions\/(?:boards|docs|route|infer|meter|openai)\//;
// A file of a route room holds handlers if it takes the app, to put its routes on it.
const TAKES_APP = /\bapp\s*:\s*App\b/;

/** The names in a file that mean Hono's Context, for each file that has any. */
type Names = Map<string, Set<string>>;

/** One offence for each parameter, field or variable that is typed as a Context where none may be. */
export function contextOffences(files: readonly SourceFile[]): Offence[] {
  const parsed = new Map(
    files
      .filter(({ path }) => /^(?:functions|durable-objects)\//.test(path))
      .map((file) => [file, ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ESNext)]),
  );
  const names = namesOfContext(parsed);
  return [...parsed].filter(([file]) => !mayHoldContext(file)).flatMap(([file, source]) =>
    mentions(source, names.get(file.path) ?? new Set()).map((offset) => ({
      path: file.path,
      line: source.getLineAndCharacterOfPosition(offset).line + 1,
      says: "takes Hono's Context: only middleware and handlers of routes do",
    }))
  );
}

function mayHoldContext({ path, code }: SourceFile): boolean {
  if (path.startsWith("functions/middleware/") || MIDDLEWARE.includes(path)) return true;
  return ROUTE_ROOM.test(path) && TAKES_APP.test(code);
}

/** Repeats until an alias of an alias of an alias has been found as well. */
function namesOfContext(parsed: ReadonlyMap<SourceFile, ts.SourceFile>): Names {
  const names: Names = new Map();
  for (let before = -1, known = 0; known !== before;) {
    before = known;
    known = 0;
    for (const [file, source] of parsed) {
      const found = new Set([...imported(file, source, names), ...names.get(file.path) ?? []]);
      for (const alias of aliases(source, found)) found.add(alias);
      names.set(file.path, found);
      known += found.size;
    }
  }
  return names;
}

/** Names by which a file imports the Context or an alias of it, or exports its own under another. */
function* imported(file: SourceFile, source: ts.SourceFile, names: Names): Generator<string> {
  for (const statement of source.statements) {
    const isImport = ts.isImportDeclaration(statement);
    if (!isImport && !ts.isExportDeclaration(statement)) continue;
    const list = isImport ? statement.importClause?.namedBindings : statement.exportClause;
    const from = statement.moduleSpecifier?.getText(source).slice(1, -1);
    if (!list) continue;
    if (ts.isNamespaceImport(list)) {
      if (from === "hono") yield `${list.name.text}.Context`;
    } else if ("elements" in list) {
      const target = file.imports.find(({ specifier }) => specifier === from)?.target ?? file.path;
      const means = from === "hono" ? new Set(["Context"]) : names.get(target);
      for (const { name, propertyName } of list.elements) {
        if (means?.has((propertyName ?? name).text)) yield name.text;
      }
    }
  }
}

/** Types of a file that are made of a name: `type Ctx = Context<AppEnv>`. */
function* aliases(source: ts.SourceFile, names: ReadonlySet<string>): Generator<string> {
  for (const statement of source.statements) {
    const isAlias = ts.isTypeAliasDeclaration(statement) || ts.isInterfaceDeclaration(statement);
    if (isAlias && mentionsIn(source, statement, names).length > 0) yield statement.name.text;
  }
}

/** Offsets in a file at which a name types something; aliases themselves do not count. */
function mentions(source: ts.SourceFile, names: ReadonlySet<string>): number[] {
  return source.statements
    .filter((statement) => !ts.isTypeAliasDeclaration(statement))
    .flatMap((statement) => mentionsIn(source, statement, names));
}

function mentionsIn(source: ts.SourceFile, root: ts.Node, names: ReadonlySet<string>): number[] {
  const offsets: number[] = [];
  const visit = (node: ts.Node) => {
    const name = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
      ? node.expression
      : null;
    if (name && names.has(name.getText(source))) offsets.push(node.getStart(source));
    ts.forEachChild(node, visit);
  };
  visit(root);
  return offsets;
}
