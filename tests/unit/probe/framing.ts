/** A reproducible source of numbers in [0, 1): mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The bytes in pieces of random length, single bytes among them, wherever the cuts fall. */
export function cutAtRandom(bytes: Uint8Array, random: () => number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  // Mostly small cuts for small bodies; large bodies would take thousands of reads otherwise.
  const longest = Math.max(4, Math.ceil(bytes.byteLength / 150));
  let start = 0;
  while (start < bytes.byteLength) {
    const length = random() < 0.3 ? 1 : 1 + Math.floor(random() * longest);
    parts.push(bytes.slice(start, start + length));
    start += length;
  }
  return parts;
}

/** Every byte alone. */
export function byteByByte(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}
