/**
 * Ownership handoff with a fencing token: the custody of one node's state by one region's object,
 * who serves, and how the state gets there.
 *
 * The token is the newest claim that an object knows of. The object writes it to disk before it
 * tells any other, the token only rises, and the object serves only what it holds under that very
 * claim. So an object that is handed a state knows that the last holder has stopped:
 * docs/regions.md.
 *
 * Knows nothing of Cloudflare: disk, peers and orbit are ports, so tests run it in a simulated
 * mesh. After each call the owner of the alarm looks at nextAlarm().
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
  NO_CUSTODY,
  type Peers,
  type Push,
  type Wake,
} from "./custody-record.ts";
import type { Claim, ServiceStatus } from "../registrar/register.ts";

// A state may change hands while a caller waits for it. After this many rounds another node is
// better.
const ROUNDS_MAX = 3;
// The first attempt waits as long as receipts do, so that one alarm serves both.
const DUE_AFTER_MS = 1_000;
// During an outage the wait between attempts doubles, up to half a minute.
const RETRY_MS_MAX = 30_000;

/**
 * One object's side of the custody protocol. Methods do not throw for an outage; a rejection or
 * throw of a record, of the custodian or of `use` is a bug and passes through.
 */
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
    this.#record = records.load() ?? NO_CUSTODY;
  }

  /**
   * Serves if this object has custody, or gets it now. `use` runs in the very turn in which that is
   * certain: what it changes in memory is part of any snapshot that is taken later.
   * @param use is called at most once, synchronously
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

  /** Whether this object has custody, as far as it knows; its tenure may have ended unnoticed. */
  get serves(): boolean {
    return this.#isLive();
  }

  /**
   * Writes a state to disk if custody under this epoch still holds. If it has ended, the snapshot
   * that was handed over had the state already.
   * @param epoch as `Held.epoch` gave it
   * @returns whether the state was written
   */
  keep(epoch: number, state: S): boolean {
    const { holding } = this.#record;
    if (holding?.epoch !== epoch || !this.#isLive()) return false;
    this.#save({ holding: { epoch, state } });
    return true;
  }

  /**
   * Lets go for an accepted claim. From then on this object serves and takes nothing of an older
   * claim.
   */
  handOver({ epoch, to, of }: HandOver): HandedOver<S> {
    const { known } = this.#record;
    if (known && (epoch < known.epoch || (epoch === known.epoch && this.#isLive()))) {
      return { kind: "newer", known };
    }
    this.#giveWay({ epoch, region: to });
    const { holding } = this.#record;
    // A state of another epoch is no answer: an older source may have a newer state.
    return holding?.epoch === of ? { kind: "sealed", state: holding.state } : { kind: "nothing" };
  }

  /**
   * Takes the state that the last holder sends ahead, and claims the node for this object.
   * @returns true if the state has been received or is out of date; false if it must be sent again
   */
  async receive(push: Push<S>): Promise<boolean> {
    const { known } = this.#record;
    const isMine = known?.region === this.#custodian.region && !this.#isLive();
    if (known && (known.epoch > push.epoch || (known.epoch === push.epoch && !isMine))) return true;
    this.#pushed = push;
    return await this.#acquire(push.epoch) === null;
  }

  /** Notes what an admin has set; a status older than the known one changes nothing. */
  noteService(service: ServiceStatus): void {
    if (service.version > this.#record.service.version) this.#save({ service });
  }

  /**
   * Ends custody at the end of a tenure, and sends the message that is due. Does not throw for an
   * outage.
   * @returns why the message did not get through, for the log; null: nothing has failed
   */
  async alarm(now: EpochMs): Promise<string | null> {
    const failure = await this.#cross(now) ?? await this.#tell();
    this.#failures = failure === null ? 0 : this.#failures + 1;
    return failure;
  }

  /**
   * When alarm() is to be called.
   * @returns null if nothing is due: this object does not serve
   */
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

  /**
   * Whether custody has ended. A later tenure of this same region needs no new claim: no other
   * object has taken the state in between.
   */
  #isOver(tenure: Tenure): boolean {
    return tenure.region !== this.#custodian.region && tenure.epoch > this.#record.holding!.epoch;
  }

  /**
   * Who owns the state, as far as this object knows: the owner by orbit, unless it knows of a newer
   * claim.
   */
  #ownerIn({ epoch, region }: Tenure): Claim {
    const { known } = this.#record;
    return known && known.epoch >= epoch ? known : { epoch, region };
  }

  /**
   * Gets custody under an epoch, once for all callers that wait for it.
   * @returns why it failed; null: look again who serves
   */
  #acquire(epoch: number): Promise<string | null> {
    if (this.#acquiring?.epoch === epoch) return this.#acquiring.failure;
    const failure = this.#claimAndPull({ epoch, region: this.#custodian.region }).finally(() => {
      if (this.#acquiring?.failure === failure) this.#acquiring = null;
    });
    this.#acquiring = { epoch, failure };
    return failure;
  }

  async #claimAndPull(mine: Claim): Promise<string | null> {
    // The claim is on disk before the register hears of it: after a crash this object goes on with
    // it.
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
      // The next, older source may be asked only if this one has answered that it has nothing.
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
    // No object ever had a state: the node is untouched. The register may forget sources without
    // one.
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

  /**
   * Raises the fence to a claim, and in the same turn seals the state that was served until now.
   * @throws RangeError for a claim older than the fence: a bug
   */
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

  /**
   * Seals the state at the end of a tenure. A sealed state that is still here is redirected to the
   * owner of now.
   */
  async #cross(now: EpochMs): Promise<string | null> {
    const tenure = this.#custodian.tenureAt(now);
    const { region } = this.#custodian;
    const { known, holding, due } = this.#record;
    if (holding && this.#isLive()) {
      if (!this.#isOver(tenure)) return null;
      const state = this.#custodian.snapshot(holding.epoch) ?? holding.state;
      const isAtRest = state === null || this.#custodian.isAtRest(state, now);
      // After a release this object may claim the node again. The fence rises by one epoch: the
      // register may hear of the release late, and must not take it for the release of a newer
      // claim.
      if (isAtRest) {
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

/** A peer's failure as a value. It wraps calls of peers only, so that bugs still throw. */
const answerOf = <T>(call: Promise<T>): Promise<{ answer?: T; error?: unknown }> =>
  call.then((answer) => ({ answer }), (error) => ({ error }));
