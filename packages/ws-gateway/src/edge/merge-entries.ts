// Several RoomEntries events of one room become one, without decoding an entry: the
// serialized entries stand behind the room id and may be put behind each other.

/** Entries of a room as the server sent them. */
export interface RoomEntriesBatch {
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Serialized chat.v1.ChatResponse with room_entries. */
  readonly event: Uint8Array;
}

// ChatResponse.room_entries = 5, RoomEntries.room_id = 1; both length-delimited.
const ROOM_ENTRIES_TAG = (5 << 3) | 2;
const ROOM_ID_TAG = (1 << 3) | 2;
/** One frame stays small enough for every client's frame limit. */
const MAX_MERGED_BYTES = 48 * 1024;

/**
 * Joins neighbours that are contiguous, up to 48 KiB each. An event of another shape
 * (fields in another order, unknown fields) is left alone, so nothing is ever lost.
 */
export function mergeEntries(batches: readonly RoomEntriesBatch[]): RoomEntriesBatch[] {
  const [only] = batches;
  if (batches.length < 2) return only === undefined ? [] : [only];
  const merged: RoomEntriesBatch[] = [];
  let run: RoomEntriesBatch[] = [];
  let runBytes = 0;
  const finishRun = (): void => {
    if (run.length > 0) merged.push(joinRun(run) ?? missingRun());
    run = [];
    runBytes = 0;
  };
  for (const batch of batches) {
    const previous = run.at(-1);
    const fits =
      previous !== undefined &&
      previous.lastSeq + 1 === batch.firstSeq &&
      runBytes + batch.event.length <= MAX_MERGED_BYTES &&
      entriesStart(previous.event) !== undefined &&
      entriesStart(batch.event) !== undefined;
    if (!fits) finishRun();
    run.push(batch);
    runBytes += batch.event.length;
  }
  finishRun();
  return merged;
}

function joinRun(run: readonly RoomEntriesBatch[]): RoomEntriesBatch | undefined {
  const first = run[0];
  const last = run.at(-1);
  if (first === undefined || last === undefined || run.length === 1) return first;
  const parts: Uint8Array[] = [];
  let bodyBytes = 0;
  for (const [index, { event }] of run.entries()) {
    const start = entriesStart(event);
    if (start === undefined) return undefined;
    const part = event.subarray(index === 0 ? start.roomIdAt : start.entriesAt);
    parts.push(part);
    bodyBytes += part.length;
  }
  const head = [ROOM_ENTRIES_TAG, ...varint(bodyBytes)];
  const event = new Uint8Array(head.length + bodyBytes);
  event.set(head);
  let at = head.length;
  for (const part of parts) {
    event.set(part, at);
    at += part.length;
  }
  return { firstSeq: first.firstSeq, lastSeq: last.lastSeq, event };
}

function missingRun(): never {
  throw new Error('a run of entries was joined that had been checked to be joinable');
}

function entriesStart(event: Uint8Array): { roomIdAt: number; entriesAt: number } | undefined {
  if (event[0] !== ROOM_ENTRIES_TAG) return undefined;
  const body = readVarint(event, 1);
  if (body === undefined || body.end + body.value !== event.length) return undefined;
  if (event[body.end] !== ROOM_ID_TAG) return undefined;
  const roomId = readVarint(event, body.end + 1);
  if (roomId === undefined) return undefined;
  const entriesAt = roomId.end + roomId.value;
  return entriesAt <= event.length ? { roomIdAt: body.end, entriesAt } : undefined;
}

function readVarint(bytes: Uint8Array, at: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let i = 0; i < 4; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return undefined;
    value |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) return { value, end: at + i + 1 };
  }
  return undefined;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}
