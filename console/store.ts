/**
 * Lets a component follow what lives outside of it.
 * @module
 */
import { useEffect, useState } from "preact/hooks";

/**
 * A value that is read now, and anew whenever it says that it has changed.
 * @param subscribe takes what is to be called then, and returns what ends that
 */
export function useSyncExternal<T>(subscribe: (heard: () => void) => () => void, read: () => T): T {
  const [value, set] = useState(read);
  useEffect(() => {
    set(() => read());
    return subscribe(() => set(() => read()));
  }, []);
  return value;
}

/** What lives outside of components, and says when it has changed. */
export interface Changing<T> {
  read(): T;
  /** @returns what ends that */
  subscribe(heard: () => void): () => void;
}

/** What never changes, where something that does could be. */
export const constant = <T>(value: T): Changing<T> => ({
  read: () => value,
  subscribe: () => () => {},
});

/** A value that is set from outside of components. */
export class Cell<T> implements Changing<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  read(): T {
    return this.#value;
  }

  set(value: T): void {
    if (value === this.#value) return;
    this.#value = value;
    for (const heard of this.#listeners) heard();
  }

  subscribe(heard: () => void): () => void {
    this.#listeners.add(heard);
    return () => void this.#listeners.delete(heard);
  }
}
