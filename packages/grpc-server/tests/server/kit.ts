import { randomUUID } from 'node:crypto';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import {
  AdminServiceDefinition,
  AuthServiceDefinition,
  type ChatRequest,
  type ChatResponse,
  ChatServiceDefinition,
  MessageServiceDefinition,
  ModerationServiceDefinition,
  type Position,
  RoomServiceDefinition,
  type ServiceDefinition,
  type User,
  UserServiceDefinition,
} from '@chat/protocol';
import { createGrpcClient, fromServiceError, type GrpcClient } from '@chat/protocol/grpc';
import {
  type ChatServer,
  createServer,
  defaultServerConfig,
  type ServerConfig,
  type ServerOverrides,
} from '../../src/index.ts';

/** A server on a free port with a store in memory and cheap password hashes. */
export function startServer(
  config: Partial<ServerConfig> = {},
  overrides: ServerOverrides = {},
): Promise<ChatServer> {
  return createServer(
    {
      ...defaultServerConfig(),
      grpcListen: '127.0.0.1:0',
      metricsListen: '',
      store: 'memory',
      rateLimits: false,
      logLevel: 'silent',
      logFormat: 'json',
      ...config,
    },
    { argon2Cost: { memoryKib: 64, passes: 1, lanes: 1 }, ...overrides },
  );
}

/** Everything a test opened, closed together in the opposite order. */
export class Closing {
  readonly #closers: (() => unknown)[] = [];
  add<T>(thing: T, close: (thing: T) => unknown): T {
    this.#closers.unshift(() => close(thing));
    return thing;
  }
  async close(): Promise<void> {
    for (const close of this.#closers.splice(0)) await close();
  }
}

/** A user with typed clients. */
export interface TestUser {
  readonly user: User;
  readonly id: string;
  token: string;
  refreshToken: string;
  readonly sessionId: string;
  readonly auth: GrpcClient<typeof AuthServiceDefinition>;
  readonly users: GrpcClient<typeof UserServiceDefinition>;
  readonly rooms: GrpcClient<typeof RoomServiceDefinition>;
  readonly messages: GrpcClient<typeof MessageServiceDefinition>;
  readonly moderation: GrpcClient<typeof ModerationServiceDefinition>;
  readonly admin: GrpcClient<typeof AdminServiceDefinition>;
  chat(): ChatStream;
  send(roomId: string, text: string): Promise<number>;
}

/** Clients of somebody without a token. */
export function anonymous(server: ChatServer, closing: Closing) {
  const open = <D extends ServiceDefinition>(definition: D) =>
    closing.add(createGrpcClient(definition, server.address), (client) => client.close());
  return { auth: open(AuthServiceDefinition), rooms: open(RoomServiceDefinition) };
}

/** Makes a guest. */
export async function guest(
  server: ChatServer,
  closing: Closing,
  displayName = `Guest ${randomUUID().slice(0, 8)}`,
): Promise<TestUser> {
  const { auth } = anonymous(server, closing);
  const { user, session } = await auth.createGuest({ displayName, client: 'test/1' });
  if (user === undefined || session === undefined) throw new Error('no guest');
  return userOf(server, closing, user, session);
}

/** Clients of a user who has logged in. */
export function userOf(
  server: ChatServer,
  closing: Closing,
  user: User,
  session: { sessionId: string; accessToken: string; refreshToken: string },
): TestUser {
  const token = () => made.token;
  const open = <D extends ServiceDefinition>(definition: D) =>
    closing.add(createGrpcClient(definition, server.address, { token }), (client) =>
      client.close(),
    );
  const chatClient = open(ChatServiceDefinition);
  const made: TestUser = {
    user,
    id: user.userId,
    token: session.accessToken,
    refreshToken: session.refreshToken,
    sessionId: session.sessionId,
    auth: open(AuthServiceDefinition),
    users: open(UserServiceDefinition),
    rooms: open(RoomServiceDefinition),
    messages: open(MessageServiceDefinition),
    moderation: open(ModerationServiceDefinition),
    admin: open(AdminServiceDefinition),
    chat: () => closing.add(new ChatStream(chatClient.chat()), (stream) => stream.cancel()),
    async send(roomId, text) {
      const sent = await made.messages.sendMessage({ roomId, clientMessageId: messageId(), text });
      return Number(sent.position?.seq);
    },
  };
  return made;
}

/** A fresh client_message_id. */
export function messageId(): string {
  return randomUUID();
}

export type Event = NonNullable<ChatResponse['event']>;
export type Command = NonNullable<ChatRequest['command']>;

/** Collects what arrives and waits for what is expected. */
export class Inbox<T> {
  readonly items: T[] = [];
  #waiting: (() => void)[] = [];
  #failure: Error | undefined;

  push(item: T): void {
    this.items.push(item);
    this.#wake();
  }

  fail(failure: Error): void {
    this.#failure = failure;
    this.#wake();
  }

  /** The first item that the test accepts, from the given place on. Rejects when the source failed before. */
  async find<S extends T>(is: (item: T) => item is S, from?: number): Promise<S>;
  async find(is: (item: T) => boolean, from?: number): Promise<T>;
  async find(is: (item: T) => boolean, from = 0): Promise<T> {
    for (;;) {
      const found = this.items.slice(from).find(is);
      if (found !== undefined) return found;
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** A native chat stream under test. */
export class ChatStream {
  readonly inbox = new Inbox<Event>();
  readonly ended: Promise<ReturnType<typeof fromServiceError> | undefined>;
  readonly #stream: ClientDuplexStream<ChatRequest, ChatResponse>;
  #requestId = 0;

  constructor(stream: ClientDuplexStream<ChatRequest, ChatResponse>) {
    this.#stream = stream;
    stream.on('data', ({ event }: ChatResponse) => {
      if (event) this.inbox.push(event);
    });
    this.ended = new Promise((resolve) => {
      stream.on('error', (error: Error) => {
        const failure = fromServiceError(error);
        this.inbox.fail(failure);
        resolve(failure);
      });
      stream.on('end', () => resolve(undefined));
    });
  }

  /** Sends a command and returns its request id. */
  command(command: Command): number {
    this.#requestId += 1;
    this.#stream.write({ requestId: this.#requestId, command });
    return this.#requestId;
  }

  /** Subscribes to one room and waits until it is live. */
  async open(roomId: string, after?: Position): Promise<void> {
    const requestId = this.command(subscribe([{ roomId, after, maxReplay: 0 }]));
    await this.answer(requestId);
  }

  /** Done or Failed of a command. */
  answer(requestId: number) {
    return this.inbox.find(
      (event): event is Event & { $case: 'done' | 'failed' } =>
        (event.$case === 'done' || event.$case === 'failed') && event.value.requestId === requestId,
    );
  }

  /** The first event of a kind. */
  event<C extends Event['$case']>(kind: C, from = 0): Promise<Event & { $case: C }> {
    return this.inbox.find((event): event is Event & { $case: C } => event.$case === kind, from);
  }

  /** seqs of a room's entries in the order of arrival. */
  seqs(roomId: string): number[] {
    return this.inbox.items.flatMap((event) => seqsOf(event, roomId));
  }

  /** Waits until an entry arrived. */
  async until(roomId: string, seq: number): Promise<void> {
    await this.inbox.find((event) => seqsOf(event, roomId).includes(seq));
  }

  end(): void {
    this.#stream.end();
  }

  cancel(): void {
    this.#stream.cancel();
  }

  /** Stops reading. */
  pause(): void {
    this.#stream.pause();
  }

  /** Reads again. */
  resume(): void {
    this.#stream.resume();
  }
}

function seqsOf(event: Event, roomId: string): number[] {
  if (event.$case !== 'roomEntries' || event.value.roomId !== roomId) return [];
  return event.value.entries.map((entry) => Number(entry.seq));
}

export function subscribe(
  rooms: { roomId: string; after: Position | undefined; maxReplay: number }[],
): Command {
  return { $case: 'subscribe', value: { rooms } };
}

export function sendCommand(roomId: string, text: string, clientMessageId = messageId()): Command {
  return {
    $case: 'sendMessage',
    value: {
      roomId,
      clientMessageId,
      text,
      attachments: [],
      replyToSeq: 0n,
      threadRootSeq: 0n,
      alsoInRoom: false,
      poll: undefined,
    },
  };
}

/** The room everyone lands in. */
export async function welcomeRoom(user: TestUser): Promise<string> {
  const { rooms } = await user.rooms.listMyRooms({});
  const roomId = rooms.find(({ room }) => room?.name === 'welcome')?.room?.roomId;
  if (roomId === undefined) throw new Error('no welcome room');
  return roomId;
}

/** A room of its own for a test. */
export async function newRoom(
  owner: TestUser,
  kind = 1,
): Promise<{ roomId: string; code: string }> {
  const { room } = await owner.rooms.createRoom({
    name: `Room ${randomUUID().slice(0, 12)}`,
    // RoomKind.PUBLIC is 1, PRIVATE 2.
    kind: kind as 1 | 2,
  });
  if (room === undefined) throw new Error('no room');
  return { roomId: room.roomId, code: room.code };
}

/** The code of the error a call rejects with. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'OK';
  } catch (error) {
    return fromServiceError(error).code;
  }
}
