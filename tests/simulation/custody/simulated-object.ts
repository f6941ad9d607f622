/**
 * One region's object of one node: the shell that OrbitalNode is, around the very Custody.
 * Debits a battery where OrbitalNode runs models; what is not kept dies with it.
 * @module
 */
import { Custody } from "../../../durable-objects/custody/custody.ts";
import type {
  Custodian,
  HandedOver,
  HandOver,
  Push,
} from "../../../durable-objects/custody/custody-record.ts";
import type { ServiceState, ServiceStatus } from "../../../durable-objects/registrar/register.ts";
import type { Region } from "../../../mesh/region.ts";
import type { EpochMs } from "../../../mesh/units.ts";
import { type Battery, FULL } from "./battery.ts";
import type { Flight } from "./flights.ts";
import type { Surroundings } from "./surroundings.ts";

// Far longer than a model runs, so that crossings come in between.
const RUN_MS_MAX = 20_000;

export type Answer =
  | { ok: true; epoch: number; debit: number; region: Region; service: ServiceState }
  | { ok: false; moved: Region }
  | { ok: false; unavailable: string };

export class SimulatedObject {
  /** Off for good once it has crashed: nothing it still does may have an effect. */
  alive = true;
  readonly node: string;
  readonly region: Region;
  readonly skew_ms: number;
  readonly #mesh: Surroundings;
  readonly #custody: Custody<Battery>;
  #running = 0;
  #state: { epoch: number; battery: Battery } | null = null;

  constructor(
    { mesh, flight, region, skew_ms }: {
      mesh: Surroundings;
      flight: Flight;
      region: Region;
      skew_ms: number;
    },
  ) {
    this.#mesh = mesh;
    this.node = flight.node;
    this.region = region;
    this.skew_ms = skew_ms;
    const custodian: Custodian<Battery> = {
      region,
      tenureAt: (at) => flight.tenureAt(at),
      snapshot: (epoch) => this.#state?.epoch === epoch ? this.#state.battery : null,
      isAtRest: ({ at }, now) => this.#running === 0 && now - at >= mesh.recharge_ms,
    };
    this.#custody = new Custody<Battery>({
      records: mesh.recordsOf(this),
      peers: mesh.peersOf(this),
      custodian,
    });
    this.#wake();
  }

  async ask(energy: number): Promise<Answer> {
    const taken = await this.#custody.hold(this.#now(), ({ epoch, state, service }) => {
      if (this.#state?.epoch !== epoch) this.#state = { epoch, battery: state ?? FULL };
      const before = this.#state.battery;
      const battery = Object.freeze({
        battery: before.battery - energy,
        serial: before.serial + 1,
        debit: this.#mesh.nextDebit(),
        at: this.#now(),
      });
      this.#mesh.ledger(this.node).book(before, battery);
      this.#state = { epoch, battery };
      return { epoch, service, debit: battery.debit };
    });
    this.#wake();
    if (!taken.held) return { ok: false, ...taken };
    this.#running++;
    await this.#mesh.sleep(this, this.#mesh.random.integer(1, RUN_MS_MAX));
    this.#running--;
    const { epoch } = taken.value;
    if (this.#state?.epoch === epoch) this.#custody.keep(epoch, this.#state.battery);
    this.#wake();
    const answer = { ok: true as const, region: this.region, ...taken.value };
    this.#mesh.ledger(this.node).answered(answer);
    return answer;
  }

  handOver(request: HandOver): HandedOver<Battery> {
    const answer = this.#custody.handOver(request);
    this.#wake();
    return answer;
  }

  async receive(push: Push<Battery>): Promise<boolean> {
    const done = await this.#custody.receive(push);
    this.#wake();
    return done;
  }

  noteService(service: ServiceStatus): void {
    this.#custody.noteService(service);
  }

  async alarm(): Promise<void> {
    await this.#custody.alarm(this.#now());
    this.#wake();
  }

  #wake(): void {
    const wake = this.#custody.nextAlarm(this.#now());
    if (!wake) return;
    this.#mesh.setAlarm(this, "at" in wake ? wake.at - this.#now() : wake.after_ms);
  }

  #now(): EpochMs {
    return this.#mesh.clockOf(this);
  }
}
