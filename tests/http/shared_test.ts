/**
 * Files of tests that need a mesh of no special settings, and touch in it what is of their own tenants:
 * they share one, as each start takes three seconds of a core. One of them alone:
 * `npx deno test -A --no-check tests/http/shared/auth.ts`.
 * @module
 */
import "./shared/admin-keys.ts";
import "./shared/auth.ts";
import "./shared/cut-body.ts";
import "./shared/docs.ts";
import "./shared/ground.ts";
import "./shared/idempotency.ts";
import "./shared/exports.ts";
import "./shared/live.ts";
import "./shared/models.ts";
import "./shared/oip-triton.ts";
import "./shared/proofs.ts";
import "./shared/sub-point.ts";
import "./shared/tenants.ts";
import "./shared/two-tenants.ts";
import "./shared/typed-clients.ts";
import "./shared/unknown-path.ts";
import "./shared/wire.ts";
