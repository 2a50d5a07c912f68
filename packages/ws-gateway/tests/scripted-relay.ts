import { ChatRequest, ChatResponse, Entry, relay } from '@chat/protocol';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';

/** The rooms of the scripted server; they outlive the server, as a store does. */
export interface ScriptedRooms {
  readonly epoch: string;
  readonly entries: Map<string, Entry[]>;
}

export function createScriptedRooms(): ScriptedRooms {
  return { epoch: 'epoch-1', entries: new Map() };
}

type Link = ServerDuplexStream<relay.RelayRequest, relay.RelayResponse>;
type RecordOf = NonNullable<relay.ServerRecord['record']>;

interface Session {
  readonly link: Link;
  readonly handle: number;
  readonly user: string;
  readonly rooms: Set<string>;
}

/** A chat server that speaks relay.v1 and keeps to its rules, without accounts: a token is a user's name. */
export interface ScriptedRelay {
  readonly address: string;
  readonly port: number;
  readonly sessions: ReadonlySet<Session>;
  /** Texts of all Subscribe commands: room and position. */
  readonly subscribes: readonly string[];
  /** Appends entries to a room and sends them as one batch. */
  post(roomId: string, texts: readonly string[]): void;
  /** Writes the entry of the kick, then takes the user out of the room. */
  kick(roomId: string, user: string): void;
  signal(roomId: string, key: string, user: string): void;
  endSession(user: string, closeCode: number): void;
  /** Dies without a word. */
  kill(): void;
}

const serialize = (message: relay.RelayResponse): Buffer =>
  Buffer.from(relay.RelayResponse.encode(message).finish());
const deserialize = (bytes: Buffer): relay.RelayRequest => relay.RelayRequest.decode(bytes);

export async function startScriptedRelay(rooms: ScriptedRooms, port = 0): Promise<ScriptedRelay> {
  const server = new Server({ 'grpc.so_reuseport': 0 });
  const sessions = new Set<Session>();
  const links = new Set<Link>();
  const subscribes: string[] = [];

  const send = (link: Link, ...records: RecordOf[]): void => {
    link.write({ records: records.map((record) => ({ record })) });
  };
  const log = (roomId: string): Entry[] => {
    const known = rooms.entries.get(roomId);
    if (known !== undefined) return known;
    const fresh: Entry[] = [];
    rooms.entries.set(roomId, fresh);
    return fresh;
  };
  const eventBytes = (event: NonNullable<ChatResponse['event']>): Uint8Array =>
    ChatResponse.encode({ event }).finish();
  const eventFor = (
    session: number,
    event: NonNullable<ChatResponse['event']>,
    roomId = '',
    lastSeq = 0n,
  ): RecordOf => ({
    $case: 'sessionEvent',
    value: { session, event: eventBytes(event), ephemeral: false, roomId, lastSeq },
  });

  const append = (roomId: string, actorNames: readonly string[]): RecordOf => {
    const entries = log(roomId);
    const added = actorNames.map((actorName, i) =>
      Entry.fromPartial({ seq: BigInt(entries.length + 1 + i), actorName }),
    );
    entries.push(...added);
    return {
      $case: 'roomBatch',
      value: {
        roomId,
        firstSeq: added[0]!.seq,
        lastSeq: added.at(-1)!.seq,
        event: eventBytes({ $case: 'roomEntries', value: { roomId, entries: added } }),
      },
    };
  };

  const subscribe = (session: Session, roomId: string, after: number): void => {
    const { handle, link } = session;
    subscribes.push(`${session.user} ${roomId}@${after}`);
    const entries = log(roomId);
    const head = BigInt(entries.length);
    const missed = entries.slice(after);
    const openedAfter = { epoch: rooms.epoch, seq: BigInt(after) };
    const replay: RecordOf[] = [];
    for (let i = 0; i < missed.length; i += 20) {
      const part = missed.slice(i, i + 20);
      const event = { $case: 'roomEntries' as const, value: { roomId, entries: part } };
      replay.push(eventFor(handle, event, roomId, part.at(-1)!.seq));
    }
    const opened = {
      $case: 'opened' as const,
      value: { roomId, after: openedAfter, headSeq: head, presences: [], onlineCount: 1 },
    };
    send(link, eventFor(handle, opened));
    for (const record of replay) send(link, record);
    send(link, { $case: 'roomJoin', value: { session: handle, roomId, afterSeq: head } });
    session.rooms.add(roomId);
  };

  // What comes in one tick is one batch, as one commit of a store would be.
  const gathered = new Map<string, string[]>();
  const gather = (roomId: string, text: string): void => {
    if (gathered.size === 0) setImmediate(commit);
    const texts = gathered.get(roomId);
    if (texts === undefined) gathered.set(roomId, [text]);
    else texts.push(text);
  };
  const commit = (): void => {
    const batches = [...gathered].map(([roomId, texts]) => append(roomId, texts));
    gathered.clear();
    for (const link of links) send(link, ...batches);
  };

  const command = (session: Session, bytes: Uint8Array): void => {
    const { requestId, command } = ChatRequest.decode(bytes);
    if (command?.$case === 'subscribe') {
      for (const { roomId, after } of command.value.rooms) {
        subscribe(session, roomId, Number(after?.seq ?? log(roomId).length));
      }
    } else if (command?.$case === 'unsubscribe') {
      for (const roomId of command.value.roomIds) {
        session.rooms.delete(roomId);
        send(session.link, { $case: 'roomLeave', value: { session: session.handle, roomId } });
      }
    } else if (command?.$case === 'sendMessage') {
      gather(command.value.roomId, command.value.clientMessageId);
    }
    if (requestId !== 0) {
      const done = { $case: 'done' as const, value: { requestId, result: undefined } };
      send(session.link, eventFor(session.handle, done));
    }
  };

  const follow = (link: Link, mine: Map<number, Session>, record: relay.GatewayRecord): void => {
    const handle = record.session;
    const session = mine.get(handle);
    switch (record.record?.$case) {
      case 'attach':
      case 'reattach': {
        const { token } = record.record.value;
        if (token.startsWith('bad')) {
          const value = { session: handle, closeCode: 4500, reason: 'UNAUTHENTICATED' };
          send(link, { $case: 'sessionClosed', value });
          return;
        }
        const opened: Session = session ?? { link, handle, user: token, rooms: new Set() };
        mine.set(handle, opened);
        sessions.add(opened);
        const attached = relay.Attached.fromPartial({
          session: handle,
          sessionId: `login-${token}`,
          user: { userId: token },
          accessExpiresInMs: 600_000,
          epoch: rooms.epoch,
        });
        send(link, { $case: 'attached', value: attached });
        return;
      }
      case 'openChat': {
        const value = { user: undefined, sessionId: `s${handle}`, epoch: rooms.epoch };
        send(link, eventFor(handle, { $case: 'ready', value }));
        return;
      }
      case 'command':
        if (session !== undefined) command(session, record.record.value);
        return;
      case 'detach':
        mine.delete(handle);
        if (session !== undefined) sessions.delete(session);
        return;
      default:
        session?.rooms.clear();
    }
  };

  server.addService(
    {
      Relay: {
        path: '/relay.v1.RelayService/Relay',
        requestStream: true,
        responseStream: true,
        requestSerialize: (message: relay.RelayRequest) =>
          Buffer.from(relay.RelayRequest.encode(message).finish()),
        requestDeserialize: deserialize,
        responseSerialize: serialize,
        responseDeserialize: (bytes: Buffer) => relay.RelayResponse.decode(bytes),
      },
    },
    {
      Relay(link: Link) {
        const mine = new Map<number, Session>();
        links.add(link);
        link.on('data', ({ records }: relay.RelayRequest) => {
          for (const record of records) follow(link, mine, record);
        });
        link.on('error', () => undefined);
        link.on('end', () => link.end());
        link.on('close', () => {
          links.delete(link);
          for (const session of mine.values()) sessions.delete(session);
        });
      },
    },
  );
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, got) =>
      error === null ? resolve(got) : reject(error),
    );
  });

  return {
    address: `127.0.0.1:${bound}`,
    port: bound,
    sessions,
    subscribes,
    post(roomId, texts) {
      const batch = append(roomId, texts);
      for (const link of links) send(link, batch);
    },
    kick(roomId, user) {
      const batch = append(roomId, [`kicked ${user}`]);
      for (const link of links) send(link, batch);
      for (const { link, handle, user: own, rooms: joined } of sessions) {
        if (own !== user || !joined.delete(roomId)) continue;
        const closed = { $case: 'roomClosed' as const, value: { roomId, reason: 2 as const } };
        send(
          link,
          { $case: 'roomLeave', value: { session: handle, roomId } },
          eventFor(handle, closed),
        );
      }
    },
    signal(roomId, key, user) {
      const typing = { roomId, userId: user, displayName: user, typing: true };
      const event = eventBytes({ $case: 'typing', value: typing });
      const signal = {
        $case: 'roomSignal' as const,
        value: { roomId, key, event, exceptSession: 0 },
      };
      for (const link of links) send(link, signal);
    },
    endSession(user, closeCode) {
      for (const session of sessions) {
        if (session.user !== user) continue;
        const value = { session: session.handle, closeCode, reason: 'SESSION_ENDED' };
        send(session.link, { $case: 'sessionClosed', value });
        sessions.delete(session);
      }
    },
    kill: () => server.forceShutdown(),
  };
}
