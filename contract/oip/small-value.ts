/**
 * Builds a small JSON value from tokens, as JSON.parse would: of a body's fields that are not tensors.
 * @module
 */
import type { Literal } from "./json-tokens.ts";

type Container = unknown[] | Record<string, unknown>;

export class SmallValue {
  /** What was read, once `done`. */
  value: unknown;
  #open: Container[] = [];
  #key = "";

  /** The value has ended. */
  get done(): boolean {
    return this.#open.length === 0;
  }

  key(key: string): void {
    this.#key = key;
  }

  open(kind: "object" | "array"): void {
    const container = kind === "array" ? [] : {};
    this.add(container);
    this.#open.push(container);
  }

  close(): void {
    this.#open.pop();
  }

  add(value: Literal | string | number | Container): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) this.value = value;
    else if (Array.isArray(parent)) parent.push(value);
    // A plain assignment to "__proto__" would set the prototype.
    else {
      const descriptor = { value, writable: true, enumerable: true, configurable: true };
      Object.defineProperty(parent, this.#key, descriptor);
    }
  }
}
