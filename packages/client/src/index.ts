export { ChatClientError } from './errors.ts';
export type { Observable } from './observable.ts';
export type { Clock } from './clock.ts';
export type * from './link.ts';
export type * from './chat/connection-api.ts';
export type * from './chat/rooms-api.ts';
export type * from './chat/message-api.ts';
export type * from './chat/timeline-api.ts';
export type * from './chat/events-api.ts';
export type * from './chat/chat-client-api.ts';
export { createMemoryOutbox, type OutboxStorage, type StoredSend } from './chat/outbox-storage.ts';
export type {
  CallOptions,
  MethodClient,
  ServiceClient,
  ServiceShape,
} from './calls/service-client.ts';
export { createChatClient } from './chat/create-chat-client.ts';
export { type BridgeLinkOptions, createBridgeLink } from './connection/bridge-link.ts';
export { createClient } from './calls/create-client.ts';
export { type Auth, type AuthOptions, createAuth, type Login, type Tokens } from './auth/auth.ts';
export { createTokenSource, type TokenSourceOptions } from './auth/token-source.ts';
