/**
 * What is around every page: the bar with its links, the key, the theme, and the way past all that.
 * @module
 */
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { hrefOf, type Route, useRoute } from "./router.ts";
import { keepKey, useKey } from "./session.ts";
import { toggleTheme, useTheme } from "./theme.ts";
import { FleetPage } from "./pages/fleet.tsx";
import { GlobePage } from "./pages/globe.tsx";
import { TenantsPage } from "./pages/tenants.tsx";
import { TryItPage } from "./pages/try-it.tsx";
import { UsagePage } from "./pages/usage.tsx";

interface Page {
  /** In the address. */
  name: string;
  title: string;
  Content: ComponentType<{ route: Route }>;
}

const PAGES: readonly Page[] = [
  { name: "", title: "Globe", Content: GlobePage },
  { name: "try", title: "Try it", Content: TryItPage },
  { name: "usage", title: "Usage", Content: UsagePage },
  { name: "fleet", title: "Fleet", Content: FleetPage },
  { name: "tenants", title: "Tenants", Content: TenantsPage },
];

/** The whole console. */
export function Frame() {
  const route = useRoute();
  const page = PAGES.find(({ name }) => name === route.page);
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const title = page?.title ?? "Not found";
  useEffect(() => {
    document.title = `${title} · Perigee`;
    // Whoever follows a link by keyboard or ear goes on in the page, not in the bar.
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
  }, [title]);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => (event.preventDefault(), main.current?.focus())}
      >
        Skip to the page
      </a>
      <header class="bar">
        <a class="brand" href={hrefOf("")}>
          <Mark />
          Perigee
        </a>
        <nav aria-label="Pages">
          {PAGES.map(({ name, title }) => (
            <a
              key={name}
              href={hrefOf(name)}
              aria-current={name === route.page ? "page" : undefined}
            >
              {title}
            </a>
          ))}
        </nav>
        <div class="tools">
          <KeyField />
          <ThemeToggle />
          <a href="/docs">API</a>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1} class={`page page-${page?.name || "globe"}`}>
        {page
          ? <page.Content route={route} />
          : <p class="card">There is no such page: the bar above has them all.</p>}
      </main>
    </>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
      <circle cx="16" cy="16" r="7.5" class="mark-earth" />
      <ellipse cx="16" cy="16" rx="15" ry="5.5" class="mark-orbit" transform="rotate(-28 16 16)" />
    </svg>
  );
}

function ThemeToggle() {
  const other = useTheme() === "dark" ? "light" : "dark";
  return (
    <button type="button" class="quiet" onClick={toggleTheme} aria-label={`Show it ${other}`}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.4" />
        <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
      </svg>
    </button>
  );
}

/** Takes the credential. It shows that there is one, and never which. */
function KeyField() {
  const key = useKey();
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isOpen) input.current?.focus();
  }, [isOpen]);
  const save = (event: Event) => {
    event.preventDefault();
    keepKey(text.trim());
    setText("");
    setOpen(false);
  };
  return (
    <div class="key">
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls="key-form"
        class={key ? "has-key" : ""}
        onClick={() => setOpen(!isOpen)}
      >
        {key ? "Key set" : "Enter key"}
      </button>
      <form
        id="key-form"
        hidden={!isOpen}
        onSubmit={save}
        onKeyDown={({ key }) => key === "Escape" && setOpen(false)}
      >
        <label for="key-input">API key, or an operator's token</label>
        <input
          id="key-input"
          ref={input}
          type="password"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <p class="faint">It stays in this tab, and is forgotten with it.</p>
        <div class="row">
          <button type="submit" class="primary" disabled={text.trim() === ""}>Use it</button>
          {key && (
            <button type="button" onClick={() => (keepKey(""), setOpen(false))}>Forget it</button>
          )}
        </div>
      </form>
    </div>
  );
}
