/**
 * The default constellation, made once.
 * @module
 */
import { generatedConstellation } from "./constellation.ts";
import { STARLINK_FILED } from "./shells.ts";

export const FILED = generatedConstellation("starlink-filed", STARLINK_FILED);
