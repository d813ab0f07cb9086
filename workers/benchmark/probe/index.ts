export { interrupted } from "./interrupted.ts";
export { measure, warmCodePath } from "./measure.ts";
export { BENCHMARK_PROMPT, promptVersion, SHORT_PROMPT } from "./prompts.ts";
export { redact } from "./redact.ts";
export { PROBE_VERSION } from "./row.ts";
export type {
  Deadlines,
  ErrorKind,
  Measurement,
  Price,
  ProbeEnvironment,
  ProbeOutcome,
  ProbeRequest,
  PromptName,
} from "./types.ts";
export { ERROR_KINDS } from "./types.ts";
