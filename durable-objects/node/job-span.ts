/**
 * What a node's part in a trace says of a job: that it waited for its turn, that an engine ran it or was
 * asked for it, and what became of it.
 * @module
 */
import { settingsOf } from "../../contract/settings.ts";
import type { TraceHeaders } from "../../contract/trace.ts";
import { ModelFailure } from "../../inference/engine.ts";
import type { Execution } from "../../ledger/execution.ts";
import type { Span } from "../../telemetry/span.ts";
import { continueTrace, isolateSpans } from "../../telemetry/tracer.ts";
import { EngineSpan } from "./engine-span.ts";
import type { Job, JobResult } from "./job.ts";
import type { UpstreamAsk, UpstreamResult } from "./upstream/upstream-job.ts";

/** What became of a job; of one that ran, its execution tells. */
type Outcome =
  | { ok: true; execution: Execution }
  | Extract<JobResult | UpstreamResult, { ok: false }>;

/** The spans of one job at one node. */
export class JobSpan {
  readonly #span: Span;
  readonly #model: string;
  #queue: Span | null = null;

  private constructor(span: Span, model: string) {
    this.#span = span;
    this.#model = model;
  }

  /** Begins the span of a job; null if its trace is not recorded. */
  static of(env: object, job: Job): JobSpan | null {
    if (!job.trace) return null;
    const span = continueTrace(settingsOf(env).traces, job.trace, {
      name: "node",
      kind: "server",
      attributes: {
        "perigee.node": job.address.node,
        "perigee.region": job.address.region,
        "perigee.execution_id": job.id,
        "perigee.tenant": job.bill.tenant_id,
        "perigee.class": job.demand.class,
        "perigee.attempts": job.placement.attempts,
        "perigee.modelled.light_time_ms": job.placement.modelled_light_time_ms,
        "perigee.modelled.access_ms": job.placement.modelled_access_ms,
        "perigee.modelled.slant_range_km": job.placement.slant_range_km,
      },
    });
    return span && new JobSpan(span, job.model);
  }

  /** The ask is admitted, and waits for its turn. */
  queued(): void {
    this.#queue = this.#span.child("queue");
  }

  /** The ask had its turn, or was let go without one. */
  called(turn: object | null): void {
    if (!turn) this.#queue?.fail("let_go");
    this.#queue?.end();
    this.#queue = null;
  }

  /**
   * The engine has ended a run, by OpenTelemetry's conventions for generative AI. They have no name for
   * an operation of tensors, and allow one of our own.
   * @param engine_ms how long it took, until now
   * @param ran what it gave: outputs, or why there are none
   */
  ran(engine_ms: number, ran: unknown): void {
    const now = Date.now();
    const engine = this.#span.child(`infer ${this.#model}`, {
      start_ms: now - engine_ms,
      attributes: {
        "gen_ai.operation.name": "infer",
        "gen_ai.provider.name": "perigee",
        "gen_ai.request.model": this.#model,
      },
    });
    if (ran instanceof ModelFailure) engine.fail(ran.failure);
    else if (ran instanceof Error) engine.fail(ran.name);
    engine.end(now);
  }

  /** The engine of a language model is being asked: the model and its engine are as the settings have them. */
  asked(env: object, ask: UpstreamAsk): EngineSpan {
    const engine = settingsOf(env).engines.get(this.#model);
    return EngineSpan.of(this.#span, this.#model, engine, ask);
  }

  /** For the execution, so that its way to the ledger is part of the trace. */
  headers(): TraceHeaders {
    return this.#span.headers();
  }

  /** What became of the job. */
  result(result: Outcome): void {
    if (result.ok) {
      const { modelled_wait_ms, modelled_npu_ms, modelled_energy_mj } = result.execution.placement;
      this.#span.set({
        "perigee.modelled.wait_ms": modelled_wait_ms,
        "perigee.modelled.npu_ms": modelled_npu_ms,
        "perigee.modelled.energy_mj": modelled_energy_mj,
      });
    } else if ("refusal" in result) {
      // A refusal is an answer, no failure: the next node is asked.
      this.#span.set({ "perigee.refusal": result.refusal });
    } else if ("moved" in result) {
      this.#span.set({ "perigee.moved_to": result.moved });
    } else {
      const { failed } = result;
      this.#span.fail("fault" in failed ? failed.fault : failed.failure);
    }
  }

  /**
   * Ends the span, and has the isolate's spans sent.
   * @param after lets work go on behind the answer
   */
  end(env: object, after: (work: Promise<unknown>) => void): void {
    this.#queue?.end();
    this.#span.end();
    after(isolateSpans.flush(settingsOf(env).traces!));
  }
}
