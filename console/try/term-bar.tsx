/**
 * Terms of a modelled time as one bar.
 * @module
 */

interface TermBarProps {
  /** Each term's name in the style sheet, and its time, ms. */
  terms: readonly (readonly [name: string, ms: number])[];
  /** What the whole width stands for, ms. */
  longest: number;
}

/** The bar. */
export function TermBar({ terms, longest }: TermBarProps) {
  let at = 0;
  return (
    <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" width="100" height="6" />
      {terms.map(([name, ms]) => {
        const [x, width] = [at, 100 * ms / longest];
        at += width;
        return <rect key={name} class={`term-${name}`} x={x} width={width} height="6" />;
      })}
    </svg>
  );
}
