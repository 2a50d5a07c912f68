import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { ChatResponse } from '@chat/protocol';
import type { StoredEntry } from '../ports/room-log.ts';

/** Any event but room_entries, as serialized ChatResponse. */
export function encodeEvent(event: NonNullable<ChatResponse['event']>): Uint8Array {
  return ChatResponse.encode({ event }).finish();
}

// Tags of the wire format: (field number << 3) | 2.
const ROOM_ENTRIES_TAG = (5 << 3) | 2;
const ROOM_ID_TAG = (1 << 3) | 2;
const ENTRY_TAG = (2 << 3) | 2;

/** A RoomEntries event put together from entries that are encoded already: no entry is decoded or encoded again. */
export function encodeRoomEntries(roomId: string, entries: readonly StoredEntry[]): Uint8Array {
  const writer = new BinaryWriter().uint32(ROOM_ENTRIES_TAG).fork();
  writer.uint32(ROOM_ID_TAG).string(roomId);
  for (const entry of entries) writer.uint32(ENTRY_TAG).bytes(entry.bytes);
  return writer.join().finish();
}

/** Largest run of entries in one event: half a frame, so that every socket takes it beside other frames. */
const MAX_EVENT_BYTES = 32_768;
/** Most entries of one event. */
const MAX_EVENT_ENTRIES = 100;

/** Cuts a contiguous run into events of at most 100 entries or 32 KiB, each with at least one entry. */
export function* eventRuns(entries: readonly StoredEntry[]): Generator<readonly StoredEntry[]> {
  let start = 0;
  let bytes = 0;
  for (let index = 0; index < entries.length; index += 1) {
    const size = entries[index]?.bytes.length ?? 0;
    if (index > start && (bytes + size > MAX_EVENT_BYTES || index - start >= MAX_EVENT_ENTRIES)) {
      yield entries.slice(start, index);
      start = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (start < entries.length) yield entries.slice(start);
}
