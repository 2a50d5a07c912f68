import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { relay } from '@chat/protocol';

/** Records of one gRPC message at most. */
const MAX_RECORDS = 100;
/** Bytes of one gRPC message, beyond which no record is added. */
const MAX_MESSAGE_BYTES = 65_536;
// Tag of RelayResponse.records.
const RECORDS_TAG = (1 << 3) | 2;

/** A record of a link. */
export type ServerRecord = NonNullable<relay.ServerRecord['record']>;

/** Encodes a record; the same bytes may go to many links. */
export function encodeRecord(record: ServerRecord): Uint8Array {
  return relay.ServerRecord.encode({ record }).finish();
}

/** Gathers the records of one tick and sends them in few messages, in order. */
export class RecordWriter {
  readonly #write: (message: Buffer) => void;
  #records: Uint8Array[] = [];
  #bytes = 0;
  #scheduled = false;

  constructor(write: (message: Buffer) => void) {
    this.#write = write;
  }

  /** Bytes that wait for the end of the tick. */
  get gatheredBytes(): number {
    return this.#bytes;
  }

  /** Adds an encoded record. */
  add(record: Uint8Array): void {
    this.#records.push(record);
    this.#bytes += record.length;
    if (this.#bytes >= MAX_MESSAGE_BYTES || this.#records.length >= MAX_RECORDS) {
      this.flush();
    } else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.flush();
      });
    }
  }

  /** Sends what was gathered. */
  flush(): void {
    if (this.#records.length === 0) return;
    const writer = new BinaryWriter();
    for (const record of this.#records) writer.uint32(RECORDS_TAG).bytes(record);
    this.#records = [];
    this.#bytes = 0;
    const message = writer.finish();
    this.#write(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
  }
}
