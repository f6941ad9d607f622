// Placeholder until the import helper writes this file; only signatures.
import type { Ledger } from "./client.ts";

export function newestCatalogue(
  _ledger: Ledger,
): Promise<{ name: string; created_at_ms: number } | null> {
  return Promise.resolve(null);
}

export function loadCatalogue(_ledger: Ledger, _name: string): Promise<ArrayBuffer | null> {
  return Promise.resolve(null);
}
