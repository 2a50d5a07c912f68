import type { ClientDuplexStream } from '@grpc/grpc-js';
import { ChatRequest, ChatResponse, type Position, relay } from '@chat/protocol';
import { createGrpcClient, fromServiceError } from '@chat/protocol/grpc';
import type { ChatServer } from '../../src/index.ts';
import { type Closing, type Command, type Event, Inbox, subscribe } from './kit.ts';

/** A record from the server. */
export type ServerRecord = NonNullable<relay.ServerRecord['record']>;

/** A gateway's link under test. */
export class RelayLink {
  readonly inbox = new Inbox<ServerRecord>();
  readonly ended: Promise<ReturnType<typeof fromServiceError> | undefined>;
  readonly stream: ClientDuplexStream<relay.RelayRequest, relay.RelayResponse>;

  constructor(server: ChatServer, closing: Closing) {
    const client = closing.add(
      createGrpcClient(relay.RelayServiceDefinition, server.address),
      (it) => it.close(),
    );
    this.stream = client.relay();
    closing.add(this.stream, (stream) => stream.cancel());
    this.stream.on('data', ({ records }: relay.RelayResponse) => {
      for (const { record } of records) if (record) this.inbox.push(record);
    });
    this.ended = new Promise((resolve) => {
      this.stream.on('error', (error: Error) => {
        const failure = fromServiceError(error);
        this.inbox.fail(failure);
        resolve(failure);
      });
      this.stream.on('end', () => resolve(undefined));
    });
  }

  write(session: number, ...records: NonNullable<relay.GatewayRecord['record']>[]): void {
    this.stream.write({ records: records.map((record) => ({ session, record })) });
  }

  attach(session: number, token: string): void {
    this.write(session, {
      $case: 'attach',
      value: { token, client: 't', remoteAddress: '10.0.0.1' },
    });
  }

  /** Attaches, opens the chat stream, and waits for Ready. */
  async login(session: number, token: string): Promise<void> {
    this.attach(session, token);
    this.write(session, { $case: 'openChat', value: {} });
    await this.event(session, 'ready');
  }

  command(session: number, requestId: number, command: Command): void {
    this.write(session, { $case: 'command', value: encodeCommand(requestId, command) });
  }

  /** Subscribes a session to a room and waits for RoomJoin. */
  async join(session: number, roomId: string, after?: Position): Promise<number> {
    this.command(session, 0, subscribe([{ roomId, after, maxReplay: 0 }]));
    const join = await this.inbox.find(
      (record): record is ServerRecord & { $case: 'roomJoin' } =>
        record.$case === 'roomJoin' &&
        record.value.session === session &&
        record.value.roomId === roomId,
    );
    return Number(join.value.afterSeq);
  }

  /** The first event of a kind for a session. */
  async event<C extends Event['$case']>(session: number, kind: C): Promise<Event & { $case: C }> {
    for (let from = 0; ; ) {
      const record = await this.inbox.find(
        (candidate): candidate is ServerRecord & { $case: 'sessionEvent' } =>
          candidate.$case === 'sessionEvent' && candidate.value.session === session,
        from,
      );
      from = this.inbox.items.indexOf(record) + 1;
      const event = ChatResponse.decode(record.value.event).event;
      // The comparison is what the type says.
      if (event?.$case === kind) return event as Event & { $case: C };
    }
  }

  record<C extends ServerRecord['$case']>(kind: C, from = 0): Promise<ServerRecord & { $case: C }> {
    return this.inbox.find(
      (record): record is ServerRecord & { $case: C } => record.$case === kind,
      from,
    );
  }

  batches(roomId: string): { firstSeq: number; lastSeq: number }[] {
    return this.inbox.items.flatMap((record) =>
      record.$case === 'roomBatch' && record.value.roomId === roomId
        ? [{ firstSeq: Number(record.value.firstSeq), lastSeq: Number(record.value.lastSeq) }]
        : [],
    );
  }

  async untilBatch(roomId: string, seq: number): Promise<void> {
    await this.inbox.find(
      (record) =>
        record.$case === 'roomBatch' &&
        record.value.roomId === roomId &&
        Number(record.value.lastSeq) >= seq,
    );
  }

  /** Cuts the link. */
  async cut(): Promise<void> {
    this.stream.cancel();
    await this.ended;
  }
}

function encodeCommand(requestId: number, command: Command): Uint8Array {
  return Buffer.from(ChatRequest.encode({ requestId, command }).finish());
}
