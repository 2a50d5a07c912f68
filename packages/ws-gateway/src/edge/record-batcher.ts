import { relay } from '@chat/protocol';

/** Bounds of one message on the relay stream and of the queue in front of it. */
export interface BatcherLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** What may wait while the stream does not take more. */
  readonly maxQueuedBytes: number;
}

/** A hundred records cost little more than one; 64 KiB is one HTTP/2 window of small peers. */
export const DEFAULT_BATCHER_LIMITS: BatcherLimits = {
  maxRecords: 100,
  maxBytes: 65_536,
  maxQueuedBytes: 16 * 1024 * 1024,
};

/** Bytes of a record besides its payload, rounded up. */
const RECORD_OVERHEAD_BYTES = 32;

/** Gathers records into messages. Pure: it neither sends nor waits. */
export interface RecordBatcher {
  /** False when the queue is full: the record was not taken. */
  add(record: relay.GatewayRecord): boolean;
  /** The next serialized RelayRequest; undefined when nothing waits. */
  next(): Uint8Array | undefined;
  readonly queuedBytes: number;
}

/** Makes an empty batcher. */
export function createRecordBatcher(limits: BatcherLimits): RecordBatcher {
  let queue: relay.GatewayRecord[] = [];
  let start = 0;
  let queuedBytes = 0;
  return {
    add(record) {
      const bytes = recordBytes(record);
      if (queuedBytes + bytes > limits.maxQueuedBytes) return false;
      queue.push(record);
      queuedBytes += bytes;
      return true;
    },
    next() {
      const records: relay.GatewayRecord[] = [];
      let bytes = 0;
      while (start < queue.length && records.length < limits.maxRecords) {
        const record = queue[start];
        if (record === undefined) break;
        const size = recordBytes(record);
        if (records.length > 0 && bytes + size > limits.maxBytes) break;
        records.push(record);
        bytes += size;
        start += 1;
      }
      queuedBytes -= bytes;
      if (start === queue.length) {
        queue = [];
        start = 0;
      }
      return records.length === 0 ? undefined : relay.RelayRequest.encode({ records }).finish();
    },
    get queuedBytes() {
      return queuedBytes;
    },
  };
}

function recordBytes({ record }: relay.GatewayRecord): number {
  if (record?.$case === 'command') return record.value.length + RECORD_OVERHEAD_BYTES;
  if (record?.$case === 'attach' || record?.$case === 'reattach') {
    return record.value.token.length + record.value.client.length + 2 * RECORD_OVERHEAD_BYTES;
  }
  return RECORD_OVERHEAD_BYTES;
}
