/**
 * Whose things an operator looks at. A tenant's key has its own tenant's only, and names none.
 * @module
 */
import { useAsked } from "./asked.ts";
import { onKey, useKey } from "./session.ts";
import { useSyncExternal } from "./store.ts";

const listeners = new Set<() => void>();
let tenant = "";
// Another credential looks anew.
onKey(() => keepTenant(""));

/** The tenant that an operator has named; empty: none. */
export const currentTenant = (): string => tenant;

/** Names the tenant whose things are shown from now on. */
export function keepTenant(id: string): void {
  if (id === tenant) return;
  tenant = id;
  for (const heard of listeners) heard();
}

/** Hears of each change. @returns what ends that */
export function onTenant(heard: () => void): () => void {
  listeners.add(heard);
  return () => void listeners.delete(heard);
}

/** The tenant, for a component that is drawn anew when it changes. */
export const useTenant = (): string => useSyncExternal(onTenant, currentTenant);

/** A tenant as the list has it. */
export interface TenantRow {
  id: string;
  name: string;
  created_at: string;
}

/** Whether the credential is an operator's; undefined while that is not known. */
export function useOperator(): { isOperator: boolean | undefined; tenants: TenantRow[] } {
  const key = useKey();
  const { value, error } = useAsked<{ data: TenantRow[] }>(
    key === "" ? null : "/v1/tenants?limit=1000",
  );
  if (value) return { isOperator: true, tenants: value.data };
  return { isOperator: error?.failure === "forbidden" ? false : undefined, tenants: [] };
}
