import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, lstatSync, mkdirSync, realpathSync, statSync } from "node:fs";
import { chmod, chown, cp, mkdir, readdir, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve, sep } from "node:path";
import { codeOf, SetupError } from "../errors.ts";
import { projectRoot } from "../tools.ts";

/** Where `npm start` keeps its database. */
export const defaultDataDirectory = join(projectRoot, ".local", "supabase");

/** The account a server runs as when it is not ours. */
export interface ServerUser {
  name: string;
  uid: number;
  gid: number;
}

/** Where the parts of one embedded Supabase live. */
export interface Place {
  /** Keys, state and logs; belongs to whoever starts it. */
  dataDirectory: string;
  /** Holds the cluster (and, where needed, a copy of the binaries); belongs to the account Postgres runs as. */
  home: string;
  /** Postgres' own data directory. */
  cluster: string;
  /** Set when we are root: Postgres refuses to run as root. */
  user: ServerUser | undefined;
}

/** Finds the account for Postgres when we are root: `postgres` where there is one, else `nobody`. */
function findServerUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) =>
        Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
      const [uid, gid] = [id("-u"), id("-g")];
      if (uid > 0 && Number.isInteger(gid)) return { name, uid, gid };
    } catch {
      // No such account: the next one.
    }
  }
  throw new SetupError(
    "Postgres refuses to run as root and there is no user `postgres` or `nobody`: start as a normal user, or set SUPABASE_URL to a Supabase that runs elsewhere",
  );
}

/** True when another account may walk through every folder down to `path`. */
export function isReachable(path: string, user: ServerUser): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (stat !== undefined) {
      const bit = stat.uid === user.uid ? 0o100 : stat.gid === user.gid ? 0o010 : 0o001;
      if ((stat.mode & bit) === 0) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}

/**
 * Makes a data directory where there is none, and makes sure that we may use the one there is.
 * @returns its real path.
 */
export function claimDataDirectory(dataDirectory: string): string {
  const asked = resolve(dataDirectory);
  try {
    mkdirSync(asked, { recursive: true });
    const real = realpathSync(asked);
    accessSync(real, constants.R_OK | constants.W_OK | constants.X_OK);
    for (const file of ["keys.json", "postgres.log", "postgrest.log"]) {
      if (existsSync(join(real, file))) accessSync(join(real, file), constants.R_OK | constants.W_OK);
    }
    return real;
  } catch (error) {
    if (codeOf(error) === "ENOTDIR" || codeOf(error) === "EEXIST") {
      throw new SetupError(
        `${asked} cannot be made, since a file stands where a folder should: set LOCAL_DIRECTORY to another place`,
      );
    }
    if (codeOf(error) !== "EACCES" && codeOf(error) !== "EPERM" && codeOf(error) !== "EROFS") throw error;
    throw new SetupError(
      `${asked} cannot be written to (was it made with sudo?): sudo chown -R "$(id -un)" "${asked}", or remove it`,
    );
  }
}

/**
 * Decides where an embedded Supabase lives. The data directory itself stays where it was asked for. As root, and
 * under a folder that the account for Postgres cannot enter (a checkout in /root), the cluster goes to a folder
 * of its own: /var/lib/benchmark-engine-<hash of the data directory>, for a temporary one beside it in the
 * system's temporary folder. An existing cluster is moved along, so nothing may run in it.
 */
export async function findPlace(dataDirectory: string): Promise<Place> {
  const real = claimDataDirectory(dataDirectory);
  const user = findServerUser();
  const inside = join(real, "postgres");
  const outside = outsideHome(real);
  let home = inside;
  if (user === undefined) {
    await makeOwn(home);
  } else {
    refuseForeign(join(inside, "data"), user);
    // The folder itself may be passed through; what is secret in it has rights of its own.
    await chmod(real, statSync(real).mode | 0o011);
    if (existsSync(join(outside, "data")) || !isReachable(real, user)) home = outside;
    claim(home, user);
    if (home === outside && existsSync(join(inside, "data")))
      await move(join(inside, "data"), join(home, "data"));
    await chown(home, user.uid, user.gid);
  }
  return { dataDirectory: real, home, cluster: join(home, "data"), user };
}

/** Root runs Postgres as someone else, who could not use a cluster that a normal user made. */
function refuseForeign(cluster: string, user: ServerUser): void {
  const owner = statSync(cluster, { throwIfNoEntry: false })?.uid;
  if (owner === undefined || owner === user.uid) return;
  throw new SetupError(
    `the database in ${cluster} belongs to user ${owner}: start as that user, without sudo, or npm run supabase:reset`,
  );
}

function outsideHome(dataDirectory: string): string {
  const hash = createHash("sha256").update(dataDirectory).digest("hex").slice(0, 16);
  const temporary = realpathSync(tmpdir());
  const base = dataDirectory.startsWith(temporary + sep) ? temporary : "/var/lib";
  return join(base, `benchmark-engine-${hash}`);
}

/** Makes a folder for the server's account, or makes sure that the one there was not laid by someone else. */
function claim(folder: string, user: ServerUser): void {
  try {
    mkdirSync(folder, { mode: 0o700, recursive: false });
    return;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") {
      throw new SetupError(
        `no folder for the database can be made at ${folder} (${codeOf(error)}): start as a normal user, or move the project to a folder that user ${user.name} may enter`,
      );
    }
  }
  const stat = lstatSync(folder);
  if (!stat.isDirectory() || (stat.uid !== user.uid && stat.uid !== 0)) {
    throw new SetupError(`${folder} belongs to someone else: remove it and start again`);
  }
}

async function makeOwn(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  const uid = process.getuid?.();
  if (uid !== undefined && stat.uid !== uid) {
    throw new SetupError(
      `${folder} belongs to another user (was it made with sudo?): sudo chown -R "$(id -un)" "${dirname(folder)}", or remove it`,
    );
  }
}

/** Renames, or copies where the two places are on different disks. */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (codeOf(error) !== "EXDEV") throw error;
    await cp(from, to, { recursive: true, preserveTimestamps: true });
    const stat = lstatSync(from);
    await chmodTree(to, (mode, directory) => (directory ? 0o700 : mode & 0o600), stat);
    await rm(from, { recursive: true, force: true });
  }
}

/** Removes all a data directory holds, the cluster elsewhere included. Nothing may run in it. */
export async function removePlace(dataDirectory: string): Promise<void> {
  if (!existsSync(dataDirectory)) return;
  const real = realpathSync(dataDirectory);
  await removeTree(outsideHome(real));
  await removeTree(real);
}

/** Removes a folder that an ending process may still be writing into: a killed server's backends outlive it. */
export async function removeTree(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/**
 * Copies the Postgres binaries to where the server's account can read them, with the library links that an
 * install without scripts leaves out.
 */
export async function copyNative(
  native: string,
  to: string,
  links: readonly { source: string; target: string }[],
) {
  const partial = `${to}.partial-${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  // Static libraries (.a) are for linking programs, not for running them.
  await cp(native, partial, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (file) => !file.endsWith(".a"),
  });
  await chmodTree(partial, (mode, directory) => (directory || (mode & 0o100) !== 0 ? 0o755 : 0o644));
  for (const { source, target } of links) {
    const link = join(partial, target.replace(/^native\//, ""));
    if (link.endsWith(".a") || existsSync(link)) continue;
    await symlink(source.slice(source.lastIndexOf("/") + 1), link);
  }
  await rm(to, { recursive: true, force: true });
  await rename(partial, to);
}

async function chmodTree(
  folder: string,
  modeOf: (mode: number, directory: boolean) => number,
  owner?: { uid: number; gid: number },
): Promise<void> {
  const apply = async (path: string) => {
    const stat = lstatSync(path);
    if (stat.isSymbolicLink()) return;
    await chmod(path, modeOf(stat.mode, stat.isDirectory()));
    if (owner !== undefined) await chown(path, owner.uid, owner.gid);
  };
  await apply(folder);
  for (const entry of await readdir(folder, { recursive: true })) await apply(join(folder, entry));
}
