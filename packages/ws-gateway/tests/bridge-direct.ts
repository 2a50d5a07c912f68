import {
  Client,
  credentials,
  Metadata,
  type ClientReadableStream,
  type ClientWritableStream,
  type ServiceError,
  type StatusObject,
} from '@grpc/grpc-js';
import { rpc } from '@chat/protocol';
import type { BridgeMethod } from '../src/ports/router.ts';
import { toClientHeaders } from '../src/bridge/response-metadata.ts';
import type { Outcome } from './bridge-scenarios.ts';

function identity(bytes: Buffer): Buffer {
  return bytes;
}

export function headerLines(metadata: Metadata | undefined): string[] {
  if (metadata === undefined) return [];
  return toClientHeaders(metadata).map(({ name, value }) => `${name}: ${value}`);
}

/** What the test does with a call. */
export interface CallPlan {
  readonly scenario: string;
  readonly requests: readonly Buffer[];
  readonly timeoutMs: number;
  /** Cancel as soon as the service has seen the call. */
  readonly cancelWhenSeen: Promise<void> | undefined;
}

function details(metadata: Metadata): string[] {
  const [bytes] = metadata.get('grpc-status-details-bin');
  if (!Buffer.isBuffer(bytes)) return [];
  return rpc.Status.decode(bytes).details.map(({ typeUrl }) => typeUrl.split('/')[1] ?? '');
}

/** The same call with a plain grpc-js client, through the API of its kind. */
export async function callDirectly(
  address: string,
  method: BridgeMethod,
  plan: CallPlan,
): Promise<Outcome> {
  const client = new Client(address, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('x-scenario', plan.scenario);
  const options = plan.timeoutMs > 0 ? { deadline: Date.now() + plan.timeoutMs } : {};
  const path = `/${method.path}`;
  const messages: string[] = [];
  let headers: Metadata | undefined;

  const status = await new Promise<StatusObject | ServiceError>((resolve) => {
    const onAnswer = (error: ServiceError | null, value?: Buffer): void => {
      if (value !== undefined) messages.push(value.toString('hex'));
      if (error !== null) resolve(error);
    };
    const onStream = (stream: ClientReadableStream<Buffer>): void => {
      stream.on('data', (bytes: Buffer) => messages.push(bytes.toString('hex')));
      stream.on('error', () => undefined);
    };
    const [first = Buffer.alloc(0)] = plan.requests;
    const call =
      method.requestStream && method.responseStream
        ? client.makeBidiStreamRequest(path, identity, identity, metadata, options)
        : method.requestStream
          ? client.makeClientStreamRequest(path, identity, identity, metadata, options, onAnswer)
          : method.responseStream
            ? client.makeServerStreamRequest(path, identity, identity, first, metadata, options)
            : client.makeUnaryRequest(path, identity, identity, first, metadata, options, onAnswer);
    call.on('metadata', (value: Metadata) => (headers = value));
    call.on('status', (value: StatusObject) => setImmediate(() => resolve(value)));
    if (method.responseStream) onStream(call as ClientReadableStream<Buffer>);
    if (method.requestStream) {
      const upload = call as ClientWritableStream<Buffer>;
      for (const request of plan.requests) upload.write(request);
      if (plan.cancelWhenSeen === undefined) upload.end();
    }
    void plan.cancelWhenSeen?.then(() => call.cancel());
  });
  client.close();
  return {
    messages,
    code: status.code,
    text: status.details,
    headers: headerLines(headers),
    trailers: headerLines(status.metadata),
    details: details(status.metadata),
  };
}
