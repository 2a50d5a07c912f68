import { CloseCode, ERROR_TABLE, type ErrorCode, LIMITS, toWireSeq } from '@chat/protocol';
import type { StreamWriter } from '@chat/protocol/grpc';
import type { EventLane, RoomBatchBytes, RoomSignalBytes, Sink } from '../live/sink.ts';
import { encodeRecord, RecordWriter, type ServerRecord } from './record-writer.ts';

/** What a link may hold for a gateway that stalls: many sockets share it. */
export const MAX_LINK_QUEUE_BYTES = 4 * LIMITS.maxOutboxBytes;
/** Replays pause and passing events are dropped beyond this. */
const BUSY_BYTES = LIMITS.maxOutboxBytes;

/** The link to one gateway as the hub sees it. */
export interface RelaySink extends Sink {
  /** Sends any record in its turn. */
  send(record: ServerRecord): void;
}

// A batch goes to every link with the same bytes, and links are few: one slot is enough.
let lastBatch: { readonly batch: RoomBatchBytes; readonly record: Uint8Array } | undefined;

/** Makes the sink of a link. `onClosed` is told of each session the hub ends. */
export function createRelaySink(
  writer: StreamWriter<Buffer>,
  onClosed: (session: number) => void,
): RelaySink {
  const records = new RecordWriter((message) => void writer.write(message));
  const busy = () => writer.queuedBytes + records.gatheredBytes > BUSY_BYTES;
  const send = (record: ServerRecord) => records.add(encodeRecord(record));
  return {
    send,
    roomBatch(batch) {
      if (lastBatch?.batch !== batch) lastBatch = { batch, record: encodeBatch(batch) };
      records.add(lastBatch.record);
    },
    roomJoin: (session, roomId, afterSeq) =>
      send({ $case: 'roomJoin', value: { session, roomId, afterSeq: toWireSeq(afterSeq) } }),
    roomLeave: (session, roomId) => send({ $case: 'roomLeave', value: { session, roomId } }),
    roomSignal(signal: RoomSignalBytes) {
      if (!busy()) send({ $case: 'roomSignal', value: signal });
    },
    sessionEvent(session, event, lane) {
      const ephemeral = lane.kind === 'ephemeral';
      if (ephemeral && busy()) return;
      send({ $case: 'sessionEvent', value: { session, event, ephemeral, ...durableLane(lane) } });
    },
    sessionClosed(session, code) {
      send(closedRecord(session, code));
      onClosed(session);
    },
    busy,
    drained: () => writer.drained(),
  };
}

/** A session that ended, or was refused, for the reason of an error. */
export function closedRecord(session: number, code: ErrorCode): ServerRecord {
  const closeCode = ERROR_TABLE[code].closeCode ?? CloseCode.OVERLOADED;
  return { $case: 'sessionClosed', value: { session, closeCode, reason: code } };
}

function encodeBatch({ roomId, firstSeq, lastSeq, event }: RoomBatchBytes): Uint8Array {
  return encodeRecord({
    $case: 'roomBatch',
    value: { roomId, firstSeq: toWireSeq(firstSeq), lastSeq: toWireSeq(lastSeq), event },
  });
}

function durableLane(lane: EventLane) {
  if (lane.kind === 'room') return { roomId: lane.roomId, lastSeq: toWireSeq(lane.lastSeq) };
  return { roomId: '', lastSeq: 0n };
}
