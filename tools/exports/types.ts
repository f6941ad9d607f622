/**
 * What a type's own text says: enough of a meaning and a unit, or nothing but a kind of value.
 * @module
 */
import ts from "typescript";

const PRIMITIVES = new Set([
  ts.SyntaxKind.NumberKeyword,
  ts.SyntaxKind.StringKeyword,
  ts.SyntaxKind.BooleanKeyword,
  ts.SyntaxKind.BigIntKeyword,
]);
const LISTS = /^(?:Readonly)?(?:Array|Set|Iterable)$/;
const PACKED = /^(?:(?:Uint|Int|Float|BigUint|BigInt)\d+(?:Clamped)?Array|ArrayBuffer|DataView)$/;

/** A type that leaves its meaning and unit to a name: a number, a text, a flag, or lists of those. */
export function isBare(type: ts.TypeNode): boolean {
  if (PRIMITIVES.has(type.kind)) return true;
  if (ts.isParenthesizedTypeNode(type) || ts.isTypeOperatorNode(type)) return isBare(type.type);
  if (ts.isArrayTypeNode(type)) return isBare(type.elementType);
  if (ts.isUnionTypeNode(type)) {
    const said = type.types.filter((one) => !isNothing(one));
    return said.length > 0 && said.every(isBare);
  }
  if (!ts.isTypeReferenceNode(type) || !ts.isIdentifier(type.typeName)) return false;
  const { text } = type.typeName;
  if (PACKED.test(text)) return true;
  return LISTS.test(text) && (type.typeArguments ?? []).some(isBare);
}

/** A number without a unit of its own: bare, or in a list, or beside null. */
export function isBareNumber(type: ts.TypeNode): boolean {
  return isBare(type) && /\bnumber\b/.test(type.getText());
}

/** null or undefined, as a member of a union. */
export function isNothing(type: ts.TypeNode): boolean {
  return type.kind === ts.SyntaxKind.UndefinedKeyword ||
    (ts.isLiteralTypeNode(type) && type.literal.kind === ts.SyntaxKind.NullKeyword);
}

/** The type that a caller gets after waiting: `T` of `Promise<T>`, else the type itself. */
export function awaited(type: ts.TypeNode): ts.TypeNode {
  if (!ts.isTypeReferenceNode(type) || type.typeName.getText() !== "Promise") return type;
  return type.typeArguments?.[0] ?? type;
}
