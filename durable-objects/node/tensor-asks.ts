/**
 * Asks of models that take tensors: each is admitted or refused, waits for its turn, runs, and is accounted
 * for.
 * @module
 */
import { type Log, logger } from "../../contract/log.ts";
import type { Tensor } from "../../contract/tensor.ts";
import { ModelFailure } from "../../inference/engine.ts";
import type { Execution } from "../../ledger/execution.ts";
import type { Refusal } from "../../mesh/node/admit.ts";
import type { NodeState } from "../../mesh/node/state.ts";
import type { EphemerisAt } from "../../mesh/orbit/ephemeris.ts";
import type { Custody } from "../custody/custody.ts";
import { isReadable } from "../shared/version.ts";
import { account } from "./account.ts";
import { type AskPorts, TRIES_MAX } from "./ask-ports.ts";
import { BoardGone, measuredOf } from "./board/board-engine.ts";
import { runnableOf } from "./isolate-engine.ts";
import type { Job, JobResult } from "./job.ts";
import { JobSpan } from "./job-span.ts";
import type { Npu } from "./npu.ts";
import { SlowFault, type Slowness, type Stage } from "./slow-fault.ts";

interface Try {
  custody: Custody<NodeState>;
  ephemerisAt: EphemerisAt;
  log: Log;
  span: JobSpan | null;
}

/** The asks of one node that are under way. */
export class TensorAsks {
  readonly #ports: AskPorts;
  readonly #slow = new SlowFault();
  readonly #ids = new Set<string>();
  /** Ids of those that their isolate has withdrawn. */
  readonly #withdrawn = new Set<string>();

  constructor(ports: AskPorts) {
    this.#ports = ports;
  }

  /** Does as OrbitalNode.think() says. */
  async think(job: Job, inputs: Tensor[]): Promise<JobResult> {
    if (!isReadable("job", job)) return { ok: false, refusal: "gone", digest: null };
    const { env, node, after } = this.#ports;
    const { address, request_id } = job;
    const log = logger({ node: address.node, request_id });
    const custody = node.custodyOf(address);
    // By this job's elements: another may bring newer ones while it waits.
    const { ephemerisAt } = node;
    const span = JobSpan.of(env, job);
    this.#ids.add(job.id);
    try {
      if (this.#slow.isSet) await this.#delay("arrival");
      let result: JobResult | null = null;
      for (let tries = 0; tries < TRIES_MAX && !result; tries++) {
        if (this.#withdrawn.has(job.id)) break;
        result = await this.#thinkOnce({ custody, ephemerisAt, log, span }, job, inputs);
      }
      if (result && this.#slow.isSet) await this.#delay("answer");
      result ??= { ok: false, refusal: "gone", digest: null };
      span?.result(result);
      return result;
    } finally {
      this.#ids.delete(job.id);
      this.#withdrawn.delete(job.id);
      node.arm();
      span?.end(env, after);
    }
  }

  /** Does as OrbitalNode.withdraw() says. */
  withdraw(id: string): void {
    if (!this.#ids.has(id)) return;
    this.#withdrawn.add(id);
    this.#ports.node.withdraw(id);
  }

  /** Makes the node slow for a while. */
  slow(slowness: Slowness): void {
    this.#slow.set(slowness, Date.now());
  }

  /**
   * Tries an ask once.
   * @returns null if custody went elsewhere while the ask waited for its turn
   */
  async #thinkOnce(
    { custody, ephemerisAt, log, span }: Try,
    job: Job,
    inputs: Tensor[],
  ): Promise<JobResult | null> {
    const { node, receipts } = this.#ports;
    const hold = await custody.hold(
      node.now,
      (held) => node.take(held, (npu) => npu.take(job.demand, runnableOf(job), inputs)),
    );
    if (!hold.held) {
      if ("moved" in hold) {
        node.boardLeaves();
        return { ok: false, moved: hold.moved };
      }
      log.warn("The node has no custody of itself", { error: hold.unavailable });
      return { ok: false, refusal: "gone", digest: null };
    }
    const { taken, epoch, npu } = hold.value;
    if (!taken.ok) return this.#refuse(npu, taken.refusal);
    span?.queued();
    const turn = await taken.turn;
    span?.called(turn);
    if (!turn) return null;
    const ran = await turn.outputs.catch(failureOf);
    span?.ran(performance.now() - turn.asked_ms, ran);
    if (ran instanceof BoardGone) {
      log.warn("A run that needs a board got no answer of it", { error: ran.message });
      // The NPU was booked all the same; nothing is billed, and the next node has the same id.
      custody.keep(epoch, npu.state());
      return this.#refuse(npu, "no_hardware");
    }
    const engine_ms = performance.now() - turn.asked_ms;
    // A model that fails has had its time all the same.
    const billed = !(ran instanceof ModelFailure) || ran.failure === "model_failed";
    const outputs = ran instanceof ModelFailure ? [] : ran;
    // State and receipt in one storage turn: nothing from here on awaits.
    const state = npu.state();
    const { arrived } = taken;
    const execution: Execution = {
      ...account(job, turn, { arrived, outputs, ephemerisAt }),
      ...(span && { trace: span.headers() }),
    };
    // If custody has ended meanwhile, the state that was handed over has this run in it.
    custody.keep(epoch, state);
    if (billed && !job.tentative) receipts.keep(execution);
    const digest = node.digest(npu, state);
    if (ran instanceof ModelFailure) {
      const { failure, message } = ran;
      const failed = { failure, message };
      return { ok: false, failed, billed, ...(billed && { execution }), digest };
    }
    const board = measuredOf(outputs) ?? undefined;
    return { ok: true, outputs, execution, digest, engine_ms, board, ends: turn.ends };
  }

  #refuse(npu: Npu, refusal: Refusal): JobResult {
    return { ok: false, refusal, digest: this.#ports.node.digest(npu, npu.state(), refusal) };
  }

  /** Of a node that an operator has made slow. */
  async #delay(stage: Stage): Promise<void> {
    const ms = this.#slow.delayAt(stage, Date.now());
    if (ms !== null) await scheduler.wait(ms);
  }
}

/** @throws what is neither the model's failure nor its board's */
function failureOf(error: unknown): ModelFailure | BoardGone {
  if (error instanceof ModelFailure || error instanceof BoardGone) return error;
  throw error;
}
