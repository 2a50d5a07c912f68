import type { MessageType } from '../message-type.ts';
import type { MethodDefinition } from '../services.ts';

/** Whether handlers and callers see messages, or their bytes untouched (relay, bridge). */
export type Form = 'message' | 'bytes';

/** What a method takes. */
export type RequestOf<M extends MethodDefinition, F extends Form> = F extends 'bytes'
  ? Buffer
  : M['requestType'] extends MessageType<infer T>
    ? T
    : never;

/** What a method gives. */
export type ResponseOf<M extends MethodDefinition, F extends Form> = F extends 'bytes'
  ? Buffer
  : M['responseType'] extends MessageType<infer T>
    ? T
    : never;

/** Which of four types belongs to a method, by what it streams. */
export type ByKind<
  M extends MethodDefinition,
  Unary,
  ClientStream,
  ServerStream,
  Bidi,
> = M['requestStream'] extends true
  ? M['responseStream'] extends true
    ? Bidi
    : ClientStream
  : M['responseStream'] extends true
    ? ServerStream
    : Unary;

/** Full path on the wire: "/chat.v1.RoomService/CreateRoom". */
export function wirePath(serviceFullName: string, method: MethodDefinition): string {
  return `/${serviceFullName}/${method.name}`;
}
