/**
 * The bar of time: what is shown, its pace, and the last hour with what ran in it.
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { epochMs } from "../../mesh/units.ts";
import { knownPlacements, onPlacements } from "../sky/placements.ts";
import type { ViewClock } from "../sky/view-clock.ts";
import { useNow } from "../sky/use-sky.ts";

const HOUR_S = 3_600;
/** Live, too, a catalogue may be behind: where its knots do not come. */
const LATE_S = 1;
/** How many ticks there are: of the last hour, one of 30 s. */
const TICKS = 120;

/** The bar. */
export function TimeBar({ clock }: { clock: ViewClock }) {
  const { at, pace } = useNow(clock);
  const { held } = clock;
  const back_s = held ? Math.max(1, Math.ceil((clock.mesh() - held.from) / 1e3)) : HOUR_S;
  const ticks = useTicks(clock, Math.min(back_s, HOUR_S));
  const behind_s = (clock.mesh() - at) / 1e3;
  const speeds = (held ? [1, 10] : [1, 10, 60, 600]).map((times) => times * clock.rate);
  return (
    <section class="time" aria-label="Time">
      <div class="row">
        <time class="mono" dateTime={new Date(at).toISOString()}>
          {new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC
        </time>
        <button
          type="button"
          class={`live ${pace.isLive ? "is-live" : ""}`}
          aria-pressed={pace.isLive}
          onClick={() => clock.goLive()}
        >
          {pace.isLive ? "Live" : "Go live"}
        </button>
        {(!pace.isLive || behind_s > LATE_S) && <span class="faint">{behindText(behind_s)}</span>}
        {held && (
          <span class="faint">
            A catalogue: the last {spanText(back_s)} can be shown
          </span>
        )}
      </div>
      <div class="group" role="group" aria-label="Pace">
        <button type="button" aria-pressed={pace.speed === 0} onClick={() => clock.run(0)}>
          Pause
        </button>
        {speeds.map((speed) => (
          <button
            key={speed}
            type="button"
            aria-pressed={pace.speed === speed}
            onClick={() => clock.run(speed)}
          >
            {speed}×
          </button>
        ))}
      </div>
      {!held && <Jump clock={clock} value={new Date(at).toISOString().slice(0, 16)} />}
      <div class="scrub">
        <svg viewBox={`0 0 ${TICKS} 10`} preserveAspectRatio="none" aria-hidden="true">
          {ticks.map((count, i) =>
            count > 0 && (
              <rect
                key={i}
                x={i + 0.15}
                width="0.7"
                y={10 - heightOf(count)}
                height={heightOf(count)}
              />
            )
          )}
        </svg>
        <input
          type="range"
          min={-Math.min(back_s, HOUR_S)}
          max="0"
          step="1"
          value={-Math.min(Math.max(behind_s, 0), HOUR_S)}
          aria-label={`The last ${held ? spanText(back_s) : "hour"} of placements`}
          aria-valuetext={pace.isLive ? "Live" : behindText(behind_s)}
          onInput={({ currentTarget }) =>
            clock.jump(epochMs(clock.mesh() + Number(currentTarget.value) * 1e3))}
        />
      </div>
    </section>
  );
}

function Jump({ clock, value }: { clock: ViewClock; value: string }) {
  return (
    <label class="jump">
      <span class="visually-hidden">Jump to an instant, UTC</span>
      <input
        type="datetime-local"
        step="1"
        value={value}
        onChange={({ currentTarget }) => {
          const to = Date.parse(`${currentTarget.value}Z`);
          if (Number.isFinite(to)) clock.jump(epochMs(to));
        }}
      />
    </label>
  );
}

const heightOf = (count: number): number => Math.min(10, 3 + 2 * Math.log2(count + 1));

function behindText(behind_s: number): string {
  const text = spanText(Math.abs(behind_s));
  return behind_s >= 0 ? `${text} ago` : `in ${text}`;
}

function spanText(seconds: number): string {
  const s = Math.round(seconds);
  const [h, m] = [Math.floor(s / 3_600), Math.floor(s / 60) % 60];
  return h > 0 ? `${h} h ${m} min` : m > 0 ? `${m} min ${s % 60} s` : `${s} s`;
}

/** How much ran in each part of the time up to now. */
function useTicks(clock: ViewClock, back_s: number): number[] {
  const [ticks, setTicks] = useState<number[]>([]);
  const back = useRef(back_s);
  back.current = back_s;
  useEffect(() => {
    const count = () => {
      const counts = new Array<number>(TICKS).fill(0);
      const now = clock.mesh();
      for (const { placed_ms } of knownPlacements()) {
        const i = TICKS - 1 - Math.floor((now - placed_ms) / 1e3 / back.current * TICKS);
        if (i >= 0 && i < TICKS) counts[i]++;
      }
      setTicks(counts);
    };
    count();
    const timer = setInterval(count, 5_000);
    const end = onPlacements(count);
    return () => {
      clearInterval(timer);
      end();
    };
  }, [clock]);
  return ticks;
}
