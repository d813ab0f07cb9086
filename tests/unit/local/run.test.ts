/** The launcher of every npm script, in a project of its own whose folder has a space, an ampersand and an umlaut. */
import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { projectRoot } from "../../../local/tools.ts";

const windows = process.platform === "win32";
/** Stands for the package that npm brings where a machine's Node is too old: the running Node by another path. */
const nodePackage = join(
  mkdtempSync(join(tmpdir(), "packaged-")),
  `node-${windows ? "win" : process.platform}-${process.arch}`,
);
const packagedNode = join(nodePackage, "bin", windows ? "node.exe" : "node");
/** What makes a Node of today behave as one that cannot read TypeScript. */
const OLD = "--no-strip-types";

/** Says which Node runs it, with what arguments, and which one its children find. */
const SAY = `import { execFileSync } from "node:child_process";
import { realpathSync } from "node:fs";
const found: string = execFileSync("node", ["-p", "process.execPath"], { encoding: "utf8" }).trim();
console.log(JSON.stringify({ node: realpathSync(process.execPath), found: realpathSync(found), args: process.argv.slice(2) }));
`;

beforeAll(() => {
  mkdirSync(dirname(packagedNode), { recursive: true });
  try {
    linkSync(process.execPath, packagedNode);
  } catch {
    // On another file system.
    copyFileSync(process.execPath, packagedNode);
  }
});
afterAll(() => rmSync(dirname(nodePackage), { recursive: true, force: true }));

let root: string;
beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), "launcher-")), "Größe & Co");
  mkdirSync(join(root, "local", "newer-node"), { recursive: true });
  mkdirSync(join(root, "node_modules", ".bin"), { recursive: true });
  const programs = ["run.cjs", "after-install.cjs", "packages.ts", "script.ts", "errors.ts", "tools.ts"];
  const local = [...programs, "terminal.ts", "newer-node/package.json"].map((file) => join("local", file));
  for (const file of [...local, join("workers", "benchmark", "visible.ts")]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    copyFileSync(join(projectRoot, file), join(root, file));
  }
  symlinkSync(nodePackage, join(root, "node_modules", basename(nodePackage)));
  writeFileSync(join(root, "local", "say.ts"), SAY);
});
afterEach(() => rmSync(dirname(root), { recursive: true, force: true }));

/** Runs the launcher as an npm script does; PATH has no Node but the one that is named. */
function launch(
  args: readonly string[],
  flags: readonly string[] = [],
  whileRunning?: (pid: number) => void,
) {
  const env = { PATH: `${process.env.PATH}` };
  const child = spawn(process.execPath, [...flags, join("local", "run.cjs"), ...args], { cwd: root, env });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
    whileRunning?.(child.pid ?? 0);
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

describe("the launcher", () => {
  it("runs a program on the Node that npm brought where the running one is too old, for it and its children", async () => {
    const { code, stdout, stderr } = await launch(["local/say.ts", "--name", "a b"], [OLD]);
    expect(stderr).toBe("");
    const node = realpathSync(packagedNode);
    expect(JSON.parse(stdout)).toEqual({ node, found: node, args: ["--name", "a b"] });
    expect(code).toBe(0);
  });

  it("runs a program on the running Node where that is new enough, for it and its children", async () => {
    rmSync(join(root, "node_modules"), { recursive: true });
    const { code, stdout, stderr } = await launch(["local/say.ts", "x"]);
    expect(stderr).toBe("");
    const node = realpathSync(process.execPath);
    expect(JSON.parse(stdout)).toEqual({ node, found: node, args: ["x"] });
    expect(code).toBe(0);
  });

  it.each([[[]], [[OLD]]])("runs a tool on that Node too (%j)", async (flags) => {
    const tool = join(root, "node_modules", "hammer");
    mkdirSync(tool);
    writeFileSync(join(tool, "package.json"), JSON.stringify({ bin: { hammer: "./bin.mjs" } }));
    writeFileSync(
      join(tool, "bin.mjs"),
      "console.log(process.features.typescript, process.argv.slice(2).join());",
    );
    const { code, stdout } = await launch(["hammer", "--hard", "nail"], flags);
    expect(stdout).toBe("strip --hard,nail\n");
    expect(code).toBe(0);
  });

  it("says in one line where a Node that is new enough comes from", async () => {
    rmSync(join(root, "node_modules"), { recursive: true });
    const needed = String.raw`this needs Node 22\.18, 24 or newer; here is \d+\.\d+\.\d+`;
    const brings = async (optionalDependencies: object) => {
      const file = join(root, "local", "newer-node", "package.json");
      writeFileSync(file, JSON.stringify({ optionalDependencies }));
      return launch(["local/say.ts"], [OLD]);
    };
    const known = await brings({ [basename(nodePackage)]: "24.0.0" });
    expect(known.stderr).toMatch(new RegExp(`^${needed}: run npm ci, which brings one\\n$`));
    const unknown = await brings({});
    expect(unknown.stderr).toMatch(new RegExp(`^${needed}: install one from https://nodejs.org\\n$`));
    expect([known, unknown]).toMatchObject(Array(2).fill({ code: 1, stdout: "" }));
  });

  it("says in one line that a tool is not installed", async () => {
    expect(await launch(["hammer"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "hammer is not installed: run npm ci\n",
    });
  });

  it.each([[[]], [[OLD]]])("ends with the program's exit code (%j)", async (flags) => {
    writeFileSync(join(root, "local", "end.ts"), "const code: number = 3;\nprocess.exitCode = code;\n");
    expect((await launch(["local/end.ts"], flags)).code).toBe(3);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "hands %s on to the program and waits for its end",
    async (name) => {
      writeFileSync(
        join(root, "local", "wait.ts"),
        `const timer = setInterval(() => undefined, 1000);
process.on("${name}", () => { clearInterval(timer); process.exitCode = 7; });
console.log("ready");\n`,
      );
      const { code } = await launch(["local/wait.ts"], [OLD], (pid) => process.kill(pid, name));
      expect(code).toBe(7);
    },
  );

  it("starts every npm script", () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")));
    const commands = Object.entries(scripts).flatMap(([name, text]) =>
      text.split("&&").map((command) => `${name}: ${command.trim()}`),
    );
    expect(commands.filter((line) => !/: node local\/run\.cjs /.test(line))).toEqual([
      "postinstall: node local/after-install.cjs",
    ]);
  });
});

/** A package of the tests' own, which npm installs without a network. */
function needHammer(version: string) {
  const files = {
    "hammer/package.json": { name: "hammer", version, bin: "./bin.mjs" },
    "tests/package.json": { type: "module", dependencies: { hammer: "file:../hammer" } },
    "tests/package-lock.json": {
      lockfileVersion: 3,
      requires: true,
      packages: {
        "": { dependencies: { hammer: "file:../hammer" } },
        "../hammer": { version, bin: { hammer: "bin.mjs" } },
        "node_modules/hammer": { resolved: "../hammer", link: true },
      },
    },
  };
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), JSON.stringify(content));
  }
  writeFileSync(join(root, "hammer", "bin.mjs"), 'console.log("knock");\n');
}

describe("what only tests and checks need", { timeout: 60_000 }, () => {
  const INSTALLING = "Installing what tests and checks need (once) ...\n";

  it.each([[[]], [[OLD]]])("is installed by the first tool of it that is run (%j)", async (flags) => {
    needHammer("1.0.0");
    expect(await launch(["hammer"], flags)).toEqual({ code: 0, stdout: "knock\n", stderr: INSTALLING });
    expect(await launch(["hammer"], flags)).toEqual({ code: 0, stdout: "knock\n", stderr: "" });
  });

  it("is installed by the first program in tests/, and by no other", async () => {
    needHammer("1.0.0");
    expect((await launch(["local/say.ts"])).stderr).toBe("");
    copyFileSync(join(root, "local", "say.ts"), join(root, "tests", "say.ts"));
    expect((await launch(["tests/say.ts"])).stderr).toBe(INSTALLING);
    expect((await launch(["tests/say.ts"])).stderr).toBe("");
  });

  it("is installed again where the lock file has changed", async () => {
    needHammer("1.0.0");
    await launch(["hammer"]);
    needHammer("1.0.1");
    expect((await launch(["hammer"])).stderr).toBe(INSTALLING);
    expect((await launch(["hammer"])).stderr).toBe("");
  });

  it("is not tried where the project itself is not installed", async () => {
    needHammer("1.0.0");
    rmSync(join(root, "node_modules"), { recursive: true });
    expect((await launch(["hammer"])).stderr).toBe("hammer is not installed: run npm ci\n");
  });

  it("is missed in one line where npm cannot bring it", async () => {
    needHammer("1.0.0");
    writeFileSync(
      join(root, "tests", "package.json"),
      '{ "dependencies": { "hammer": "file:../hammer", "anvil": "1.0.0" } }',
    );
    writeFileSync(join(root, "tests", ".npmrc"), "registry=http://127.0.0.1:9/\nfetch-retries=0\n");
    const { code, stdout, stderr } = await launch(["hammer"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.slice(INSTALLING.length)).toMatch(
      /^what tests and checks need cannot be installed \(npm ci in tests\): .+ECONNREFUSED.*\n$/,
    );
  });
});

describe("after an installation", () => {
  const install = (flags: readonly string[]) =>
    new Promise<string>((resolve) => {
      const child = spawn(process.execPath, [...flags, join("local", "after-install.cjs")], { cwd: root });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (chunk) => {
          output += chunk;
        });
      }
      child.on("close", (code) => resolve(`${output}${code}`));
    });
  const link = () => join(root, "node_modules", ".bin", "node");

  it("npx finds the Node that npm brought, where the machine's is too old and npm left no link", async () => {
    expect(await install([OLD])).toBe("0");
    expect(realpathSync(link())).toBe(realpathSync(packagedNode));
    expect(readlinkSync(link())).not.toContain(root);
  });

  it("a newer Node is left alone, and so is a link that is there", async () => {
    expect(await install([])).toBe("0");
    expect(existsSync(link())).toBe(false);
    symlinkSync("elsewhere", link());
    expect(await install([OLD])).toBe("0");
    expect(readlinkSync(link())).toBe("elsewhere");
  });

  it("the headers of the Node that npm brought are gone, and all else of it is there", async () => {
    const folder = join(root, "node_modules", basename(nodePackage));
    rmSync(folder);
    for (const file of ["include/node/node.h", "include/node/uv/unix.h", "bin/node", "bin/node.exe"]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), "");
    }
    const before = statSync(folder).mtimeMs;
    expect(await install([])).toBe("0");
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual([
      "bin",
      join("bin", "node"),
      join("bin", "node.exe"),
      "include",
    ]);
    expect(statSync(folder).mtimeMs).toBe(before);
  });

  it("the benchmark Worker's settings are the project's, as soon as there are any", async () => {
    expect(await install([])).toBe("0");
    writeFileSync(join(root, ".dev.vars"), "PROBE_REGION=weur");
    const file = join(root, "workers", "benchmark", ".dev.vars");
    expect(readFileSync(file, "utf8")).toBe("PROBE_REGION=weur");
    rmSync(file);
    writeFileSync(file, "PROBE_REGION=enam");
    expect(await install([])).toBe("0");
    expect(readFileSync(file, "utf8")).toBe("PROBE_REGION=enam");
  });
});
