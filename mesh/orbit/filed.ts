/**
 * The default constellation, made once.
 * @module
 */
import { generatedConstellation } from "./constellation.ts";
import { STARLINK_FILED } from "./shells.ts";

/** Starlink as filed (shells.ts): the constellation that settings call `starlink-filed`. */
export const FILED = generatedConstellation("starlink-filed", STARLINK_FILED);
