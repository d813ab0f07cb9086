import { RemixBrowser } from "@remix-run/react";
import { StrictMode, startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { closeHintsOnEscape } from "./lib/close-hints.ts";
import { watchFetches } from "./lib/open-tab.ts";

watchFetches(window.__remixManifest.version);
closeHintsOnEscape();

startTransition(() => {
  hydrateRoot(
    document,
    <StrictMode>
      <RemixBrowser />
    </StrictMode>,
  );
});
