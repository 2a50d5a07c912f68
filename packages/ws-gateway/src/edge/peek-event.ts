import { ChatRequest, ChatResponse } from '@chat/protocol';

/** What the edge must know of an event for one session; everything else passes unseen. */
export type EventPeek =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'opened';
      readonly roomId: string;
      readonly seq: number;
      readonly epoch: string;
    }
  | { readonly kind: 'stopped'; readonly roomId: string }
  | { readonly kind: 'other' };

const OTHER: EventPeek = { kind: 'other' };
const READY: EventPeek = { kind: 'ready' };

// First byte of a ChatResponse: field number of the event case, wire type 2.
const READY_TAG = (1 << 3) | 2;
const RARE_TAGS: ReadonlySet<number> = new Set([4, 6, 7, 8].map((field) => (field << 3) | 2));

/** Looks at the first byte; decodes only the rare events that move a session's position. */
export function peekEvent(event: Uint8Array): EventPeek {
  const tag = event[0] ?? 0;
  if (tag === READY_TAG) return READY;
  if (!RARE_TAGS.has(tag)) return OTHER;
  const decoded = ChatResponse.decode(event).event;
  switch (decoded?.$case) {
    case 'opened': {
      const { roomId, after } = decoded.value;
      return { kind: 'opened', roomId, seq: Number(after?.seq ?? 0n), epoch: after?.epoch ?? '' };
    }
    case 'lagging':
    case 'resync':
    case 'roomClosed':
      return { kind: 'stopped', roomId: decoded.value.roomId };
    default:
      return OTHER;
  }
}

/** A place in a room that a session has reached. */
export interface RoomPosition {
  readonly roomId: string;
  readonly epoch: string;
  readonly seq: number;
}

/** Most rooms in one Subscribe, from chat_service.proto. */
const MAX_ROOMS_PER_SUBSCRIBE = 100;

/** Serialized Subscribe commands without an answer (request_id 0), one per 100 rooms. */
export function encodeSubscribes(positions: readonly RoomPosition[]): Uint8Array[] {
  const commands: Uint8Array[] = [];
  for (let i = 0; i < positions.length; i += MAX_ROOMS_PER_SUBSCRIBE) {
    const rooms = positions.slice(i, i + MAX_ROOMS_PER_SUBSCRIBE).map((position) => ({
      roomId: position.roomId,
      after: { epoch: position.epoch, seq: BigInt(position.seq) },
      maxReplay: 0,
    }));
    const command = { $case: 'subscribe' as const, value: { rooms } };
    commands.push(ChatRequest.encode({ requestId: 0, command }).finish());
  }
  return commands;
}

/** Serialized Unsubscribe command without an answer. */
export function encodeUnsubscribe(roomId: string): Uint8Array {
  const command = { $case: 'unsubscribe' as const, value: { roomIds: [roomId] } };
  return ChatRequest.encode({ requestId: 0, command }).finish();
}

/** Serialized Lagging event. */
export function encodeLagging(roomId: string, headSeq: number): Uint8Array {
  const value = { roomId, headSeq: BigInt(headSeq) };
  return ChatResponse.encode({ event: { $case: 'lagging', value } }).finish();
}
