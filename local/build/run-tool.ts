import { spawn } from "node:child_process";
import { messageOf, SetupError } from "../errors.ts";

/** A program for the command line. */
export interface Tool {
  readonly command: string;
  readonly args: readonly string[];
}

export interface ToolOptions {
  readonly cwd: string;
  /** What to say when it ends with another code than 0, or cannot be started. */
  readonly failure: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Takes what it prints instead of showing it. */
  readonly capture?: boolean;
}

/**
 * Runs a program to its end; it talks to the person at the terminal itself.
 *
 * @returns what it printed where that is captured.
 * @throws SetupError when it fails.
 */
export function runTool(tool: Tool, args: readonly string[], options: ToolOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool.command, [...tool.args, ...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: options.capture ? ["ignore", "pipe", "inherit"] : "inherit",
      // On Windows npx is a script, which only a shell can start.
      shell: process.platform === "win32" && tool.command === "npx",
    });
    const stop = () => child.kill();
    process.once("exit", stop);
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.on("error", (error) => reject(new SetupError(`${options.failure} (${messageOf(error)})`)));
    child.on("close", (code) => {
      process.off("exit", stop);
      if (code === 0) resolve(output);
      else reject(new SetupError(options.failure));
    });
  });
}
