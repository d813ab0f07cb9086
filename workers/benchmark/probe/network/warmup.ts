import type { ProbeEnvironment, ProbeRequest } from "../types.ts";

const WARMUP_MS = 5_000;
const WARMUP_BYTES = 2 * 1024 * 1024;

/**
 * Opens the connection that the measured request then uses, so that TTFT compares models and not handshakes:
 * an unmeasured GET to the same host, read to its end, because only a body that was read to its end leaves an
 * HTTP/1.1 connection usable; cancelling closes it, and happens only beyond 5 s or 2 MiB. What is answered does
 * not matter, and a failure is the measured request's to report.
 *
 * Returns how long it took, in milliseconds.
 */
export async function openConnection(request: ProbeRequest, environment: ProbeEnvironment): Promise<number> {
  // Called as a plain function: as a method of another object workerd refuses it ("Illegal invocation").
  const { fetch, now } = environment;
  await nextTask();
  const startedAt = now();
  const controller = new AbortController();
  let stop = (): void => controller.abort();
  const stopped = new Promise<void>((resolve) => {
    stop = () => {
      controller.abort();
      resolve();
    };
  });
  const timer = setTimeout(() => stop(), WARMUP_MS);
  const exchange = async (): Promise<void> => {
    const response = await fetch(request.baseUrl + request.provider.warmupPath, {
      headers: request.provider.headers(request.apiKey),
      redirect: "manual",
      signal: controller.signal,
    });
    await discard(response, () => stop());
  };
  try {
    await Promise.race([exchange().catch(ignored), stopped]);
  } finally {
    clearTimeout(timer);
  }
  const tookMs = now() - startedAt;
  await nextTask();
  return tookMs;
}

/**
 * Node's fetch takes a connection for busy until the task in which its body ended, or was cancelled by the
 * measurement before, is over. A request made within that task goes to another connection: the warm-up would
 * open one and the measurement use the other. A test counts the sockets.
 */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

async function discard(response: Response, tooMuch: () => void): Promise<void> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    bytes += value.byteLength;
    if (bytes > WARMUP_BYTES) {
      tooMuch();
      reader.cancel().catch(ignored);
      return;
    }
  }
}

/** The outcome of a warm-up is of no interest: whatever failed, the measured request will tell. */
function ignored(): void {}
