/**
 * Asks of language models: each is admitted by the most that it may take, holds the NPU while its engine
 * answers, and is billed what was sent.
 * @module
 */
import type { Execution } from "../../../ledger/execution.ts";
import type { TokenUse } from "../../../mesh/billing/tokens.ts";
import type { NodeState } from "../../../mesh/node/state.ts";
import type { EphemerisAt } from "../../../mesh/orbit/ephemeris.ts";
import type { EpochMs } from "../../../mesh/units.ts";
import type { Custody } from "../../custody/custody.ts";
import { isReadable } from "../../shared/version.ts";
import { accountTokens } from "../account.ts";
import { type AskPorts, TRIES_MAX } from "../ask-ports.ts";
import type { Job } from "../job.ts";
import { JobSpan } from "../job-span.ts";
import type { HeldTurn, Npu, NpuAdmission } from "../npu.ts";
import type { UpstreamAsk, UpstreamResult } from "./upstream-job.ts";
import { upstreamOf } from "./upstream-of.ts";
import type { Sent, UpstreamRunPorts } from "./upstream-run.ts";
import { UpstreamRuns } from "./upstream-runs.ts";

interface Try {
  custody: Custody<NodeState>;
  ephemerisAt: EphemerisAt;
  span: JobSpan | null;
}

/** An ask whose turn has come. */
interface Called extends Try {
  job: Job;
  ask: UpstreamAsk;
  turn: HeldTurn;
  arrived: EpochMs;
  epoch: number;
  npu: Npu;
}

/** The asks of one node that are under way. */
export class UpstreamAsks {
  readonly #ports: AskPorts;
  readonly #runs = new UpstreamRuns();
  readonly #ids = new Set<string>();
  /** Ids of those whose caller has gone. */
  readonly #left = new Set<string>();

  constructor(ports: AskPorts) {
    this.#ports = ports;
  }

  /** Does as OrbitalNode.thinkUpstream() says. */
  async think(job: Job, ask: UpstreamAsk): Promise<UpstreamResult> {
    if (!isReadable("job", job)) return { ok: false, refusal: "gone", digest: null };
    const { env, node, after } = this.#ports;
    const custody = node.custodyOf(job.address);
    // By this job's elements: another may bring newer ones while it waits.
    const { ephemerisAt } = node;
    const span = JobSpan.of(env, job);
    let streams = false;
    this.#ids.add(job.id);
    try {
      let result: UpstreamResult | null = null;
      for (let tries = 0; tries < TRIES_MAX && !result; tries++) {
        if (this.#left.has(job.id)) break;
        result = await this.#thinkOnce({ custody, ephemerisAt, span }, job, ask);
      }
      result ??= { ok: false, refusal: "gone", digest: null };
      streams = "lines" in result;
      // What a stream comes to is known at its end.
      if (!streams) span?.result(result);
      return result;
    } finally {
      this.#ids.delete(job.id);
      this.#left.delete(job.id);
      node.arm();
      if (!streams) span?.end(env, after);
    }
  }

  /** Does as OrbitalNode.settleUpstream() says. */
  async settle(id: string, chunks: number): Promise<Execution | null> {
    // One that waits for its turn still is let go.
    if (this.#ids.has(id)) this.#left.add(id);
    this.#ports.node.withdraw(id);
    return await this.#runs.settle(id, chunks);
  }

  /** Tries an ask once. @returns null if custody went elsewhere while it waited for its turn */
  async #thinkOnce(
    { custody, ephemerisAt, span }: Try,
    job: Job,
    ask: UpstreamAsk,
  ): Promise<UpstreamResult | null> {
    const { node } = this.#ports;
    const hold = await custody.hold(
      node.now,
      (held) =>
        node.take(
          held,
          (npu): NpuAdmission<HeldTurn> =>
            this.#runs.isFull ? { ok: false, refusal: "busy" } : npu.hold(job.demand),
        ),
    );
    if (!hold.held) {
      return "moved" in hold
        ? { ok: false, moved: hold.moved }
        : { ok: false, refusal: "gone", digest: null };
    }
    const { taken, epoch, npu } = hold.value;
    if (!taken.ok) {
      const { refusal } = taken;
      return { ok: false, refusal, digest: node.digest(npu, npu.state(), refusal) };
    }
    const { arrived } = taken;
    span?.queued();
    const turn = await taken.turn;
    span?.called(turn);
    if (!turn) return null;
    const called = { job, ask, turn, arrived, epoch, npu, custody, ephemerisAt, span };
    const ports = this.#runPorts(called);
    const begun = await this.#runs.begin(job.id, ask, ports);
    const digest = node.digest(npu, npu.state());
    switch (begun.is) {
      case "whole":
        return { ok: true, body: begun.body, execution: begun.execution, digest };
      case "stream": {
        const execution = ports.execution({ tokens: ask.reserved, bytes_down: 0 });
        return { ok: true, lines: begun.lines, execution, digest };
      }
      case "failed":
        return { ok: false, failed: begun.failed, digest };
    }
  }

  /** How a run reaches its engine, its node's state, the disk and its receipt. */
  #runPorts(
    { job, ask, turn, arrived, epoch, npu, custody, ephemerisAt, span }: Called,
  ): UpstreamRunPorts & { after(work: Promise<unknown>): void } {
    const { env, node, receipts, after } = this.#ports;
    const { prices, operations_per_token } = ask;
    const operationsOf = ({ prompt_tokens, completion_tokens }: TokenUse) =>
      (prompt_tokens + completion_tokens) * operations_per_token;
    const executionOf = ({ tokens, bytes_down }: Sent, ran: HeldTurn): Execution => {
      const used = { tokens, prices, operations: operationsOf(tokens), bytes_down };
      return {
        ...accountTokens(job, ran, { arrived, used, ephemerisAt }),
        ...(span && { trace: span.headers() }),
      };
    };
    const engine = span?.asked(env, ask);
    return {
      upstream: upstreamOf(env, job.model, engine?.headers() ?? job.trace),
      pipe: () => new IdentityTransformStream(),
      execution: (sent) => executionOf(sent, turn),
      cover: (execution) => {
        const written = receipts.cover(execution);
        node.arm();
        return written;
      },
      finish: (sent, failed) => {
        const settled = turn.settle(operationsOf(sent.tokens));
        const execution = executionOf(sent, { ...turn, ...settled, run: settled.npu });
        // If custody has ended meanwhile, the state that was handed over has what was booked in it.
        custody.keep(epoch, npu.state());
        receipts.keep(execution);
        node.arm();
        engine?.end(sent.tokens, failed && failed.fault);
        if (ask.stream) {
          span?.result({ ok: true, execution });
          span?.end(env, after);
        }
        return execution;
      },
      release: ({ fault }) => {
        engine?.end(null, fault);
        turn.settle(0);
        receipts.drop(job.id);
        custody.keep(epoch, npu.state());
      },
      after,
    };
  }
}
