/** Called for each entry with the bytes it lies in. */
export type EntryHandler = (buffer: Buffer, start: number, end: number) => void;

const ROOM_ENTRIES_ENTRY = 0x12; // RoomEntries.entries = 2, length-delimited

/**
 * Walks a serialized RoomEntries without decoding it, and answers how many entries it holds.
 * A decoder would make the generator dearer than the gateway.
 */
export function countEntries(
  buffer: Buffer,
  start: number,
  end: number,
  onEntry: EntryHandler | undefined,
): number {
  let at = start;
  let count = 0;
  while (at < end) {
    const tag = buffer[at] ?? 0;
    let length = 0;
    let shift = 0;
    at += 1;
    for (;;) {
      const byte = buffer[at] ?? 0;
      at += 1;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80 || shift > 21) break;
      shift += 7;
    }
    if (tag === ROOM_ENTRIES_ENTRY) {
      count += 1;
      onEntry?.(buffer, at, at + length);
    }
    at += length;
  }
  return count;
}
