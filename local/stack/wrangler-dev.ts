import { wranglerBin } from "../tools.ts";

export interface WranglerDev {
  readonly root: string;
  readonly config: string;
  readonly port: number;
  /** Settings for the Worker; keeps secrets off the command line and `.dev.vars` out of the Worker. */
  readonly envFile: string;
  /** Durable Objects live here from one start to the next. */
  readonly stateDirectory: string;
}

/** Arguments for Node that start one Worker under `wrangler dev`. */
export function wranglerDevArguments(dev: WranglerDev): string[] {
  return [
    wranglerBin(dev.root),
    "dev",
    "--config",
    dev.config,
    "--ip",
    "127.0.0.1",
    "--port",
    String(dev.port),
    // 0: any free port. Two Workers would fight over the default one.
    "--inspector-port",
    "0",
    "--persist-to",
    dev.stateDirectory,
    "--env-file",
    dev.envFile,
    "--show-interactive-dev-session=false",
  ];
}
