import { randomBytes, randomInt } from "node:crypto";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { SignJWT } from "jose";
import { z } from "zod";
import { codeOf, SetupError } from "../errors.ts";

const Keys = z.object({
  /** Signs the JWTs that PostgREST believes (HS256). */
  jwtSecret: z.string().min(32),
  /** The key of the reading role, new style: sb_publishable_…. */
  publishable: z.string().startsWith("sb_publishable_"),
  /** The key of the writing role, new style: sb_secret_…. */
  secret: z.string().startsWith("sb_secret_"),
  /** The same two as JWTs, old style. */
  anonJwt: z.string().min(1),
  serviceRoleJwt: z.string().min(1),
  /** Passwords of the database roles. */
  superuserPassword: z.string().min(16),
  postgresPassword: z.string().min(16),
  authenticatorPassword: z.string().min(16),
});

/** All secrets of one data directory. */
export type Keys = z.infer<typeof Keys>;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const TEN_YEARS_S = 10 * 365 * 24 * 3600;

function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join("");
}

/** A JWT as hosted projects hand out for a role, valid for ten years. */
export async function signRole(jwtSecret: string, role: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ role, iss: "supabase" })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuedAt(now)
    .setExpirationTime(now + TEN_YEARS_S)
    .sign(new TextEncoder().encode(jwtSecret));
}

/** New random keys. */
export async function makeKeys(): Promise<Keys> {
  const jwtSecret = randomBytes(32).toString("hex");
  return {
    jwtSecret,
    publishable: `sb_publishable_${randomText(22)}_${randomText(8)}`,
    secret: `sb_secret_${randomText(22)}_${randomText(8)}`,
    anonJwt: await signRole(jwtSecret, "anon"),
    serviceRoleJwt: await signRole(jwtSecret, "service_role"),
    superuserPassword: randomText(32),
    postgresPassword: randomText(32),
    authenticatorPassword: randomText(32),
  };
}

/**
 * The keys kept in a file; null when there is none.
 * @throws SetupError when the file holds anything but keys.
 */
export async function readKeys(file: string): Promise<Keys | null> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
  try {
    return Keys.parse(JSON.parse(text));
  } catch {
    throw new SetupError(`${file} is damaged: npm run supabase:reset makes a new one`);
  }
}

/** Writes the keys so that only their owner can read them. */
export async function writeKeys(file: string, keys: Keys): Promise<void> {
  await writeFile(file, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  // `mode` counts only for a file that is made now.
  await chmod(file, 0o600);
}
