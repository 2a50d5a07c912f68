import {
  ChatRequest,
  ChatResponse,
  Entry,
  frameCost,
  GrpcStatus,
  ListEntriesRequest,
  ListEntriesResponse,
  ListMyRoomsResponse,
  type Message,
  type RoomCursor,
  Role,
  RoomKind,
  type SendMessageRequest,
} from '@chat/protocol';
import type { SeededRandom } from '@chat/testing';
import type { GatewayCall } from './scripted-gateway.ts';

/** What goes wrong, as probabilities. */
export interface Faults {
  /** A send is committed, then the stream ends before its answer. */
  readonly lostAck: number;
  /** A send is answered with a passing error instead of being committed. */
  readonly busy: number;
  /** The answer comes before, not behind, the entry. */
  readonly ackFirst: number;
  /** Entries are sent twice. */
  readonly duplicate: number;
  /** Entries are left out: a gap, or Lagging. */
  readonly skip: number;
  /** A unary call ends UNAVAILABLE. */
  readonly unary: number;
}

/** One user of the model. */
export interface ModelUser {
  readonly userId: string;
  readonly displayName: string;
}

interface ModelRoom {
  readonly roomId: string;
  readonly log: Entry[];
  /** client_message_id of each sender → seq. */
  readonly accepted: Map<string, number>;
}

interface ModelStream {
  readonly call: GatewayCall;
  readonly user: ModelUser;
  readonly subscribed: Map<string, number>;
  ready: boolean;
}

/** The server as clients see it: logs, idempotent sends, streams. It is right; what carries its words is not. */
export function createServerModel(
  random: SeededRandom,
  faults: Faults,
  roomIds: readonly string[],
) {
  const rooms = new Map<string, ModelRoom>(
    roomIds.map((roomId) => [roomId, { roomId, log: [], accepted: new Map() }]),
  );
  const streams = new Set<ModelStream>();
  const epoch = 'epoch-1';
  let quiet = false;

  const happens = (fault: keyof Faults): boolean => !quiet && random.chance(faults[fault]);

  const roomOf = (roomId: string): ModelRoom => {
    const room = rooms.get(roomId);
    if (room === undefined) throw new Error(`no room ${roomId}`);
    return room;
  };

  const tell = (stream: ModelStream, event: ChatResponse['event']): void =>
    stream.call.message(ChatResponse.encode({ event }).finish());

  const append = (roomId: string, user: ModelUser, content: Entry['content']): number => {
    const room = roomOf(roomId);
    const seq = room.log.length + 1;
    room.log.push({
      ...Entry.create(),
      seq: BigInt(seq),
      time: { seconds: BigInt(seq), nanos: 0 },
      actorId: user.userId,
      actorName: user.displayName,
      content,
    });
    return seq;
  };

  /** Sends each subscriber what it has not been sent, more or less. */
  const fanOut = (roomId: string): void => {
    for (const stream of streams) deliver(stream, roomId);
  };

  const deliver = (stream: ModelStream, roomId: string): void => {
    const sent = stream.subscribed.get(roomId);
    const { log } = roomOf(roomId);
    if (!stream.ready || sent === undefined || sent >= log.length) return;
    if (happens('skip')) {
      if (random.chance(0.5)) {
        // [SUB5] Lagging: nothing more until the client subscribes again.
        stream.subscribed.delete(roomId);
        tell(stream, { $case: 'lagging', value: { roomId, headSeq: BigInt(log.length) } });
        return;
      }
      stream.subscribed.set(roomId, sent + 1);
      deliver(stream, roomId);
      return;
    }
    const from = happens('duplicate') ? Math.max(0, sent - random.int(4)) : sent;
    const entries = log.slice(from);
    tell(stream, { $case: 'roomEntries', value: { roomId, entries } });
    stream.subscribed.set(roomId, log.length);
  };

  const subscribe = (stream: ModelStream, cursor: RoomCursor): void => {
    const { roomId, after, maxReplay } = cursor;
    const { log } = roomOf(roomId);
    const head = log.length;
    const afterSeq = after === undefined ? head : Number(after.seq);
    const resync = (reason: 1 | 2 | 3): void =>
      tell(stream, {
        $case: 'resync',
        value: { roomId, head: { epoch, seq: BigInt(head) }, reason },
      });
    if (after !== undefined && after.epoch !== epoch) return resync(1);
    if (afterSeq > head) return resync(2);
    if (maxReplay > 0 && head - afterSeq > maxReplay) return resync(3);
    tell(stream, {
      $case: 'opened',
      value: {
        roomId,
        after: { epoch, seq: BigInt(afterSeq) },
        headSeq: BigInt(head),
        presences: [],
        onlineCount: 0,
      },
    });
    stream.subscribed.set(roomId, afterSeq);
    deliver(stream, roomId);
  };

  const send = (stream: ModelStream, requestId: number, request: SendMessageRequest): void => {
    const { roomId, clientMessageId, text } = request;
    const room = roomOf(roomId);
    if (happens('busy')) {
      tell(stream, {
        $case: 'failed',
        value: {
          requestId,
          code: GrpcStatus.RESOURCE_EXHAUSTED,
          reason: 'OVERLOADED',
          message: '',
          field: '',
          retryAfterMs: random.int(500),
        },
      });
      return;
    }
    const key = `${stream.user.userId} ${clientMessageId}`;
    const before = room.accepted.get(key);
    const seq =
      before ??
      append(roomId, stream.user, {
        $case: 'messagePosted',
        value: { message: { ...EMPTY_MESSAGE, clientMessageId, text } },
      });
    room.accepted.set(key, seq);
    const ack = (): void => {
      if (!streams.has(stream)) return;
      if (happens('lostAck')) {
        streams.delete(stream);
        stream.call.status({ code: GrpcStatus.UNAVAILABLE });
        return;
      }
      tell(stream, {
        $case: 'done',
        value: {
          requestId,
          result: {
            $case: 'sendMessage',
            value: {
              position: { epoch, seq: BigInt(seq) },
              time: undefined,
              duplicate: before !== undefined,
            },
          },
        },
      });
    };
    if (happens('ackFirst')) {
      ack();
      fanOut(roomId);
    } else {
      fanOut(roomId);
      ack();
    }
  };

  const onStream = (call: GatewayCall, user: ModelUser): void => {
    let stream = [...streams].find((known) => known.call === call);
    if (stream === undefined) {
      stream = { call, user, subscribed: new Map(), ready: false };
      streams.add(stream);
      begin(stream);
    }
    for (const bytes of call.messages.splice(0)) {
      // [FC3] What was read may be sent again.
      call.grant(frameCost(bytes.length) + 8);
      const { requestId, command } = ChatRequest.decode(bytes);
      if (command?.$case === 'subscribe')
        for (const cursor of command.value.rooms) subscribe(stream, cursor);
      if (command?.$case === 'sendMessage') send(stream, requestId, command.value);
    }
    if (call.cancelled) streams.delete(stream);
  };

  const begin = (stream: ModelStream): void => {
    stream.ready = true;
    const { userId, displayName } = stream.user;
    tell(stream, {
      $case: 'ready',
      value: {
        user: {
          userId,
          displayName,
          kind: 1,
          username: '',
          avatarMediaId: '',
          createTime: undefined,
          suspended: false,
          admin: false,
          statusText: '',
        },
        sessionId: 's',
        epoch,
      },
    });
  };

  const listEntries = (request: ListEntriesRequest): ListEntriesResponse => {
    const { log } = roomOf(request.roomId);
    const limit = request.limit || 50;
    const before =
      request.anchor?.$case === 'beforeSeq' ? Number(request.anchor.value) : log.length + 1;
    const end = Math.min(before - 1, log.length);
    return {
      entries: log.slice(Math.max(0, end - limit), end),
      head: { epoch, seq: BigInt(log.length) },
      firstVisibleSeq: 1n,
    };
  };

  return {
    rooms,
    /** From now on nothing goes wrong any more. */
    calm() {
      quiet = true;
    },
    /** Takes in what a client did with a call. */
    onCall(call: GatewayCall, user: ModelUser): void {
      if (call.start.method.endsWith('/Chat')) {
        onStream(call, user);
        return;
      }
      const [request] = call.messages.splice(0);
      if (request === undefined) return;
      if (happens('unary')) {
        call.status({ code: GrpcStatus.UNAVAILABLE, notProcessed: random.chance(0.5) });
        return;
      }
      if (call.start.method.endsWith('/ListEntries')) {
        const response = listEntries(ListEntriesRequest.decode(request));
        call.message(ListEntriesResponse.encode(response).finish());
      } else if (call.start.method.endsWith('/ListMyRooms')) {
        call.message(
          ListMyRoomsResponse.encode({ rooms: [...rooms.values()].map(toMyRoom) }).finish(),
        );
      }
      call.status();
    },
    /** A connection went away: its streams end without a word. */
    forget(peer: GatewayCall['peer']): void {
      for (const stream of streams) if (stream.call.peer === peer) streams.delete(stream);
    },
    /** [CHAT3] The server behind the gateway is replaced: commands under way are gone, Ready comes again. */
    restart(): void {
      for (const stream of streams) begin(stream);
    },
    /** A push that every reader gets in the end: nothing is left in the model's own queues. */
    flush(): void {
      for (const roomId of rooms.keys()) fanOut(roomId);
    },
    post(roomId: string, user: ModelUser, text: string): void {
      append(roomId, user, {
        $case: 'messagePosted',
        value: { message: { ...EMPTY_MESSAGE, clientMessageId: '', text } },
      });
      fanOut(roomId);
    },
    react(roomId: string, user: ModelUser, messageSeq: number): void {
      append(roomId, user, {
        $case: 'reactionChanged',
        value: { messageSeq: BigInt(messageSeq), emoji: '👍', present: true },
      });
      fanOut(roomId);
    },
  };

  function toMyRoom(room: ModelRoom) {
    return {
      room: {
        roomId: room.roomId,
        kind: RoomKind.PUBLIC,
        name: room.roomId,
        topic: '',
        code: '',
        hasPassword: false,
        createTime: undefined,
        memberCount: 2,
        head: { epoch, seq: BigInt(room.log.length) },
        slowModeSeconds: 0,
        guestsAllowed: true,
        archived: false,
        directUserIds: [],
      },
      role: Role.MEMBER,
      unread: undefined,
      joinSeq: 0n,
    };
  }
}

/** The model. */
export type ServerModel = ReturnType<typeof createServerModel>;

const EMPTY_MESSAGE: Message = {
  clientMessageId: '',
  text: '',
  attachments: [],
  replyToSeq: 0n,
  threadRootSeq: 0n,
  alsoInRoom: false,
  mentions: [],
  poll: undefined,
  editTime: undefined,
  deleted: false,
  foldedSeq: 0n,
  reactions: [],
  pinned: false,
};
