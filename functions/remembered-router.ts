/**
 * A router that remembers what it found: a search through all routes costs as much as checking a key, and
 * most requests have one of a few paths.
 * @module
 */
import type { Result, Router } from "hono/router";
import { TrieRouter } from "hono/router/trie-router";

// Paths are the callers': a flood of made-up ones must not fill the isolate's memory.
const KEPT_MAX = 256;
const PATH_CHARS_MAX = 128;

/** Hono's trie router, which takes every kind of path, with the last results by method and path. */
export class RememberedRouter<T> implements Router<T> {
  name = "RememberedRouter";
  readonly #router = new TrieRouter<T>();
  readonly #found = new Map<string, Result<T>>();

  /**
   * Adds a handler, as Router.add() does.
   * @param method in capitals, or ALL
   * @param path as the router's patterns have it
   */
  add(method: string, path: string, handler: T): void {
    this.#found.clear();
    this.#router.add(method, path, handler);
  }

  /**
   * Finds the handlers of a path and what its parameters are.
   * @param method in capitals
   * @param path of a request
   * @returns not to be changed: the next request gets the same
   */
  match(method: string, path: string): Result<T> {
    const key = `${method} ${path}`;
    const known = this.#found.get(key);
    if (known) return known;
    const found = this.#router.match(method, path);
    if (path.length > PATH_CHARS_MAX) return found;
    if (this.#found.size >= KEPT_MAX) this.#found.clear();
    this.#found.set(key, found);
    return found;
  }
}
