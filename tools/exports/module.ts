/**
 * A source file as the check of exports sees it: what it declares for others, what it takes of them.
 * @module
 */
import ts from "typescript";

/** A name that a file takes from another: by an import, or by an export that passes it on. */
export interface Taken {
  /** Path from the root. */
  target: string;
  /** The name in the target; `*` is all of its names. */
  name: string;
  /** The name under which the file passes it on, where it does; `*` keeps the target's names. */
  passedAs: string | null;
}

export interface Module {
  path: string;
  source: ts.SourceFile;
  /** Exported name to what it declares: more than one for an overloaded function, or a type and a value. */
  exports: ReadonlyMap<string, readonly ts.Declaration[]>;
  taken: readonly Taken[];
}

/** Reads one file. Text that does not parse yields a module with holes: deno check tells of those. */
export function readModule(path: string, text: string): Module {
  // The tags of a docstring are found through its declaration's parents.
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  return { path, source, exports: exportsOf(source), taken: [...takenBy(path, source)] };
}

function exportsOf(source: ts.SourceFile): Map<string, ts.Declaration[]> {
  const declared = new Map<string, ts.Declaration[]>();
  const add = (name: string, declaration: ts.Declaration) => {
    declared.set(name, [...declared.get(name) ?? [], declaration]);
  };
  const locals = new Map<string, string[]>();
  for (const statement of source.statements) {
    if (ts.isExportDeclaration(statement) && !statement.moduleSpecifier) {
      for (const { name, propertyName } of namedIn(statement.exportClause)) {
        const local = (propertyName ?? name).text;
        locals.set(local, [...locals.get(local) ?? [], name.text]);
      }
    }
  }
  for (const statement of source.statements) {
    for (const [local, declaration] of declarationsIn(statement)) {
      if (isExported(statement)) add(isDefault(statement) ? "default" : local, declaration);
      for (const name of locals.get(local) ?? []) add(name, declaration);
    }
  }
  return declared;
}

function* declarationsIn(statement: ts.Statement): Generator<[string, ts.Declaration]> {
  if (ts.isVariableStatement(statement)) {
    for (const declaration of statement.declarationList.declarations) {
      if (ts.isIdentifier(declaration.name)) yield [declaration.name.text, declaration];
    }
  } else if (
    ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement)
  ) {
    yield [statement.name?.text ?? "default", statement];
  }
}

const has = (statement: ts.Statement, kind: ts.SyntaxKind): boolean =>
  ts.canHaveModifiers(statement) &&
  (ts.getModifiers(statement) ?? []).some((modifier) => modifier.kind === kind);
const isExported = (statement: ts.Statement) => has(statement, ts.SyntaxKind.ExportKeyword);
const isDefault = (statement: ts.Statement) => has(statement, ts.SyntaxKind.DefaultKeyword);

function* takenBy(path: string, source: ts.SourceFile): Generator<Taken> {
  for (const statement of source.statements) {
    const isImport = ts.isImportDeclaration(statement);
    if (!isImport && !ts.isExportDeclaration(statement)) continue;
    const target = resolve(path, statement.moduleSpecifier);
    if (target === null) continue;
    const clause = isImport ? statement.importClause : undefined;
    if (clause?.name) yield { target, name: "default", passedAs: null };
    const list = isImport ? clause?.namedBindings : statement.exportClause;
    const passes = !isImport;
    if (!list) {
      if (passes) yield { target, name: "*", passedAs: "*" };
    } else if (ts.isNamespaceImport(list) || ts.isNamespaceExport(list)) {
      yield { target, name: "*", passedAs: null };
    } else {
      for (const { name, propertyName } of namedIn(list)) {
        yield { target, name: (propertyName ?? name).text, passedAs: passes ? name.text : null };
      }
    }
  }
  yield* takenInside(path, source);
}

/** `await import("./x.ts")` and `import("./x.ts").T`: all names, as it does not say which. */
function* takenInside(path: string, node: ts.Node): Generator<Taken> {
  const specifier =
    ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
      ? node.arguments[0]
      : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
      ? node.argument.literal
      : undefined;
  const target = resolve(path, specifier);
  if (target !== null) yield { target, name: "*", passedAs: null };
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* takenInside(path, child);
}

type Specifier = ts.ImportSpecifier | ts.ExportSpecifier;

function namedIn(
  list: ts.Node | undefined,
): { name: ts.Identifier; propertyName?: ts.Identifier }[] {
  if (!list || !(ts.isNamedImports(list) || ts.isNamedExports(list))) return [];
  const elements: readonly Specifier[] = list.elements;
  return elements.map(({ name, propertyName }) => ({
    name: name as ts.Identifier,
    propertyName: propertyName as ts.Identifier | undefined,
  }));
}

function resolve(from: string, specifier: ts.Expression | undefined): string | null {
  if (!specifier || !ts.isStringLiteralLike(specifier) || !specifier.text.startsWith(".")) {
    return null;
  }
  return new URL(specifier.text, `file:///${from}`).pathname.slice(1);
}
