/**
 * For how many requests a request counts against its tenant's rate: one table, so that nothing which
 * costs much counts as little. One, unless it is here; docs/budgets.md says so to tenants.
 * @module
 */

type Weight = (query: URLSearchParams) => number;

// A search costs 2.4 ms for each minute that it covers (docs/performance.md), an inference some 10 ms.
const MINUTES_PER_REQUEST = 5;
// The most that the route takes; what it will refuse need not count for more.
const MINUTES_MAX = 60;
const MINUTES = 10;

const WEIGHTS: Readonly<Record<string, Weight>> = {
  // 17 MB of records.
  "/v1/constellation": () => 20,
  "/v1/passes": (query) => {
    const minutes = Number(query.get("minutes") ?? MINUTES);
    const covered = minutes > 0 ? Math.min(minutes, MINUTES_MAX) : MINUTES;
    return Math.ceil(covered / MINUTES_PER_REQUEST);
  },
};

/**
 * Weighs a request by its path and query, whatever its method, also where no route takes it.
 * @param url absolute, as it was asked for, before anything of it is checked
 * @returns for how many requests it counts: a whole number, 1 or more
 * @throws TypeError if `url` is not absolute
 */
export function weightOf(url: string): number {
  const { pathname, searchParams } = new URL(url);
  return Object.hasOwn(WEIGHTS, pathname) ? WEIGHTS[pathname](searchParams) : 1;
}
