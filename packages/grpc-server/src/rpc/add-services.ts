import type { Server } from '@grpc/grpc-js';
import {
  AdminServiceDefinition,
  AuthServiceDefinition,
  ChatServiceDefinition,
  LIMITS,
  MediaServiceDefinition,
  MessageServiceDefinition,
  ModerationServiceDefinition,
  type ProtocolError,
  relay,
  RoomServiceDefinition,
  UserServiceDefinition,
} from '@chat/protocol';
import { implementRawService, implementService } from '@chat/protocol/grpc';
import { adminHandlers } from './admin-handlers.ts';
import { authHandlers } from './auth-handlers.ts';
import type { RpcDeps } from './call.ts';
import type { CommandDeps } from './chat-commands.ts';
import { chatHandlers } from './chat-handler.ts';
import { messageHandlers } from './message-handlers.ts';
import { moderationHandlers } from './moderation-handlers.ts';
import type { OpenStreams } from './open-streams.ts';
import { relayHandlers } from './relay-handler.ts';
import { MAX_LINK_QUEUE_BYTES } from './relay-sink.ts';
import { roomHandlers } from './room-handlers.ts';
import { userHandlers } from './user-handlers.ts';

/** Adds every service of the schema. */
export function addServices(
  server: Server,
  deps: RpcDeps & CommandDeps,
  streams: OpenStreams,
  onCallError: (error: ProtocolError, call: { readonly path: string }) => void,
): void {
  const options = { onError: onCallError, wireLimits: { maxBytes: LIMITS.maxRequestBytes } };
  implementService(server, AuthServiceDefinition, authHandlers(deps), options);
  implementService(server, UserServiceDefinition, userHandlers(deps), options);
  implementService(server, RoomServiceDefinition, roomHandlers(deps), options);
  implementService(server, MessageServiceDefinition, messageHandlers(deps), options);
  implementService(server, ModerationServiceDefinition, moderationHandlers(deps), options);
  implementService(server, AdminServiceDefinition, adminHandlers(deps), options);
  implementService(server, MediaServiceDefinition, MEDIA, options);
  implementRawService(server, ChatServiceDefinition, chatHandlers(deps, streams), options);
  implementRawService(server, relay.RelayServiceDefinition, relayHandlers(deps, streams), {
    ...options,
    writer: { maxQueueBytes: MAX_LINK_QUEUE_BYTES },
  });
}

const MEDIA = {
  uploadMedia: 'unimplemented',
  downloadMedia: 'unimplemented',
  getMedia: 'unimplemented',
  deleteMedia: 'unimplemented',
} as const;
