/**
 * The docstring of a declaration: its sentences, and what its tags are about.
 * @module
 */
import ts from "typescript";

export interface Docstring {
  /** What stands before the first tag. */
  sentences: string;
  params: ReadonlySet<string>;
  returns: boolean;
  throws: boolean;
}

/** @returns null where nothing stands before the declaration */
export function docstringOf(node: ts.Node): Docstring | null {
  const parts = ts.getJSDocCommentsAndTags(node);
  if (parts.length === 0) return null;
  const doc: Docstring & { params: Set<string> } = {
    sentences: parts.filter(ts.isJSDoc).map(({ comment }) => textOf(comment)).join(" ").trim(),
    params: new Set(),
    returns: false,
    throws: false,
  };
  for (const tag of ts.getJSDocTags(node)) {
    // A tag with no text informs nobody.
    if (textOf(tag.comment).trim() === "" && !ts.isJSDocThrowsTag(tag)) continue;
    if (ts.isJSDocParameterTag(tag)) doc.params.add(tag.name.getText());
    if (ts.isJSDocReturnTag(tag)) doc.returns = true;
    if (ts.isJSDocThrowsTag(tag)) doc.throws = true;
  }
  return doc;
}

/** A capital, a digit or code begins a sentence; a period ends it, or the docstring does. */
export function isSentence(text: string): boolean {
  return /^[\p{Lu}\d`"'(<{/.]/u.test(text) && /[.!?:)]/.test(text);
}

const textOf = (comment: ts.JSDoc["comment"]): string => ts.getTextOfJSDocComment(comment) ?? "";
