/**
 * The version of the API, as its description and the Open Inference Protocol's metadata state it.
 * deno.json states it too, for tools; tests/unit/contract/version_test.ts holds the two together.
 * @module
 */

export const VERSION = "0.1.0";
