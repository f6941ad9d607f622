/**
 * Keeps the register of a share of the nodes: who may hold the state of each, and which of them have a
 * board attached.
 * A thin shell: register.ts decides which claims are accepted, attached-boards.ts what is attached.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import { migrateObject } from "../shared/migrate.ts";
import { isReadable, UNREAD, type Unread, type Versioned } from "../shared/version.ts";
import { type AttachedBoard, AttachedBoards } from "./attached-boards.ts";
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

/**
 * The object that keeps a share of the register; callers get it from registrarObject(). A message
 * of a newer release changes nothing and is answered with UNREAD.
 */
export class Registrar extends DurableObject<Env> {
  readonly #register: Register;
  readonly #boards: AttachedBoards;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrateObject(ctx.storage, REGISTRAR_MIGRATIONS);
    this.#register = new Register(new RegisterStore(ctx.storage.sql));
    this.#boards = new AttachedBoards(ctx.storage.sql);
  }

  /** Register.claim() for a node's object. */
  claim(request: ClaimRequest & Versioned): Claimed | Unread {
    if (!isReadable("custody", request)) return UNREAD;
    return this.#register.claim(request);
  }

  /**
   * Register.confirm() for a node's object.
   * @param node the node's id
   * @returns nothing, or UNREAD
   */
  confirm(node: string, claim: Claim & Versioned): void | Unread {
    if (!isReadable("custody", claim)) return UNREAD;
    this.#register.confirm(node, claim);
  }

  /**
   * Register.release() for a node's object.
   * @param node the node's id
   * @returns nothing, or UNREAD
   */
  release(node: string, claim: Claim & Versioned): void | Unread {
    if (!isReadable("custody", claim)) return UNREAD;
    this.#register.release(node, claim);
  }

  /**
   * Register.setService() for an admin's request.
   * @param node the node's id
   * @returns `holder` is the claim whose object must be told; null if there is none
   */
  setService(node: string, state: ServiceState): { service: ServiceStatus; holder: Claim | null } {
    return this.#register.setService(node, state);
  }

  /**
   * Register.services(): every node of this share that is not up.
   * @returns ascending by node; `service` is never `up`
   */
  services(): { node: string; service: ServiceStatus }[] {
    return this.#register.services();
  }

  /** AttachedBoards.note() for a node's object. */
  attach(board: AttachedBoard): void {
    this.#boards.note(board, Date.now());
  }

  /**
   * AttachedBoards.drop() for a node's object.
   * @param node the node's id
   * @param session of the connection that has ended
   */
  detach(node: string, session: string): void {
    this.#boards.drop(node, session);
  }

  /**
   * The board of one node.
   * @param node the node's id
   * @returns null if none is known
   */
  board(node: string): AttachedBoard | null {
    return this.#boards.of(node, Date.now());
  }

  /** Every attached board of this share, by node. */
  boards(): AttachedBoard[] {
    return this.#boards.all(Date.now());
  }
}
