export { ChatClientError } from './errors.ts';
export type { Observable } from './observable.ts';
export type { Clock } from './clock.ts';
export type * from './link.ts';
export type * from './chat/api.ts';
export type * from './chat/chat-client-api.ts';
export { createMemoryOutbox, type OutboxStorage, type StoredSend } from './chat/outbox-storage.ts';
export type { CallOptions, MethodClient, ServiceClient, ServiceShape } from './calls/service-client.ts';
