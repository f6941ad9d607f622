/**
 * What the code below the routes may know and do of one request. Middleware makes it; handlers hand it
 * down, so that nothing below them knows the web framework, and a test makes one of a plain Request.
 * @module
 */
import { type Log, logger } from "../contract/log.ts";
import type { GroundOrigin } from "../contract/origin.ts";
import type { Scope } from "../ledger/schema/api-keys.ts";
import type { Region } from "../mesh/region.ts";
import { locationOf, regionNear } from "./caller-location.ts";
import { ServerTiming } from "./server-timing.ts";

/** Whose key came with the request. */
export interface Caller {
  tenant_id: string;
  key_id: string;
  scopes: readonly Scope[];
  /** What the tenant is held to; how much of it is left its own object knows. */
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
  /** Lets work go on behind the answer, for as long as the platform gives it. */
  readonly after: (work: Promise<unknown>) => void;
  /** Sets a header of the response, which may be a problem in the end. */
  readonly setHeader: (name: string, value: string) => void;
  /** The id of the next execution, where an Idempotency-Key has fixed it; else undefined. */
  execution_id: string | undefined;
  /** Whether the request may have run before, and been paid for by another lease. */
  repeated = false;
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

  /** A region near the caller; where the network does not say where that is, one for all. */
  get region(): Region {
    return regionNear(this.location);
  }

  get caller(): Caller {
    if (!this.#caller) throw new Error("The route asks for its caller without authenticating it");
    return this.#caller;
  }

  /** For the authentication alone. */
  set caller(caller: Caller) {
    this.#caller = caller;
  }
}
