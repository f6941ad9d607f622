/**
 * One node as its object in one region has it: which it is and how it flies, who has custody of its state,
 * and its NPU while that is this object. With the one alarm that the object has.
 *
 * Not its job: what is asked of the node (tensor-asks.ts, upstream/upstream-asks.ts).
 * @module
 */
import { settingsOf } from "../../contract/settings.ts";
import type { Engine } from "../../inference/engine.ts";
import { meshNow, realDelay } from "../../mesh/clock.ts";
import type { Refusal } from "../../mesh/node/admit.ts";
import { isAtRest } from "../../mesh/node/at-rest.ts";
import { type Digest, digestOf } from "../../mesh/node/digest.ts";
import type { Resident } from "../../mesh/node/residency.ts";
import type { HardwareProfile } from "../../mesh/node/profile.ts";
import { refitted } from "../../mesh/node/refitted.ts";
import { type NodeState, untouched } from "../../mesh/node/state.ts";
import type { EphemerisAt } from "../../mesh/orbit/ephemeris.ts";
import type { Sunlight } from "../../mesh/orbit/sunlight.ts";
import { type EpochMs, epochMs } from "../../mesh/units.ts";
import { launchedModels } from "../../models/launched.ts";
import { Custody } from "../custody/custody.ts";
import type { Held } from "../custody/custody-record.ts";
import { CustodyStore } from "../custody/custody-store.ts";
import { peersOf } from "../custody/peers.ts";
import { stillRings } from "../shared/alarm.ts";
import type { NodeAddress } from "../shared/node-address.ts";
import type { BoardAttachment } from "./board/board-attachment.ts";
import { BoardEngine } from "./board/board-engine.ts";
import { type Flight, flightOf } from "./flight.ts";
import { IdentityStore } from "./identity-store.ts";
import { type Hardware, Npu, type NpuAdmission } from "./npu.ts";

/** A turn in which this object has custody: what became of the ask, and the NPU under this epoch. */
export interface Taken<Turn> {
  taken: NpuAdmission<Turn> | { ok: false; refusal: Refusal };
  epoch: number;
  npu: Npu;
}

/** The node of one object. */
export class HeldNode {
  readonly #ctx: DurableObjectState;
  readonly #env: Env;
  readonly #identity: IdentityStore;
  readonly #board: BoardAttachment;
  readonly #hardware: Hardware;
  readonly #receiptsDue: () => number;
  readonly #isNew: boolean;
  #address: NodeAddress | undefined;
  /** Of the shell of the node that this object serves. */
  #profile: HardwareProfile | undefined;
  /** By the elements of the last caller. */
  #flight: Flight | undefined;
  #custody: Custody<NodeState> | undefined;
  /** In memory only while this object has custody under this epoch. */
  #npu: { epoch: number; npu: Npu } | null = null;
  #alarm_at = Infinity;

  /**
   * @param engine runs what no board does
   * @param receiptsDue when the alarm must ring for receipts, real clock, ms since 1970; Infinity: never
   * @param isNew whether nothing was on the object's disk when it was made
   */
  constructor(
    ctx: DurableObjectState,
    env: Env,
    { board, engine, receiptsDue, isNew }: {
      board: BoardAttachment;
      engine: Engine;
      receiptsDue: () => number;
      isNew: boolean;
    },
  ) {
    this.#ctx = ctx;
    this.#env = env;
    this.#identity = new IdentityStore(ctx.storage.sql);
    this.#board = board;
    this.#receiptsDue = receiptsDue;
    this.#isNew = isNew;
    const sunlight: Sunlight = (from, until) => this.#flight!.sunlight(from, until);
    const profile = () => this.#profile!;
    this.#hardware = {
      clock: settingsOf(env).clock,
      // By which node this is: no caller says it.
      get profile() {
        return profile();
      },
      sunlight,
      engine: new BoardEngine(engine, board),
      get attached() {
        return board.isAttached;
      },
    };
  }

  /** Which node it is. @throws Error before the object has heard that */
  get address(): NodeAddress {
    if (!this.#address) throw new Error("The object does not know yet which node it serves");
    return this.#address;
  }

  /** Where the node is, by the elements of the last caller. */
  get ephemerisAt(): EphemerisAt {
    return this.#flight!.ephemerisAt;
  }

  /** Now, on the mesh clock. */
  get now(): EpochMs {
    return epochMs(meshNow(settingsOf(this.#env).clock, Date.now()));
  }

  /** Notes, on disk too, which node this object serves; elements may be renewed later. */
  serveAs(address: NodeAddress): void {
    this.#flight = flightOf(address.elements, this.#flight);
    if (!this.#profile) {
      const { constellation, profiles } = settingsOf(this.#env);
      this.#profile = profiles.ofId(constellation, address.node);
    }
    if (this.#address?.elements !== this.#flight.elements) {
      this.#address = { ...address, elements: this.#flight.elements };
      this.#identity.keep(this.#address);
    }
  }

  /**
   * Serves as the node that the object knows itself to be; after hibernation it reads that from disk.
   * @returns the address; null if nobody has said yet which node it is
   * @throws Error if a newer release has written the address
   */
  recall(): NodeAddress | null {
    const address = this.#address ?? this.#identity.address();
    if (address) this.serveAs(address);
    return address;
  }

  /**
   * The custody of the node's state, made when the object first hears which node it serves.
   * @throws Error if a newer release has written the state
   */
  custodyOf(address: NodeAddress): Custody<NodeState> {
    this.serveAs(address);
    return this.#custody ??= new Custody({
      records: new CustodyStore(this.#ctx.storage.sql, this.#isNew),
      peers: peersOf(this.#env, () => this.#address!),
      custodian: {
        region: address.region,
        tenureAt: (at) => this.#flight!.tenureAt(at),
        snapshot: (epoch) => this.#snapshot(epoch),
        isAtRest: (state, now) => isAtRest(state, now, this.#hardware, this.#launched()),
      },
    });
  }

  /** Brings an ask to the NPU, for the very turn in which this object has custody. */
  take<Turn>(
    { epoch, state, service }: Held<NodeState>,
    take: (npu: Npu) => NpuAdmission<Turn>,
  ): Taken<Turn> {
    if (this.#npu?.epoch !== epoch) {
      const { profile, sunlight } = this.#hardware;
      const from = state
        ? refitted(state, profile)
        : untouched(this.now, profile, sunlight, this.#launched());
      this.#npu = { epoch, npu: new Npu(from, this.#hardware) };
    }
    const { npu } = this.#npu;
    if (service !== "up") return { taken: { ok: false, refusal: "gone" }, epoch, npu };
    return { taken: take(npu), epoch, npu };
  }

  /** Lets an ask go that waits for its turn. @param id the execution's */
  withdraw(id: string): void {
    this.#npu?.npu.withdraw(id);
  }

  /** Lets all asks go that wait for their turn. */
  dismiss(): void {
    this.#npu?.npu.dismiss();
  }

  /**
   * What the node says of itself: modelled, and beside it what its board has measured.
   * @param refused why it refuses the ask whose answer this goes with
   */
  digest(npu: Npu, state: NodeState, refused?: Refusal): Digest {
    const digest = digestOf(this.address.node, state, npu.waiting, this.#hardware, refused);
    const { figures } = this.#board;
    return figures ? { ...digest, board: figures } : digest;
  }

  /** The board attaches to the object that has custody, wherever that goes. */
  boardFollows(): void {
    if (!this.#custody?.serves) this.boardLeaves();
  }

  /** Sends the board to the object that serves the node now. */
  boardLeaves(): void {
    this.#board.leave();
  }

  /** Sets the one alarm for deliveries and for custody, whichever is due first. */
  arm(): void {
    const { clock } = this.#hardware;
    const { now } = this;
    const wake = this.#custody?.nextAlarm(now) ?? null;
    const custody_at = wake === null
      ? Infinity
      : Date.now() + ("at" in wake ? realDelay(clock, wake.at - now) : wake.after_ms);
    this.wakeAt(Math.min(this.#receiptsDue(), custody_at));
  }

  /** Sets the alarm if none is set that rings before. @param due real clock, ms since 1970; Infinity: never */
  wakeAt(due: number): void {
    if (!Number.isFinite(due)) return;
    if (due >= this.#alarm_at && stillRings(this.#alarm_at, Date.now())) return;
    this.#alarm_at = due;
    void this.#ctx.storage.setAlarm(Math.ceil(due));
  }

  /** The alarm has rung. */
  woke(): void {
    this.#alarm_at = Infinity;
  }

  #launched(): readonly Resident[] {
    return launchedModels(this.#hardware.profile);
  }

  /** The state as it stands, for handing over; asks that still wait are let go and follow it. */
  #snapshot(epoch: number): NodeState | null {
    if (this.#npu?.epoch !== epoch) return null;
    const { npu } = this.#npu;
    this.#npu = null;
    const state = npu.state();
    npu.dismiss();
    return state;
  }
}
