/**
 * The console's entry: one page, drawn in the browser.
 * @module
 */
import { render } from "preact";
import { Frame } from "./frame.tsx";
import { startTheme } from "./theme.ts";

startTheme();
render(<Frame />, document.getElementById("app")!);
