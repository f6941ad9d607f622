/**
 * What a docstring owes to whoever calls from another room: all that the types do not say.
 *
 * A function or a public method: a sentence; `@param` for each parameter that its type leaves bare (a
 * number, a text, a flag, or lists of those); `@returns` for a result of such a type or one that may
 * be nothing; `@throws` where its own body throws. A type: a sentence, and for each bare number in it
 * a unit in the name or a docstring of its own. A constant: a sentence.
 * @module
 */
import ts from "typescript";
import { type Docstring, docstringOf, isSentence } from "./docstring.ts";
import { awaited, isBare, isBareNumber, isNothing } from "./types.ts";

/** Something that a declaration's docstring lacks. */
export interface Lack {
  at: ts.Node;
  says: string;
}

type Callable = ts.FunctionLikeDeclaration | ts.MethodSignature;

const UNITS = "us|ms|s|minutes|h|days|m|km|m2|deg|rad|k|c|w|wh|mj|j|hz|bytes|bits|operations|" +
  "microcredits|count|share|ratio|index";

// `latency_ms`, `tokens_per_s`: units come last, but for the end of a range and a direction:
// `latency_ms_max`, `bytes_up`.
const UNIT = new RegExp(`(?:^|_)(?:${UNITS})(?:_(?:max|min|up|down))?$|_per_`);

/** @param declarations all that another room takes by `name`: functions, classes, types, constants */
export function lacksOf(name: string, declarations: readonly ts.Declaration[]): Lack[] {
  // `type Ask = z.infer<typeof Ask>` is its schema over again.
  const isSchemas = (one: ts.Declaration) =>
    ts.isTypeAliasDeclaration(one) && one.type.getText() === `z.infer<typeof ${name}>`;
  const own = declarations.length > 1
    ? declarations.filter((one) => !isSchemas(one))
    : declarations;
  return own.flatMap((declaration) => lacksOfOne(name, declaration));
}

function lacksOfOne(name: string, declaration: ts.Declaration): Lack[] {
  if (ts.isVariableDeclaration(declaration)) {
    const value = declaration.initializer;
    if (value && (ts.isArrowFunction(value) || ts.isFunctionExpression(value))) {
      return lacksOfCallable(name, value, docstringOf(declaration));
    }
    return lacksSentence(name, declaration);
  }
  if (ts.isFunctionDeclaration(declaration)) {
    return lacksOfCallable(name, declaration, docstringOf(declaration));
  }
  if (ts.isClassDeclaration(declaration)) {
    return [
      ...lacksSentence(name, declaration),
      ...declaration.members.flatMap(lacksOfMember(name)),
    ];
  }
  if (ts.isInterfaceDeclaration(declaration)) {
    return [...lacksSentence(name, declaration), ...lacksOfFields(name, declaration)];
  }
  if (ts.isTypeAliasDeclaration(declaration)) {
    return [...lacksSentence(name, declaration), ...lacksOfFields(name, declaration.type)];
  }
  return lacksSentence(name, declaration);
}

function lacksSentence(name: string, node: ts.Node): Lack[] {
  const doc = docstringOf(node);
  if (!doc) return [{ at: node, says: `${name} has no docstring` }];
  return isSentence(doc.sentences)
    ? []
    : [{ at: node, says: `${name}'s docstring begins with no sentence` }];
}

function lacksOfMember(className: string): (member: ts.ClassElement) => Lack[] {
  return (member) => {
    const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
    if (ts.getCombinedModifierFlags(member) & hidden) return [];
    if (member.name && ts.isPrivateIdentifier(member.name)) return [];
    const name = `${className}.${member.name?.getText() ?? "constructor"}`;
    if (ts.isMethodDeclaration(member)) return lacksOfCallable(name, member, docstringOf(member));
    if (ts.isConstructorDeclaration(member)) return lacksOfConstructor(name, member);
    if (ts.isPropertyDeclaration(member)) return lacksUnit(name, member);
    return ts.isGetAccessor(member) ? lacksSentence(name, member) : [];
  };
}

/** What a class is for stands above it: its constructor owes what its parameters do not say. */
function lacksOfConstructor(name: string, constructor: ts.ConstructorDeclaration): Lack[] {
  const doc = docstringOf(constructor);
  return [...lacksOfParams(name, constructor, doc), ...lacksThrows(name, constructor, doc)];
}

function lacksOfCallable(name: string, callable: Callable, doc: Docstring | null): Lack[] {
  const at = callable;
  if (!doc) return [{ at, says: `${name} has no docstring` }];
  const lacks: Lack[] = [];
  if (!isSentence(doc.sentences)) {
    lacks.push({ at, says: `${name}'s docstring begins with no sentence` });
  }
  lacks.push(...lacksOfParams(name, callable, doc));
  for (const { type } of callable.parameters) if (type) lacks.push(...lacksOfFields(name, type));
  if (owesReturns(callable) && !doc.returns) lacks.push({ at, says: `${name} has no @returns` });
  return [...lacks, ...lacksThrows(name, callable, doc)];
}

function lacksOfParams(name: string, { parameters }: Callable, doc: Docstring | null): Lack[] {
  return parameters.flatMap((parameter): Lack[] => {
    if (!ts.isIdentifier(parameter.name)) return [];
    const { text } = parameter.name;
    if (!owesParam(parameter) || doc?.params.has(text)) return [];
    return [{ at: parameter, says: `${name} has no @param ${text}` }];
  });
}

function owesParam({ type, initializer }: ts.ParameterDeclaration): boolean {
  if (type) return isBare(type);
  return initializer !== undefined && (ts.isLiteralExpression(initializer) || isFlag(initializer));
}

const isFlag = ({ kind }: ts.Node): boolean =>
  kind === ts.SyntaxKind.TrueKeyword || kind === ts.SyntaxKind.FalseKeyword;

/** A named type says what comes back; a bare one does not, nor one left to inference, nor when it is nothing. */
function owesReturns(callable: Callable): boolean {
  const { type } = callable;
  if (!type) return "body" in callable && callable.body !== undefined && infers(callable.body);
  if (ts.isTypePredicateNode(type)) return false;
  const result = awaited(type);
  if (isBare(result)) return true;
  return ts.isUnionTypeNode(result) && result.types.some(isNothing);
}

/** Whether a body without a written result type gives one that no name tells: `n as Km` and `new X()` do. */
function infers(body: ts.ConciseBody): boolean {
  if (ts.isBlock(body)) return returnsValue(body);
  const value = ts.isParenthesizedExpression(body) ? body.expression : body;
  if (ts.isAsExpression(value)) return isBare(value.type);
  return !ts.isNewExpression(value);
}

function returnsValue(node: ts.Node): boolean {
  if (ts.isReturnStatement(node)) return node.expression !== undefined;
  if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
  return ts.forEachChild(node, returnsValue) ?? false;
}

function lacksThrows(name: string, callable: Callable, doc: Docstring | null): Lack[] {
  if (doc?.throws || !("body" in callable) || !callable.body || !throws(callable.body)) return [];
  return [{ at: callable, says: `${name} throws and has no @throws` }];
}

/** Whether a body throws by itself: what it calls, or declares inside, has a docstring of its own. */
function throws(node: ts.Node): boolean {
  if (ts.isThrowStatement(node)) return true;
  if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
  return ts.forEachChild(node, throws) ?? false;
}

/** Fields of a type, however deep inside it they are written out. */
function lacksOfFields(name: string, node: ts.Node): Lack[] {
  const lacks: Lack[] = [];
  const visit = (child: ts.Node) => {
    if (ts.isPropertySignature(child)) {
      lacks.push(...lacksUnit(`${name}.${child.name.getText()}`, child));
      if (docstringOf(child)) return;
    }
    ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
  return lacks;
}

function lacksUnit(name: string, field: ts.PropertySignature | ts.PropertyDeclaration): Lack[] {
  if (!field.type || !isBareNumber(field.type) || UNIT.test(field.name.getText())) return [];
  if (docstringOf(field)) return [];
  return [{ at: field, says: `${name} is a number with no unit in its name and no docstring` }];
}
