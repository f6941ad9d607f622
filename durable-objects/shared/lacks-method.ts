/**
 * Tells that an object runs a release from before a method: the caller asks it by the older one.
 * @module
 */

/**
 * Whether a call failed since its object has no such method.
 * @param error what the call rejected with
 * @returns false for every other failure
 */
export const lacksMethod = (error: unknown): boolean =>
  // What workerd says (tests/http/newer-release_test.ts).
  /does not implement the method/.test(`${error}`);
