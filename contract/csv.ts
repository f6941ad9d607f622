/**
 * Fields of CSV, as RFC 4180 has them.
 * @module
 */

/**
 * Writes a field, in quotes where it needs them.
 * @param value null: an empty field
 * @returns the field as it stands in its row
 */
export function csvField(value: string | number | null): string {
  const text = value === null ? "" : `${value}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
