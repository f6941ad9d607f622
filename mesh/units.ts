/**
 * Numbers that know their unit, so that a `Km` cannot be handed to what wants `Seconds`.
 * Costs nothing at run time: a brand exists only for the type checker.
 * @module
 */

declare const unit: unique symbol;
type Unit<U extends string> = number & { readonly [unit]: U };

/** A length in kilometres. */
export type Km = Unit<"km">;
/** A length in metres. */
export type Metres = Unit<"m">;
/** A duration in seconds. */
export type Seconds = Unit<"s">;
/** An energy in joules. */
export type Joules = Unit<"J">;
/** A power in watts. */
export type Watts = Unit<"W">;
/** A temperature in kelvin. */
export type Kelvin = Unit<"K">;
/** An angle in radians. */
export type Radians = Unit<"rad">;
/** An angle in degrees. */
export type Degrees = Unit<"deg">;
/** An instant of the mesh clock: milliseconds since 1970-01-01T00:00:00Z, fractions allowed. */
export type EpochMs = Unit<"ms since 1970">;

/**
 * Brands a number of kilometres.
 * @param n km
 */
export const km = (n: number) => n as Km;
/**
 * Brands a number of metres.
 * @param n m
 */
export const metres = (n: number) => n as Metres;
/**
 * Brands a number of seconds.
 * @param n s
 */
export const seconds = (n: number) => n as Seconds;
/**
 * Brands a number of joules.
 * @param n J
 */
export const joules = (n: number) => n as Joules;
/**
 * Brands a number of watts.
 * @param n W
 */
export const watts = (n: number) => n as Watts;
/**
 * Brands a number of kelvin.
 * @param n K
 */
export const kelvin = (n: number) => n as Kelvin;
/**
 * Brands a number of radians; it is not wrapped into one turn.
 * @param n rad
 */
export const radians = (n: number) => n as Radians;
/**
 * Brands a number of degrees; it is not wrapped into one turn.
 * @param n degrees
 */
export const degrees = (n: number) => n as Degrees;
/**
 * Brands an instant of the mesh clock.
 * @param n milliseconds since 1970-01-01T00:00:00Z
 */
export const epochMs = (n: number) => n as EpochMs;

/** Pi / 180. */
export const RADIANS_PER_DEGREE = Math.PI / 180;
/** 180 / pi. */
export const DEGREES_PER_RADIAN = 180 / Math.PI;
/** One turn, 2 pi, in radians. */
export const TURN = 2 * Math.PI;

/** Converts degrees to radians without wrapping. */
export const toRadians = (d: Degrees): Radians => radians(d * RADIANS_PER_DEGREE);
/** Converts radians to degrees without wrapping. */
export const toDegrees = (r: Radians): Degrees => degrees(r * DEGREES_PER_RADIAN);

/** Milliseconds in a minute. */
export const MS_PER_MINUTE = 60_000;
/** Milliseconds in an hour. */
export const MS_PER_HOUR = 3_600_000;
/** Milliseconds in a day of UTC; leap seconds do not exist here. */
export const MS_PER_DAY = 86_400_000;
/** Minutes in a day of UTC; leap seconds do not exist here. */
export const MINUTES_PER_DAY = 1_440;
