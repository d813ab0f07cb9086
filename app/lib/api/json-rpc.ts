/** A message is a question of a few hundred characters. */
const MOST_BYTES = 32_768;

/** The body of a request as JSON, and no more of it than a message may have. */
export async function readMessage(
  request: Request,
): Promise<{ ok: true; value: unknown } | { ok: false; status: 400 | 413; detail: string }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > MOST_BYTES)
      return { ok: false, status: 413, detail: `A message has at most ${MOST_BYTES} bytes.` };
    chunks.push(chunk);
  }
  try {
    const bytes = new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    // The protocol has no batches any more; one would ask many questions for the price of one.
    if (Array.isArray(value)) return { ok: false, status: 400, detail: "Send one message at a time." };
    return { ok: true, value };
  } catch {
    return { ok: false, status: 400, detail: "The body must be JSON." };
  }
}
