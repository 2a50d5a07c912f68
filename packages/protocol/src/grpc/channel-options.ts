import type { ChannelOptions } from '@grpc/grpc-js';
import { LIMITS } from '../limits.ts';

/** Channel options of every client of this system. Each line is a default of grpc-js that hurts. */
export const GRPC_CLIENT_OPTIONS: Readonly<ChannelOptions> = Object.freeze({
  // Otherwise a server that never reads "accepts" 1 MiB of writes for each call.
  'grpc.per_rpc_retry_buffer_size': 0,
  // Otherwise equal options share one TCP connection, and calls beyond max_concurrent_streams queue silently.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_channelz': 0,
  // An http_proxy variable is for the web, not for the link between our own processes.
  'grpc.enable_http_proxy': 0,
  'grpc-node.flow_control_window': 4_194_304,
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 5_000,
  'grpc.max_send_message_length': LIMITS.maxGrpcReceiveBytes,
  'grpc.max_receive_message_length': LIMITS.maxGrpcSendBytes,
});

/** Options of every server of this system; the defaults of grpc-js are open. */
export const GRPC_SERVER_OPTIONS: Readonly<ChannelOptions> = Object.freeze({
  'grpc.max_receive_message_length': LIMITS.maxGrpcReceiveBytes,
  'grpc.max_send_message_length': LIMITS.maxGrpcSendBytes,
  'grpc.max_concurrent_streams': LIMITS.maxConcurrentCalls,
  'grpc.max_connection_idle_ms': 300_000,
  'grpc.max_connection_age_ms': 3_600_000,
  'grpc.max_connection_age_grace_ms': 60_000,
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.enable_channelz': 0,
  'grpc-node.flow_control_window': 1_048_576,
});
