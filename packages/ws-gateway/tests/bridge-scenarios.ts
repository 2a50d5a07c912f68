import { Metadata, type ServerDuplexStream } from '@grpc/grpc-js';
import { rpc, SetTyping } from '@chat/protocol';

/** A scenario message. */
export function message(name: string): Buffer {
  return Buffer.from(SetTyping.encode(SetTyping.fromPartial({ roomId: name })).finish());
}

export const EMPTY = Buffer.alloc(0);

type Call = ServerDuplexStream<Buffer, Buffer>;

function failure(code: number, details: string): Error {
  const metadata = new Metadata();
  metadata.set('x-trailer', 'last');
  const badRequest = rpc.BadRequest.fromPartial({
    fieldViolations: [{ field: 'room_id', description: 'bad' }],
  });
  const detail = {
    typeUrl: 'type.googleapis.com/google.rpc.BadRequest',
    value: rpc.BadRequest.encode(badRequest).finish(),
  };
  const status = rpc.Status.fromPartial({ code, message: details, details: [detail] });
  metadata.set('grpc-status-details-bin', Buffer.from(rpc.Status.encode(status).finish()));
  return Object.assign(new Error(details), { code, details, metadata });
}

/** Runs once the client has half-closed. */
function afterRequest(call: Call, task: (messages: readonly Buffer[]) => void): void {
  const messages: Buffer[] = [];
  call.on('data', (bytes: Buffer) => messages.push(bytes));
  call.on('end', () => setImmediate(() => !call.cancelled && task(messages)));
}

/** What the service does; named in the metadata `x-scenario`. `streams` = the response may be any number of messages. */
export const SCENARIOS: Readonly<Record<string, (call: Call, streams: boolean) => void>> = {
  ok(call, streams) {
    const headers = new Metadata();
    headers.set('x-header', 'first');
    headers.set('x-header-bin', Buffer.from([0, 255]));
    call.sendMetadata(headers);
    afterRequest(call, (messages) => {
      for (const each of streams ? messages : messages.slice(0, 1)) call.write(each);
      const trailers = new Metadata();
      trailers.set('x-trailer', 'last');
      call.end(trailers);
    });
  },
  'error before messages': (call) => {
    afterRequest(call, () => call.emit('error', failure(9, 'not now: ünïcode')));
  },
  'error after messages': (call, streams) => {
    afterRequest(call, () => {
      for (let index = 0; index < (streams ? 40 : 1); index += 1) {
        call.write(message(`before ${String(index)}`));
      }
      call.emit('error', failure(10, 'aborted'));
    });
  },
  'empty message': (call) => {
    afterRequest(call, () => {
      call.write(EMPTY);
      call.end();
    });
  },
  'no message': (call) => {
    afterRequest(call, () => call.end());
  },
  'two messages': (call) => {
    afterRequest(call, () => {
      call.write(message('one'));
      call.write(message('two'));
      call.end();
    });
  },
  'never answers': (call) => {
    call.on('data', () => undefined);
  },
  'early status': (call, streams) => {
    if (streams) call.write(message('early'));
    call.emit('error', failure(8, 'enough'));
  },
};

/** What a client sees of a call, whichever way it came. */
export interface Outcome {
  readonly messages: readonly string[];
  readonly code: number;
  readonly text: string;
  readonly headers: readonly string[];
  readonly trailers: readonly string[];
  readonly details: readonly string[];
}
