import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

// Debian's shell first: the same engine without a browser's window, which a new profile costs a fifth of the CPU.
const NAMES = [
  "chromium-headless-shell",
  "chromium",
  "chromium-browser",
  "google-chrome-stable",
  "google-chrome",
  "chrome",
  "msedge",
];

const PLACES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: [
    "/usr/bin/chromium-headless-shell",
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/opt/google/chrome/chrome",
    "/snap/bin/chromium",
  ],
  darwin: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  ],
  win32: ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].flatMap((variable) => {
    const folder = process.env[variable];
    return folder === undefined
      ? []
      : [
          join(folder, "Google/Chrome/Application/chrome.exe"),
          join(folder, "Microsoft/Edge/Application/msedge.exe"),
        ];
  }),
};

/** What to do where no browser was found and none could be had. */
export const HOW_TO_GET_CHROMIUM =
  "No Chromium was found, and none could be installed: set CHROME_BIN to one, install your system's (Debian: apt-get install chromium-headless-shell), or run npx playwright-core install chromium in tests/.";

/**
 * A Chromium's path: CHROME_BIN, PATH, the usual places, Playwright's own. Where there is none, it gets one:
 * Debian's package as root, Playwright's elsewhere.
 * @returns null where that failed too
 * @throws where CHROME_BIN names no program
 */
export async function getChromium(): Promise<string | null> {
  const found = findChromium();
  if (found !== null) return found;
  for (const [command, args] of installers()) {
    console.warn(`No Chromium here; trying: ${command} ${args.join(" ")}`);
    if (!(await succeeds(command, args))) break;
  }
  return findChromium();
}

function findChromium(): string | null {
  const named = process.env.CHROME_BIN;
  if (named !== undefined && named !== "") {
    if (isProgram(named)) return named;
    throw new Error(`CHROME_BIN is ${named}, which is no program: set it to a Chromium, or unset it`);
  }
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const inPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...inPath, ...(PLACES[process.platform] ?? []), ...playwrightsOwn()].find(isProgram) ?? null;
}

/** Playwright keeps its browsers in one folder a revision; the newest is tried first. */
function playwrightsOwn(): string[] {
  const cache =
    process.env.PLAYWRIGHT_BROWSERS_PATH ??
    {
      darwin: join(homedir(), "Library/Caches/ms-playwright"),
      win32: join(process.env.LOCALAPPDATA ?? homedir(), "ms-playwright"),
    }[process.platform as "darwin" | "win32"] ??
    join(homedir(), ".cache/ms-playwright");
  if (!existsSync(cache)) return [];
  return readdirSync(cache)
    .filter((name) => name.startsWith("chromium"))
    .sort()
    .reverse()
    .flatMap((name) => readdirSync(join(cache, name)).map((build) => join(cache, name, build)))
    .flatMap((folder) => [
      join(folder, "chrome"),
      join(folder, "headless_shell"),
      join(folder, "chrome-headless-shell"),
      join(folder, "chrome.exe"),
      join(folder, "Chromium.app/Contents/MacOS/Chromium"),
      join(folder, "Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing"),
    ]);
}

function installers(): (readonly [string, readonly string[]])[] {
  if (process.platform === "linux" && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    // Several test files may ask at once: apt waits for its own lock.
    const wait = ["-o", "DPkg::Lock::Timeout=300"];
    return [
      ["apt-get", [...wait, "update"]],
      ["apt-get", [...wait, "install", "-y", "--no-install-recommends", "chromium-headless-shell"]],
    ];
  }
  const cli = fileURLToPath(new URL("../../node_modules/playwright-core/cli.js", import.meta.url));
  return [[process.execPath, [cli, "install", "chromium"]]];
}

function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(
      command,
      [...args],
      { timeout: 170_000, env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } },
      (error) => resolve(error === null),
    );
  });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
