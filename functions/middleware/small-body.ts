/**
 * Reads a small body of known length in one piece, which most are: a third of the work of reading it in
 * chunks (capped-body.ts), with the same limits.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { GRACE_MS, tooLarge } from "./capped-body.ts";

// Far below what takes room in the isolate (body-room.ts), and parsed in a millisecond.
const SMALL_BYTES = 2 ** 16;

/**
 * Reads a body whole.
 * @param bytes_max the limit, whatever is small
 * @returns null, with nothing read, for a body that is packed, is not small or does not tell its length
 * @throws ProblemError `body_too_large`, `request_timeout` if the body stops coming, `body_unreadable` if it is
 *   cut off
 */
export async function smallBody(
  request: Pick<Request, "headers" | "arrayBuffer">,
  bytes_max: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const { headers } = request;
  const told = Number(headers.get("Content-Length") ?? NaN);
  if (!(told > 0 && told <= SMALL_BYTES) || headers.has("Content-Encoding")) return null;
  if (told > bytes_max) throw tooLarge(bytes_max);
  const body = new Uint8Array(await whole(request));
  // What tells its length is cut there by HTTP; this is for who hands on a body by hand.
  if (body.length > Math.min(bytes_max, SMALL_BYTES)) throw tooLarge(bytes_max);
  return body;
}

/** Within GRACE_MS. A connection that ends in the middle of a body is a problem of the caller's, not a 500. */
const whole = (request: Pick<Request, "arrayBuffer">): Promise<ArrayBuffer> =>
  new Promise((resolve, reject) => {
    const fail = (...problem: ConstructorParameters<typeof ProblemError>) =>
      reject(new ProblemError(...problem));
    const timer = setTimeout(
      () => fail("request_timeout", "The body stopped coming, or comes too slowly"),
      GRACE_MS,
    );
    request.arrayBuffer().then(
      resolve,
      () => fail("body_unreadable", "The body ended before it was whole, or is not HTTP"),
    ).finally(() => clearTimeout(timer));
  });
