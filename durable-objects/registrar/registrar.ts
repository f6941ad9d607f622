/**
 * Keeps the register of a share of the nodes: who may hold the state of each.
 * A thin shell: what is accepted is decided in register.ts.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import { migrate } from "../shared/migrate.ts";
import { isReadable, UNREAD, type Unread, type Versioned } from "../shared/version.ts";
import { REGISTRAR_MIGRATIONS } from "./migrations.ts";
import {
  type Claim,
  type Claimed,
  type ClaimRequest,
  Register,
  type ServiceState,
  type ServiceStatus,
} from "./register.ts";
import { RegisterStore } from "./register-store.ts";

export class Registrar extends DurableObject<Env> {
  readonly #register: Register;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, REGISTRAR_MIGRATIONS);
    this.#register = new Register(new RegisterStore(ctx.storage.sql));
  }

  claim(request: ClaimRequest & Versioned): Claimed | Unread {
    if (!isReadable("custody", request)) return UNREAD;
    return this.#register.claim(request);
  }

  confirm(node: string, claim: Claim & Versioned): void | Unread {
    if (!isReadable("custody", claim)) return UNREAD;
    this.#register.confirm(node, claim);
  }

  release(node: string, claim: Claim & Versioned): void | Unread {
    if (!isReadable("custody", claim)) return UNREAD;
    this.#register.release(node, claim);
  }

  setService(node: string, state: ServiceState): { service: ServiceStatus; holder: Claim | null } {
    return this.#register.setService(node, state);
  }

  services(): { node: string; service: ServiceStatus }[] {
    return this.#register.services();
  }
}
