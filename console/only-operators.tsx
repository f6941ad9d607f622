/**
 * What a page of operators shows to everybody else.
 * @module
 */
import type { ComponentChildren } from "preact";
import { useAsked } from "./asked.ts";
import { Notice } from "./notice.tsx";
import { useKey } from "./session.ts";
import type { TenantRow } from "./tenant.ts";

/** Draws the page if the credential is an operator's; else says what is needed. */
export function OnlyOperators({ children }: { children: ComponentChildren }) {
  const key = useKey();
  const { value, error, again } = useAsked<{ data: TenantRow[] }>(
    key === "" ? null : "/v1/tenants?limit=1",
  );
  if (value) return <>{children}</>;
  if (key === "" || error?.failure === "forbidden") {
    return (
      <div role="status" class="notice notice-no_key">
        <strong>This is for operators</strong>
        <p>
          Enter the deployment's admin token or an admin key above: a tenant's key opens none of it.
        </p>
      </div>
    );
  }
  // Of an operator's page the fleet goes on while the ledger is away.
  return error?.failure === "ledger"
    ? (
      <>
        <Notice error={error} again={again} />
        {children}
      </>
    )
    : <Notice error={error} again={again} />;
}
