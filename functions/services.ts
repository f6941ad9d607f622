/**
 * What code below the routes may know of one request, and do for it. Middleware makes the Services
 * and handlers pass them on, so that nothing below knows the web framework, and a test needs only a
 * Request.
 * @module
 */
import { type Log, logger } from "../contract/log.ts";
import type { GroundOrigin } from "../contract/origin.ts";
import { readTrace, type TraceHeaders, traceHeaders } from "../contract/trace.ts";
import type { Scope } from "../ledger/schema/api-keys.ts";
import type { SpendReservation } from "../mesh/billing/lease-account.ts";
import type { Region } from "../mesh/region.ts";
import { locationOf, regionNear } from "./caller-location.ts";
import { BodyRoom } from "./body-room.ts";
import { ServerTiming } from "./server-timing.ts";
import type { Span } from "../telemetry/span.ts";
import { unrecordedTrace } from "../telemetry/tracer.ts";

/** The owner of the key that came with the request. */
export interface Caller {
  tenant_id: string;
  key_id: string;
  scopes: readonly Scope[];
  /** The limits of the tenant; the tenant's object knows how much of them is left. */
  limits: { budgeted: boolean; requests_per_minute: number | null };
}

/** One request: its settings, log, timings, headers and caller. */
export class Services {
  readonly env: Env;
  readonly request_id: string;
  /** Writes lines that all carry the request's id. */
  readonly log: Log;
  readonly timing: ServerTiming;
  /** Of the whole request; null where its trace is not recorded. */
  readonly span: Span | null;
  /** What the request takes of the isolate's room for large bodies. */
  readonly room = new BodyRoom(() => this.#caller?.tenant_id ?? "");
  /** The headers that came with the request. */
  readonly headers: Headers;
  readonly #request: Request;
  #location: GroundOrigin | null | undefined;
  #region: Region | undefined;
  /** Lets work go on after the response has been sent, for as long as the platform allows. */
  readonly after: (work: Promise<unknown>) => void;
  /** Sets a header of the response, also of a problem that is thrown later. */
  readonly setHeader: (name: string, value: string) => void;
  /** The id of the next execution, if an Idempotency-Key has fixed it. */
  execution_id: string | undefined;
  /** Whether the request may have run before, paid for by another lease. */
  repeated = false;
  /** The key that the request shows where a header Authorization cannot come; only a live socket's does. */
  bearer: string | undefined;
  /** Whether an admin's credential came, which is no tenant's and sees all. Only authentication sets it. */
  operator = false;
  /** What the request has counted for against its tenant's rate; null where there is none. */
  counted: SpendReservation | null = null;
  #caller: Caller | undefined;

  constructor({ env, request, request_id, after, setHeader, span = null }: {
    env: Env;
    request: Request;
    request_id: string;
    after: Services["after"];
    setHeader: Services["setHeader"];
    span?: Span | null;
  }) {
    this.env = env;
    this.request_id = request_id;
    this.log = logger({ request_id });
    this.headers = request.headers;
    this.#request = request;
    this.after = after;
    this.setHeader = setHeader;
    this.span = span;
    this.timing = new ServerTiming(span);
  }

  /**
   * Aborted where the caller leaves before it is answered. Null under an Idempotency-Key: the answer is then
   * for who asks again.
   */
  get left(): AbortSignal | null {
    return this.execution_id === undefined ? this.#request.signal : null;
  }

  /**
   * The headers by which an upstream server goes on with the request's trace: the caller's own as they
   * came, where this trace is not recorded here.
   * @returns new ones of a trace that nobody records, if the caller sent none that are valid
   */
  traceHeaders(): TraceHeaders {
    if (this.span) return this.span.headers();
    return traceHeaders(
      readTrace({
        traceparent: this.headers.get("traceparent"),
        tracestate: this.headers.get("tracestate"),
      }) ?? unrecordedTrace(),
    );
  }

  /** Where the network says that the caller is; null if it does not say. */
  get location(): GroundOrigin | null {
    if (this.#location === undefined) this.#location = locationOf(this.#request);
    return this.#location;
  }

  /**
   * The region near the caller; the same one for all callers whose place the network does not give.
   */
  get region(): Region {
    return this.#region ??= regionNear(this.location);
  }

  /**
   * The caller, whom authenticate() has set.
   * @throws Error on a route that asks for no tenant's key: a bug
   */
  get caller(): Caller {
    if (!this.#caller) throw new Error("The route asks for its caller without authenticating it");
    return this.#caller;
  }

  /** Set by authenticate() alone. */
  set caller(caller: Caller) {
    this.#caller = caller;
  }
}
