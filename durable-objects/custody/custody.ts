/**
 * Ownership handoff with a fencing token: the custody of one node's state by one region's object, who
 * serves, and how the state gets there.
 *
 * The token is the newest claim that an object knows of. The object writes it to disk before it tells
 * any other, the token only rises, and the object serves only what it holds under that very claim. So
 * whoever is handed a state knows that its last holder has stopped. docs/regions.md tells the rest.
 *
 * Knows nothing of Cloudflare: disk, peers and orbit are ports, so tests run it in a simulated mesh.
 * After each call, whoever owns an alarm looks at nextAlarm().
 * @module
 */
import type { Tenure } from "../../mesh/tenure.ts";
import type { EpochMs } from "../../mesh/units.ts";
import {
  type Custodian,
  type CustodyRecord,
  type CustodyRecords,
  type HandedOver,
  type HandOver,
  type Held,
  type Hold,
  NOTHING,
  type Peers,
  type Push,
  type Wake,
} from "./custody-record.ts";
import type { Claim, ServiceStatus } from "../registrar/register.ts";

// A state that changes hands each time it is looked at: its asker is better off with another node.
const ROUNDS_MAX = 3;
// What is due first waits for the alarm that brings receipts along.
const DUE_AFTER_MS = 1_000;
// An outage is asked about gently: the wait doubles up to half a minute.
const RETRY_MS_MAX = 30_000;

export class Custody<S> {
  readonly #records: CustodyRecords<S>;
  readonly #peers: Peers<S>;
  readonly #custodian: Custodian<S>;
  #record: CustodyRecord<S>;
  #acquiring: { epoch: number; failure: Promise<string | null> } | null = null;
  #pushed: Push<S> | null = null;
  #failures = 0;

  constructor(
    { records, peers, custodian }: {
      records: CustodyRecords<S>;
      peers: Peers<S>;
      custodian: Custodian<S>;
    },
  ) {
    this.#records = records;
    this.#peers = peers;
    this.#custodian = custodian;
    this.#record = records.load() ?? NOTHING;
  }

  /**
   * Serves if this object has custody, or is to have it now. `use` runs in the very turn in which that
   * is certain: what it changes in memory is part of any snapshot that is taken later.
   */
  async hold<T>(now: EpochMs, use: (held: Held<S>) => T): Promise<Hold<T>> {
    const { region } = this.#custodian;
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const tenure = this.#custodian.tenureAt(now);
      const { holding, service } = this.#record;
      if (holding && this.#isLive()) {
        if (this.#isOver(tenure)) return { held: false, moved: tenure.region };
        return { held: true, value: use({ ...holding, service: service.state }) };
      }
      const owner = this.#ownerIn(tenure);
      if (owner.region !== region) return { held: false, moved: owner.region };
      const failure = await this.#acquire(owner.epoch);
      if (failure !== null) return { held: false, unavailable: failure };
    }
    return { held: false, unavailable: "its state keeps changing hands" };
  }

  /** Puts a state on disk, unless custody under this epoch has ended: then the snapshot has it. */
  keep(epoch: number, state: S): boolean {
    const { holding } = this.#record;
    if (holding?.epoch !== epoch || !this.#isLive()) return false;
    this.#save({ holding: { epoch, state } });
    return true;
  }

  /** Lets go for an accepted claim. From here on nothing of an older claim is served or taken here. */
  handOver({ epoch, to, of }: HandOver): HandedOver<S> {
    const { known } = this.#record;
    if (known && (epoch < known.epoch || (epoch === known.epoch && this.#isLive()))) {
      return { kind: "newer", known };
    }
    this.#giveWay({ epoch, region: to });
    const { holding } = this.#record;
    // What it holds of another epoch is no answer: an older source may have newer.
    return holding?.epoch === of ? { kind: "sealed", state: holding.state } : { kind: "nothing" };
  }

  /** Takes what its last holder sends ahead; see Peers.receive. */
  async receive(push: Push<S>): Promise<boolean> {
    const { known } = this.#record;
    const isMine = known?.region === this.#custodian.region && !this.#isLive();
    if (known && (known.epoch > push.epoch || (known.epoch === push.epoch && !isMine))) return true;
    this.#pushed = push;
    return await this.#acquire(push.epoch) === null;
  }

  noteService(service: ServiceStatus): void {
    if (service.version > this.#record.service.version) this.#save({ service });
  }

  /**
   * Does what is due: the crossing, and what others must hear. Does not throw for an outage.
   * @returns what has to be tried again, for the log
   */
  async alarm(now: EpochMs): Promise<string | null> {
    const failure = await this.#cross(now) ?? await this.#tell();
    this.#failures = failure === null ? 0 : this.#failures + 1;
    return failure;
  }

  nextAlarm(now: EpochMs): Wake | null {
    if (this.#record.due) {
      return { after_ms: Math.min(DUE_AFTER_MS * 2 ** this.#failures, RETRY_MS_MAX) };
    }
    if (!this.#isLive()) return null;
    const tenure = this.#custodian.tenureAt(now);
    return this.#isOver(tenure) ? { after_ms: 0 } : { at: tenure.until };
  }

  #isLive(): boolean {
    const { known, holding } = this.#record;
    return holding !== null && known?.epoch === holding.epoch &&
      known.region === this.#custodian.region;
  }

  /** A later tenure of this same region needs no new claim: nobody has taken the state in between. */
  #isOver(tenure: Tenure): boolean {
    return tenure.region !== this.#custodian.region && tenure.epoch > this.#record.holding!.epoch;
  }

  /** Whose the state is, as far as is known here: the orbit's word, unless a newer claim is known. */
  #ownerIn({ epoch, region }: Tenure): Claim {
    const { known } = this.#record;
    return known && known.epoch >= epoch ? known : { epoch, region };
  }

  /** Shared by all who wait for the same epoch. @returns why it failed; null: look again who serves */
  #acquire(epoch: number): Promise<string | null> {
    if (this.#acquiring?.epoch === epoch) return this.#acquiring.failure;
    const failure = this.#claimAndPull({ epoch, region: this.#custodian.region }).finally(() => {
      if (this.#acquiring?.failure === failure) this.#acquiring = null;
    });
    this.#acquiring = { epoch, failure };
    return failure;
  }

  async #claimAndPull(mine: Claim): Promise<string | null> {
    // On disk before the register hears of it: after a crash, it is this object that goes on with it.
    this.#giveWay(mine);
    const holds = this.#record.holding?.epoch ?? null;
    const { answer: claimed, error } = await answerOf(this.#peers.claim({ ...mine, holds }));
    if (!this.#isClaiming(mine)) return null;
    if (!claimed) return `its register does not answer: ${error}`;
    if (!claimed.ok) {
      this.#giveWay(claimed.holder);
      return null;
    }
    this.noteService(claimed.service);
    for (const source of claimed.sources) {
      const { answer, error } = await answerOf(this.#pull(mine, source));
      if (!this.#isClaiming(mine)) return null;
      // An older source may be asked only once this one has said that it has nothing.
      if (!answer) return `${source.region} does not hand over its state: ${error}`;
      if (answer.kind === "sealed") {
        this.#take({ mine, source, state: answer.state, due: "confirm" });
        return null;
      }
      if (answer.kind === "newer") {
        if (answer.known.epoch <= mine.epoch) return `${source.region} keeps its state`;
        this.#giveWay(answer.known);
        return null;
      }
    }
    // Nobody ever had any: an untouched node. Sources that all had nothing can be forgotten.
    const due = claimed.sources.length > 0 ? "confirm" : null;
    this.#take({ mine, source: null, state: null, due });
    return null;
  }

  async #pull({ epoch, region }: Claim, source: Claim): Promise<HandedOver<S>> {
    const { holding } = this.#record;
    if (source.region === region) {
      const has = holding?.epoch === source.epoch;
      return has ? { kind: "sealed", state: holding.state } : { kind: "nothing" };
    }
    const pushed = this.#pushed;
    if (pushed?.epoch === epoch && pushed.from === source.region && pushed.of === source.epoch) {
      return { kind: "sealed", state: pushed.state };
    }
    return await this.#peers.handOver(source.region, { epoch, to: region, of: source.epoch });
  }

  #isClaiming({ epoch, region }: Claim): boolean {
    const { known, holding } = this.#record;
    return known?.epoch === epoch && known.region === region && holding?.epoch !== epoch;
  }

  #take(
    { mine, source, state, due }: {
      mine: Claim;
      source: Claim | null;
      state: S | null;
      due: "confirm" | null;
    },
  ): void {
    this.#pushed = null;
    this.#record = { ...this.#record, holding: { epoch: mine.epoch, state }, due };
    this.#records.save(
      this.#record,
      source
        ? { kind: "received", of: source.epoch, epoch: mine.epoch, peer: source.region, state }
        : undefined,
    );
  }

  /** Raises the fence, and seals what was served until now in the same turn. */
  #giveWay({ epoch, region }: Claim, due: "push" | null = null): void {
    const { known, holding } = this.#record;
    const to = { epoch, region };
    if (known?.epoch === epoch && known.region === region) return;
    if (known && epoch < known.epoch) throw new RangeError(`A fence cannot fall to ${epoch}`);
    if (!holding || !this.#isLive()) return this.#save({ known: to, due });
    const state = this.#custodian.snapshot(holding.epoch) ?? holding.state;
    this.#seal({ to, state, due });
  }

  #seal({ to, state, due }: { to: Claim; state: S | null; due: "push" | "release" | null }): void {
    const { epoch: of } = this.#record.holding!;
    const { epoch, region: peer } = to;
    this.#record = {
      ...this.#record,
      known: { epoch, region: peer },
      holding: { epoch: of, state },
      due,
    };
    this.#records.save(this.#record, { kind: "sealed", of, epoch, peer, state });
  }

  /** Seals at the end of a tenure; what is sealed and still here goes to whoever is owner by now. */
  async #cross(now: EpochMs): Promise<string | null> {
    const tenure = this.#custodian.tenureAt(now);
    const { region } = this.#custodian;
    const { known, holding, due } = this.#record;
    if (holding && this.#isLive()) {
      if (!this.#isOver(tenure)) return null;
      const state = this.#custodian.snapshot(holding.epoch) ?? holding.state;
      const isSettled = state === null || this.#custodian.settled(state, now);
      // A released state is still this object's to claim anew: the next epoch, since the register
      // may hear of the release late, and must not take it for one of a newer claim.
      if (isSettled) {
        this.#seal({ to: { epoch: holding.epoch + 1, region }, state: null, due: "release" });
      } else this.#seal({ to: tenure, state, due: "push" });
    } else if (due === "push" && tenure.epoch > known!.epoch) {
      if (tenure.region === region) return await this.#acquire(tenure.epoch);
      this.#giveWay(tenure, "push");
    }
    return null;
  }

  async #tell(): Promise<string | null> {
    const { due, known, holding } = this.#record;
    if (!due || !known || !holding) return null;
    const mine = { epoch: holding.epoch, region: this.#custodian.region };
    const said = due === "confirm"
      ? this.#peers.confirm(mine).then(() => true)
      : due === "release"
      ? this.#peers.release(mine).then(() => true)
      : this.#peers.receive(known.region, {
        epoch: known.epoch,
        of: mine.epoch,
        from: mine.region,
        state: holding.state,
      });
    const { answer, error } = await answerOf(said);
    if (!answer) return `${due} did not get through${error === undefined ? "" : `: ${error}`}`;
    const after = this.#record;
    const isSame = after.due === due && after.known?.epoch === known.epoch &&
      after.known.region === known.region;
    if (isSame) this.#save({ due: null });
    return null;
  }

  #save(change: Partial<CustodyRecord<S>>): void {
    this.#record = { ...this.#record, ...change };
    this.#records.save(this.#record);
  }
}

/** An outage as a value: only what peers do may fail here, bugs still throw. */
const answerOf = <T>(call: Promise<T>): Promise<{ answer?: T; error?: unknown }> =>
  call.then((answer) => ({ answer }), (error) => ({ error }));
