import { createHash } from 'node:crypto';
import {
  type Entry,
  encodeEntryContent,
  entryKind,
  MessageServiceDefinition,
  toWireSeq,
} from '@chat/protocol';
import { createGrpcClient } from '@chat/protocol/grpc';

const PAGE = 100;
/** More pages than any test writes. */
const MAX_PAGES = 10_000;

/** Reads the whole log of a room over plain gRPC, past every gateway and SDK. */
export async function readRoomLog(
  grpcAddress: string,
  accessToken: string,
  roomId: string,
): Promise<readonly Entry[]> {
  const client = createGrpcClient(MessageServiceDefinition, grpcAddress);
  const metadata = { authorization: `Bearer ${accessToken}` };
  const entries: Entry[] = [];
  try {
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const response = await client.listEntries(
        {
          roomId,
          anchor: { $case: 'afterSeq', value: toWireSeq(entries.length) },
          limit: PAGE,
        },
        { metadata },
      );
      entries.push(...response.entries);
      if (response.entries.length === 0 || response.head?.seq === toWireSeq(entries.length)) break;
    }
  } finally {
    client.close();
  }
  return entries;
}

/** The faults of a log in words: holes, wrong order, a broken hash chain. Empty when it is whole. */
export function faultsOfLog(entries: readonly Entry[]): readonly string[] {
  const faults: string[] = [];
  let previous = Buffer.alloc(32);
  entries.forEach((entry, index) => {
    const seq = index + 1;
    if (entry.seq !== toWireSeq(seq)) faults.push(`entry ${index} has seq ${entry.seq}`);
    const expected = chainHash(previous, entry);
    if (!expected.equals(entry.hash)) faults.push(`the hash of entry ${seq} is wrong`);
    previous = expected;
  });
  return faults;
}

function chainHash(previous: Buffer, entry: Entry): Buffer<ArrayBuffer> {
  const { content } = entry;
  if (content === undefined) throw new Error(`entry ${entry.seq} has no content`);
  const seq = Buffer.alloc(8);
  seq.writeBigUInt64BE(entry.seq);
  const contentHash =
    entry.contentHash.length > 0
      ? entry.contentHash
      : createHash('sha256').update(encodeEntryContent(content)).digest();
  return createHash('sha256')
    .update(previous)
    .update(seq)
    .update(Buffer.of(entryKind(content)))
    .update(contentHash)
    .digest();
}
