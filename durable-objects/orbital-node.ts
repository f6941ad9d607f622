/**
 * One orbital node in one region: holds its battery, heat and queue, runs models, accounts for them.
 * A thin shell: what happens to the state is decided in mesh/node.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import { settingsOf } from "../contract/settings.ts";
import { type Tensor, tensorBytes } from "../contract/tensor.ts";
import { OnnxEngine } from "../inference/onnx.ts";
import type { Execution } from "../ledger/execution.ts";
import { meshNow } from "../mesh/clock.ts";
import { admit, book, type Lease } from "../mesh/node/admit.ts";
import { digestOf } from "../mesh/node/digest.ts";
import { DEFAULT_PROFILE } from "../mesh/node/profile.ts";
import { advance, type NodeState, untouched } from "../mesh/node/state.ts";
import { type Sunlight, sunlightOf } from "../mesh/orbit/sunlight.ts";
import { charge } from "../mesh/receipt.ts";
import type { Digest } from "../mesh/placement/hints.ts";
import type { Elements } from "../mesh/orbit/elements.ts";
import type { Region } from "../mesh/region.ts";
import type { EpochMs } from "../mesh/units.ts";
import type { Errand, Thought } from "./errand.ts";
import { collectorObject } from "./names.ts";
import { NodeStore } from "./node-store.ts";

// Gathers the receipts of a second into one message.
const DELIVER_AFTER_MS = 1_000;
// A collector that does not answer is asked again this much later.
const RETRY_AFTER_MS = 5_000;
const DELIVER_MAX = 200;

const engine = new OnnxEngine();

export class OrbitalNode extends DurableObject<Env> {
  readonly #store: NodeStore;
  #state: NodeState | null;
  #sunlight: Sunlight | undefined;
  #alarmSet: boolean;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new NodeStore(ctx.storage.sql);
    this.#state = this.#store.load();
    this.#alarmSet = false;
  }

  /** Admits and runs one ask, or refuses it. The answer leaves once state and receipt are durable. */
  async think(errand: Errand, inputs: Tensor[]): Promise<Thought> {
    const before = this.#advance(errand.elements);
    const admitted = admit(before, errand.demand, DEFAULT_PROFILE);
    if (!admitted.ok) {
      return { ok: false, refusal: admitted.refusal, digest: this.#digest(errand, before) };
    }
    // Booked before the run, so that asks that arrive meanwhile queue behind it. A run that fails
    // has drawn its energy all the same.
    this.#state = book(before, admitted.lease, DEFAULT_PROFILE);
    const started = performance.now();
    const outputs = await engine.run(errand.model, inputs);
    const engine_ms = performance.now() - started;
    return this.#commit(errand, admitted.lease, outputs, engine_ms);
  }

  /** Where the node stands, brought to now; it is not stored. */
  state(elements: Elements, node: string): Digest {
    return digestOf(node, this.#advance(elements), DEFAULT_PROFILE);
  }

  override async alarm(): Promise<void> {
    this.#alarmSet = false;
    const executions = this.#store.undelivered(DELIVER_MAX);
    if (executions.length === 0) return;
    const [{ receipt: { node, region } }] = executions;
    try {
      const collector = collectorObject(this.env, { node, region: region as Region });
      await collector.collect(executions);
      this.#store.delivered(executions);
      if (!this.#store.isEmpty()) this.#deliverAfter(0);
    } catch (error) {
      // Thrown alarms are repeated six times and then dropped; receipts must outlast any outage.
      console.warn(`Receipts of ${node} stay in its outbox: ${error}`);
      this.#deliverAfter(RETRY_AFTER_MS);
    }
  }

  #advance(elements: Elements): NodeState {
    const now: EpochMs = meshNow(settingsOf(this.env).clock, Date.now());
    this.#sunlight ??= sunlightOf(elements);
    this.#state = this.#state
      ? advance(this.#state, now, DEFAULT_PROFILE, this.#sunlight).state
      : untouched(now, DEFAULT_PROFILE, this.#sunlight);
    return this.#state;
  }

  /** State and receipt in one storage turn: nothing here awaits. */
  #commit(errand: Errand, lease: Lease, outputs: Tensor[], engine_ms: number): Thought {
    const state = this.#advance(errand.elements);
    const execution = account(errand, lease, outputs);
    this.#store.commit(state, execution);
    this.#deliverAfter(DELIVER_AFTER_MS);
    return { ok: true, outputs, execution, digest: this.#digest(errand, state), engine_ms };
  }

  #digest(errand: Errand, state: NodeState): Digest {
    return digestOf(errand.node, state, DEFAULT_PROFILE);
  }

  #deliverAfter(ms: number): void {
    if (this.#alarmSet) return;
    this.#alarmSet = true;
    void this.ctx.storage.setAlarm(Date.now() + ms);
  }
}

/** The receipt and the placement of one run, from what was decided and what was used. */
function account(errand: Errand, lease: Lease, outputs: Tensor[]): Execution {
  const bytes_down = outputs.reduce((sum, output) => sum + tensorBytes(output), 0);
  const { placement, demand, bill } = errand;
  const wait_ms = lease.wait * 1e3;
  return {
    receipt: {
      id: errand.id,
      ...bill,
      node: errand.node,
      region: errand.region,
      executed_at_ms: Math.floor(lease.starts),
      ...charge({
        operations: demand.operations,
        energy_j: lease.energy,
        npu_s: lease.npu,
        bytes_up: bill.bytes_up,
        bytes_down,
      }),
    },
    placement: {
      ...placement,
      modelled_total_ms: placement.modelled_total_ms - placement.modelled_wait_ms + wait_ms,
      modelled_wait_ms: wait_ms,
    },
  };
}
