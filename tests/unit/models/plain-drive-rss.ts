/**
 * drive-rss once more, in two ways that share nothing: its formulas in float64, and the motion of
 * two cars, which tells whether they touch.
 * @module
 */

export interface Pair {
  rear: number;
  front: number;
  gap: number;
  response: number;
  accel: number;
  frontBrake: number;
}

export function plainSafeDistance({ rear, front, response, accel, frontBrake }: Pair): number {
  const d = rear * response + accel * response ** 2 / 2 +
    (rear + response * accel) ** 2 / (2 * 4) - front ** 2 / (2 * frontBrake);
  return d > 0 ? d : 0;
}

export function plainBrake(pair: Pair): number {
  if (pair.gap >= plainSafeDistance(pair)) return 0;
  const { rear, front, frontBrake } = pair;
  const gap = Math.max(pair.gap, 0.001);
  let brake = rear ** 2 / (2 * (gap + front ** 2 / (2 * frontBrake)));
  // Equal speeds after 2 gap / closing, and the front car still rolls then: the gap is least there.
  const closing = rear - front;
  if (brake > frontBrake && 2 * gap / closing <= front / frontBrake) {
    brake = frontBrake + closing ** 2 / (2 * gap);
  }
  return Math.min(Math.max(brake, 4), 8);
}

/** From a time on, a car's acceleration. */
export interface Phase {
  from: number;
  accel: number;
}

interface Motion extends Phase {
  position: number;
  speed: number;
}

/** The least gap there ever is between two cars that do these things and stop rather than reverse. */
export function leastGap(
  gap: number,
  rear: { speed: number; phases: Phase[] },
  front: { speed: number; phases: Phase[] },
): number {
  const [behind, ahead] = [
    motion(0, rear.speed, rear.phases),
    motion(gap, front.speed, front.phases),
  ];
  const times = [...behind, ...ahead].map((segment) => segment.from).sort((a, b) => a - b);
  let least = gap;
  times.forEach((from, i) => {
    const [a, b] = [at(ahead, from), at(behind, from)];
    const [speed, accel] = [a.speed - b.speed, a.accel - b.accel];
    const to = times[i + 1] ?? from;
    // The ends of a piece, and where the gap turns within it.
    for (const time of [from, to, from - speed / accel]) {
      if (!(time >= from && time <= to)) continue;
      least = Math.min(least, at(ahead, time).position - at(behind, time).position);
    }
  });
  return least;
}

function motion(position: number, speed: number, phases: Phase[]): Motion[] {
  const segments: Motion[] = [];
  phases.forEach(({ from, accel }, i) => {
    const start: Motion = segments.length ? at(segments, from) : { from, accel, position, speed };
    segments.push({ ...start, from, accel: start.speed > 0 || accel > 0 ? accel : 0 });
    const stop = accel < 0 ? from + start.speed / -accel : Infinity;
    if (start.speed > 0 && stop < (phases[i + 1]?.from ?? Infinity)) {
      segments.push({ ...at(segments, stop), from: stop, accel: 0, speed: 0 });
    }
  });
  return segments;
}

function at(segments: Motion[], time: number): Motion {
  const segment = segments.findLast((segment) => segment.from <= time)!;
  const t = time - segment.from;
  return {
    from: time,
    accel: segment.accel,
    position: segment.position + segment.speed * t + segment.accel * t * t / 2,
    speed: segment.speed + segment.accel * t,
  };
}
