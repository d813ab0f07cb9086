import lighthouse, { desktopConfig } from "lighthouse";
import type { JudgePage } from "../lighthouse.ts";

/** Lighthouse's report on one address, as a Chromium that listens on `port` shows it. */
export const judgePage: JudgePage = async (address, port, form) => {
  const result = await lighthouse(
    address,
    { port, logLevel: "error", output: "json" },
    form === "desktop" ? desktopConfig : undefined,
  );
  return result?.lhr;
};
