/**
 * Keeps the register of a share of the nodes: who may hold the state of each.
 * A thin shell: what is accepted is decided in register.ts.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
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
    this.#register = new Register(new RegisterStore(ctx.storage.sql));
  }

  claim(request: ClaimRequest): Claimed {
    return this.#register.claim(request);
  }

  confirm(node: string, claim: Claim): void {
    this.#register.confirm(node, claim);
  }

  release(node: string, claim: Claim): void {
    this.#register.release(node, claim);
  }

  setService(node: string, state: ServiceState): { service: ServiceStatus; holder: Claim | null } {
    return this.#register.setService(node, state);
  }

  services(): { node: string; service: ServiceStatus }[] {
    return this.#register.services();
  }
}
