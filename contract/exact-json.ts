/**
 * Writes JSON in which integers keep every digit.
 * @module
 */

/**
 * Writes a value as JSON.
 * @param body may hold bigints, which become plain digits
 * @returns the text, as JSON.stringify() writes it but for the bigints
 */
export function stringifyExact(body: unknown): string {
  return JSON.stringify(
    body,
    (_key, value) => typeof value === "bigint" ? rawJson(String(value)) : value,
  );
}

// ES2026, in V8 since 2023; TypeScript's library does not know it yet.
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): object };
