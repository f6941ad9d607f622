/**
 * What the code below the routes may know and do of one request. Middleware makes it; handlers hand it
 * down, so that nothing below them knows the web framework, and a test makes one of a plain Request.
 * @module
 */
import { type Log, logger } from "../contract/log.ts";
import type { GroundOrigin } from "../contract/origin.ts";
import type { Scope } from "../ledger/schema/api-keys.ts";
import type { SpendReservation } from "../mesh/billing/lease-account.ts";
import type { Region } from "../mesh/region.ts";
import { locationOf, regionNear } from "./caller-location.ts";
import { ServerTiming } from "./server-timing.ts";

/** Whose key came with the request. */
export interface Caller {
  tenant_id: string;
  key_id: string;
  scopes: readonly Scope[];
  /** What the tenant is held to; the tenant's object knows how much of it is left. */
  limits: { budgeted: boolean; requests_per_minute: number | null };
}

export class Services {
  readonly env: Env;
  readonly request_id: string;
  /** Every line carries the request's id. */
  readonly log: Log;
  readonly timing = new ServerTiming();
  /** The headers that came with the request. */
  readonly headers: Headers;
  /** Where the network says that the caller is; null where it does not say. */
  readonly location: GroundOrigin | null;
  /** Lets work go on after the response has been sent, for as long as the platform allows. */
  readonly after: (work: Promise<unknown>) => void;
  /** Sets a header of the response, also of a problem that is thrown later. */
  readonly setHeader: (name: string, value: string) => void;
  /** The id of the next execution, where an Idempotency-Key has fixed it; else undefined. */
  execution_id: string | undefined;
  /** Whether the request may have run before, and been paid for by another lease. */
  repeated = false;
  /** What the request has counted for against its tenant's rate; null where there is none. */
  counted: SpendReservation | null = null;
  #caller: Caller | undefined;

  constructor({ env, request, request_id, after, setHeader }: {
    env: Env;
    request: Request;
    request_id: string;
    after: Services["after"];
    setHeader: Services["setHeader"];
  }) {
    this.env = env;
    this.request_id = request_id;
    this.log = logger({ request_id });
    this.headers = request.headers;
    this.location = locationOf(request);
    this.after = after;
    this.setHeader = setHeader;
  }

  /** A region near the caller; where the network does not say where that is, the same one for all. */
  get region(): Region {
    return regionNear(this.location);
  }

  get caller(): Caller {
    if (!this.#caller) throw new Error("The route asks for its caller without authenticating it");
    return this.#caller;
  }

  /** Only authentication sets it. */
  set caller(caller: Caller) {
    this.#caller = caller;
  }
}
