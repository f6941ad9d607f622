/**
 * Numbers that know their unit, so that a `Km` cannot be handed to what wants `Seconds`.
 * Costs nothing at run time: a brand exists only for the type checker.
 * @module
 */

declare const unit: unique symbol;
type Unit<U extends string> = number & { readonly [unit]: U };

export type Km = Unit<"km">;
export type Metres = Unit<"m">;
export type Seconds = Unit<"s">;
export type Joules = Unit<"J">;
export type Watts = Unit<"W">;
export type Kelvin = Unit<"K">;
export type Radians = Unit<"rad">;
export type Degrees = Unit<"deg">;
/** Milliseconds since 1970-01-01T00:00:00Z on the mesh clock. */
export type EpochMs = Unit<"ms since 1970">;

export const km = (n: number) => n as Km;
export const metres = (n: number) => n as Metres;
export const seconds = (n: number) => n as Seconds;
export const joules = (n: number) => n as Joules;
export const watts = (n: number) => n as Watts;
export const kelvin = (n: number) => n as Kelvin;
export const radians = (n: number) => n as Radians;
export const degrees = (n: number) => n as Degrees;
export const epochMs = (n: number) => n as EpochMs;

export const RADIANS_PER_DEGREE = Math.PI / 180;
export const DEGREES_PER_RADIAN = 180 / Math.PI;
/** Radians. */
export const TURN = 2 * Math.PI;

export const toRadians = (d: Degrees): Radians => radians(d * RADIANS_PER_DEGREE);
export const toDegrees = (r: Radians): Degrees => degrees(r * DEGREES_PER_RADIAN);

export const MS_PER_MINUTE = 60_000;
export const MS_PER_HOUR = 3_600_000;
export const MS_PER_DAY = 86_400_000;
export const MINUTES_PER_DAY = 1_440;
