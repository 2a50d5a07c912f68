import { AdminServiceDefinition } from './gen/chat/v1/admin_service.ts';
import { AuthServiceDefinition } from './gen/chat/v1/auth_service.ts';
import { ChatServiceDefinition } from './gen/chat/v1/chat_service.ts';
import { MediaServiceDefinition } from './gen/chat/v1/media_service.ts';
import { MessageServiceDefinition } from './gen/chat/v1/message_service.ts';
import { ModerationServiceDefinition } from './gen/chat/v1/moderation_service.ts';
import { RoomServiceDefinition } from './gen/chat/v1/room_service.ts';
import { UserServiceDefinition } from './gen/chat/v1/user_service.ts';
import { isIdempotentMethod } from './idempotent-methods.ts';
import { LIMITS } from './limits.ts';
import type { MessageType } from './message-type.ts';

/** One method as generated from the schema. */
export interface MethodDefinition {
  readonly name: string;
  readonly requestType: MessageType<unknown>;
  readonly requestStream: boolean;
  readonly responseType: MessageType<unknown>;
  readonly responseStream: boolean;
}

/** One service as generated from the schema. */
export interface ServiceDefinition {
  readonly name: string;
  readonly fullName: string;
  readonly methods: Readonly<Record<string, MethodDefinition>>;
}

/** Everything a router needs to know about a method. */
export interface MethodEntry extends MethodDefinition {
  /** "chat.v1.RoomService/CreateRoom", without leading slash. */
  readonly path: string;
  readonly service: ServiceDefinition;
  /** A repeat with the same request has the effect of one, so a client may retry a call that got lost. */
  readonly idempotent: boolean;
  /** May be called without a token. */
  readonly anonymous: boolean;
  /** Largest request message in bytes. */
  readonly maxRequestBytes: number;
}

/** The public services. relay.v1 is absent: only gateways call it, never through the bridge. */
export const services: readonly ServiceDefinition[] = [
  AuthServiceDefinition,
  UserServiceDefinition,
  RoomServiceDefinition,
  MessageServiceDefinition,
  ChatServiceDefinition,
  ModerationServiceDefinition,
  MediaServiceDefinition,
  AdminServiceDefinition,
];

const ANONYMOUS: ReadonlySet<string> = new Set([
  'CreateGuest',
  'Register',
  'Login',
  'RefreshSession',
  'PreviewRoom',
  'ListPublicRooms',
]);

/** Every public method by its path. */
export const methodByPath: ReadonlyMap<string, MethodEntry> = new Map(
  services.flatMap((service) =>
    Object.values(service.methods).map((method) => {
      const entry = toEntry(service, method);
      return [entry.path, entry] as const;
    }),
  ),
);

function toEntry(service: ServiceDefinition, method: MethodDefinition): MethodEntry {
  const { name, requestType, requestStream, responseType, responseStream } = method;
  return {
    path: `${service.fullName}/${name}`,
    service,
    name,
    requestType,
    requestStream,
    responseType,
    responseStream,
    idempotent: isIdempotentMethod(name),
    anonymous: ANONYMOUS.has(name),
    maxRequestBytes: name === 'UploadMedia' ? LIMITS.maxMediaRequestBytes : LIMITS.maxRequestBytes,
  };
}
