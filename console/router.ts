/**
 * Which page is shown: the part of the address behind `#/`, so that the server has one page only.
 * @module
 */
import { useSyncExternal } from "./store.ts";

/** What the address says: `#/fleet?shell=G2A`. */
export interface Route {
  /** Empty is the first page. */
  page: string;
  query: URLSearchParams;
}

/** Reads the address. */
export function readRoute(hash: string): Route {
  const [page = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  return { page, query: new URLSearchParams(query) };
}

/** The address of a page, for a link. */
export function hrefOf(page: string, query: Record<string, string> = {}): string {
  const text = new URLSearchParams(query).toString();
  return `#/${page}${text && `?${text}`}`;
}

/** The route, for a component that is drawn anew when it changes. */
export function useRoute(): Route {
  const hash = useSyncExternal((heard) => {
    addEventListener("hashchange", heard);
    return () => removeEventListener("hashchange", heard);
  }, () => location.hash);
  return readRoute(hash);
}
