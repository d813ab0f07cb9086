import * as z from "zod";
import { optionalSetting, setting } from "../workers/settings/setting.ts";
import { address } from "../workers/settings/values.ts";

const port = z
  .string()
  .regex(/^\d{1,5}$/, "must be a port number from 1 to 65535")
  .transform(Number)
  .refine((value) => value >= 1 && value <= 65_535, "must be a port number from 1 to 65535");

/** Read on this machine only: by the local stack, the terminal and the tests. */
export const machineSettings = {
  DASHBOARD_PORT: setting({ sentence: "Port of the dashboard.", schema: port, default: "8787" }),
  BENCHMARK_PORT: setting({ sentence: "Port of the benchmark Worker.", schema: port, default: "8788" }),
  SUPABASE_PORT: setting({ sentence: "Port of the embedded Supabase.", schema: port, default: "54321" }),
  LOCAL_DIRECTORY: setting({
    sentence: "Where the embedded database and the Workers' state are kept.",
    schema: z.string(),
    default: ".local",
  }),
  LOG_DIRECTORY: setting({
    sentence: "Where errors and undelivered results are written.",
    schema: z.string(),
    default: "logs",
  }),
  POSTGREST_BIN: optionalSetting({
    sentence: "A PostgREST program, where npm has none for your platform.",
    schema: z.string(),
    unset: "npm's, else the one on the PATH, else PostgREST's own release, which the first start fetches",
  }),
  POSTGREST_URL: optionalSetting({
    sentence: "Where to fetch that release from (a .tar.xz, on Windows a .zip), such as a mirror.",
    schema: address,
    unset: "github.com",
  }),
  POSTGREST_SHA256: optionalSetting({
    sentence: "SHA-256 of the file at POSTGREST_URL.",
    schema: z.string().regex(/^[0-9a-f]{64}$/i, "must be 64 hexadecimal digits"),
    unset: "the one that GitHub names for its file",
  }),
  CHROME_BIN: optionalSetting({
    sentence: "A Chromium for the browser tests; set it in the environment.",
    schema: z.string(),
    unset: "the one found on this machine",
  }),
};
