/**
 * A key that was just made: the mesh shows it this once, and so does the page.
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";

/** The answer to the making of a key. */
export interface MadeKey {
  id: string;
  name: string;
  key: string;
}

/** Shows the key until it is dismissed; it is kept nowhere. */
export function NewKey({ made, dismiss }: { made: MadeKey; dismiss: () => void }) {
  const [isCopied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [made.id]);
  const copy = async () => {
    field.current?.select();
    // A page that is not served over HTTPS has no clipboard: the text is selected.
    await navigator.clipboard?.writeText(made.key).then(() => setCopied(true), () => {});
  };
  return (
    <div class="notice notice-good" role="status">
      <strong>Key "{made.name}" is made</strong>
      <p>Copy it now: it is shown this once, and nobody can read it again.</p>
      <div class="row nowrap wide">
        <input
          ref={field}
          class="mono"
          readOnly
          aria-label="The new key"
          value={made.key}
          spellcheck={false}
        />
        <button type="button" onClick={copy}>{isCopied ? "Copied" : "Copy"}</button>
        <button type="button" onClick={dismiss}>I have it</button>
      </div>
    </div>
  );
}
