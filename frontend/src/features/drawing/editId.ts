/** How an edit's id is made. */

let last_ms = 0;
let count = 0;

/** A UUIDv7 (RFC 9562): ids of one page sort in the order in which they were made, whatever the clock does. */
export function newEditId(now_ms: number = Date.now()): string {
  if (now_ms > last_ms) {
    last_ms = now_ms;
    count = 0;
  } else {
    count += 1;
    if (count > 0xfff) {
      last_ms += 1;
      count = 0;
    }
  }
  const random = crypto.getRandomValues(new Uint8Array(8));
  random[0] = 0x80 | ((random[0] ?? 0) & 0x3f);
  const hex = [
    last_ms.toString(16).padStart(12, '0'),
    `7${count.toString(16).padStart(3, '0')}`,
    ...Array.from(random, (byte) => byte.toString(16).padStart(2, '0')),
  ].join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
