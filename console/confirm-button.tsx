/**
 * A button for what cannot be taken back: the first press asks, the second does it.
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";

// Whoever looked away meanwhile has not meant it.
const ASKS_MS = 5_000;

/** The button. */
export function ConfirmButton({ label, name, confirm, disabled, act }: {
  label: string;
  /** What it is about, for a screen reader. */
  name: string;
  /** What it says after the first press. */
  confirm: string;
  disabled?: boolean;
  act: () => void;
}) {
  const [asks, setAsks] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!asks) return;
    const timer = setTimeout(() => setAsks(false), ASKS_MS);
    return () => clearTimeout(timer);
  }, [asks]);
  return (
    <button
      ref={button}
      type="button"
      class="danger"
      disabled={disabled}
      aria-label={asks ? `${confirm} ${name}` : `${label} ${name}`}
      onBlur={() => setAsks(false)}
      onKeyDown={({ key }) => key === "Escape" && setAsks(false)}
      onClick={() => {
        setAsks(!asks);
        if (asks) act();
      }}
    >
      {asks ? confirm : label}
    </button>
  );
}
