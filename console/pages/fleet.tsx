/**
 * The fleet, for operators: nodes, what is attached to them, and what waits for the ledger.
 * @module
 */
import { useState } from "preact/hooks";
import { BacklogCards } from "../fleet/backlog.tsx";
import { FleetTable } from "../fleet/fleet-table.tsx";
import { OnlyOperators } from "../only-operators.tsx";
import type { Route } from "../router.ts";

/** The page. */
export function FleetPage({ route }: { route: Route }) {
  const [chosen, choose] = useState(route.query.get("node") ?? "");
  return (
    <>
      <h1>Fleet</h1>
      <OnlyOperators>
        <FleetTable chosen={chosen} choose={choose} />
        <BacklogCards />
      </OnlyOperators>
    </>
  );
}
