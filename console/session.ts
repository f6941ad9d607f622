/**
 * The credential of this page: a tenant's key, or an operator's. It is held in the tab's session storage,
 * which no other tab reads and which ends with the tab; never in a URL, a cookie or local storage.
 * @module
 */
import { useSyncExternal } from "./store.ts";

const NAME = "perigee-key";
const listeners = new Set<() => void>();

/** The credential; empty: none. */
export const currentKey = (): string => sessionStorage.getItem(NAME) ?? "";

/** Keeps a credential for this tab, or forgets it where it is empty. */
export function keepKey(key: string): void {
  if (key === "") sessionStorage.removeItem(NAME);
  else sessionStorage.setItem(NAME, key);
  for (const heard of listeners) heard();
}

/** Hears of each change of the credential. @returns what ends that */
export function onKey(heard: () => void): () => void {
  listeners.add(heard);
  return () => void listeners.delete(heard);
}

/** The credential, for a component that is drawn anew when it changes. */
export const useKey = (): string => useSyncExternal(onKey, currentKey);
