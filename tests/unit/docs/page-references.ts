/**
 * Finds what a page of Markdown says is in the repository.
 * Not its job: whether it is there.
 * @module
 */

export interface PageReference {
  /**
   * `link` is relative to the page, `path` to the repository, `start` is how the paths of a pattern
   * begin, `file` is the name of a file in any folder.
   */
  kind: "link" | "path" | "start" | "file";
  name: string;
}

// Where a URL's path, a longer name or an option goes on, no path of ours begins.
const BEFORE = String.raw`(?<![\w./:-])(?:\.\./)*`;
const LINK = /\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g;
const FILE = /(?<![\w./-])[\w-]+\.ts\b(?![\w/])/g;

/** @param files the repository's, from which the names of its folders are taken */
export function pageReferences(text: string, files: readonly string[]): PageReference[] {
  const folders = new Set(
    files.filter((path) => path.includes("/")).map((path) => path.split("/")[0]),
  );
  const names = [...folders].map((name) => name.replaceAll(".", String.raw`\.`)).join("|");
  const path = new RegExp(String.raw`${BEFORE}((?:${names})/[\w./-]*)([*{<]?)`, "g");
  return [
    ...[...text.matchAll(LINK)].map(([, name]) => ({ kind: "link" as const, name })),
    ...[...text.matchAll(path)].map(([, name, pattern]) =>
      pattern
        ? { kind: "start" as const, name }
        : { kind: "path" as const, name: name.replace(/\.+$/, "") }
    ),
    ...[...text.matchAll(FILE)].map(([name]) => ({ kind: "file" as const, name })),
  ];
}
