/**
 * The request as a program would send it, in the language of one's choice.
 * @module
 */
import { useState } from "preact/hooks";

/** Tabs, one for each language. */
export function Code({ texts }: { texts: Readonly<Record<string, string>> }) {
  const names = Object.keys(texts);
  const [chosen, choose] = useState(names[0]);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(texts[chosen]);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <div class="code">
      <div class="row spread">
        <div class="group" role="group" aria-label="Language">
          {names.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === chosen}
              onClick={() => choose(name)}
            >
              {name}
            </button>
          ))}
        </div>
        <button type="button" onClick={copy}>{copied ? "Copied" : "Copy"}</button>
      </div>
      <pre tabIndex={0} aria-label={`The request in ${chosen}`}><code>{texts[chosen]}</code></pre>
    </div>
  );
}
