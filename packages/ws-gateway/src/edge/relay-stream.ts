import { relay } from '@chat/protocol';
import {
  type ChannelOptions,
  Client,
  type ClientDuplexStream,
  connectivityState,
  credentials,
} from '@grpc/grpc-js';

/** What a stream tells its link. Nothing follows `onClosed`. */
export interface RelayStreamHandlers {
  /** The connection stands and records may be written. */
  readonly onOpen: () => void;
  readonly onRecords: (records: readonly relay.ServerRecord[]) => void;
  /** `writable` is true again. */
  readonly onWritable: () => void;
  readonly onClosed: (reason: string) => void;
}

/** One relay stream: the gRPC one, or the in-memory twin of the tests. */
export interface RelayStream {
  readonly writable: boolean;
  /** One serialized RelayRequest. */
  write(message: Uint8Array): void;
  /** Ends the stream and its connection. */
  close(): void;
}

/** Begins to open a stream; never throws, tells failures by `onClosed`. */
export type OpenRelayStream = (address: string, handlers: RelayStreamHandlers) => RelayStream;

/** A server that does not answer within this time is passed over. */
const CONNECT_TIMEOUT_MS = 3_000;

const CHANNEL_OPTIONS: ChannelOptions = {
  // A stopped server is noticed after 15 s at the latest, with or without traffic.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 1,
  // Without its own pool the link would share a connection, and its fate, with the plain calls.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_retries': 0,
  'grpc.per_rpc_retry_buffer_size': 0,
  'grpc.enable_channelz': 0,
  'grpc.enable_http_proxy': 0,
  'grpc.max_receive_message_length': 8 * 1024 * 1024,
  'grpc.max_send_message_length': 8 * 1024 * 1024,
  'grpc-node.flow_control_window': 4 * 1024 * 1024,
};

/** Time for the last records (Detach) to leave before the connection is closed. */
const LINGER_MS = 200;

const METHOD = '/relay.v1.RelayService/Relay';

/** Opens the relay stream of a chat server over gRPC. */
export const openGrpcRelayStream: OpenRelayStream = (address, handlers) => {
  const client = new Client(address, credentials.createInsecure(), CHANNEL_OPTIONS);
  let call: ClientDuplexStream<Uint8Array, relay.ServerRecord[]> | undefined;
  let writable = false;
  let closed = false;

  const close = (reason: string): void => {
    if (closed) return;
    closed = true;
    writable = false;
    call?.cancel();
    client.close();
    handlers.onClosed(reason);
  };

  const open = (): void => {
    call = client.makeBidiStreamRequest(METHOD, toBuffer, decodeRecords);
    call.on('data', handlers.onRecords);
    call.on('drain', () => {
      writable = !closed;
      if (writable) handlers.onWritable();
    });
    call.on('error', (fault) => close(fault.message));
    call.on('end', () => close('ended by the server'));
    writable = true;
    handlers.onOpen();
  };

  // A refused connection is told at once, so that the next server is asked without delay.
  const deadline = Date.now() + CONNECT_TIMEOUT_MS;
  const channel = client.getChannel();
  const watch = (): void => {
    if (closed) return;
    const state = channel.getConnectivityState(true);
    if (state === connectivityState.READY) open();
    else if (state === connectivityState.TRANSIENT_FAILURE) close('not reachable');
    else
      channel.watchConnectivityState(state, deadline, (late) =>
        late ? close('no answer') : watch(),
      );
  };
  setImmediate(watch);

  return {
    get writable() {
      return writable;
    },
    write(message) {
      if (call !== undefined && !closed) writable = call.write(message);
    },
    close() {
      if (closed) return;
      closed = true;
      writable = false;
      // Half-closed first, so that what was written still arrives; then the connection goes.
      call?.end();
      setTimeout(() => {
        call?.cancel();
        client.close();
      }, LINGER_MS).unref();
    },
  };
};

function toBuffer(message: Uint8Array): Buffer {
  return Buffer.from(message.buffer, message.byteOffset, message.length);
}

// Event bytes stay windows into the message: they are copied once, into a socket's frame.
function decodeRecords(bytes: Buffer): relay.ServerRecord[] {
  return relay.RelayResponse.decode(bytes).records;
}
