// The isomorphic door: messages, services, codes, limits, text rules and the bridge frame codec.
export * from './messages.ts';
export * as bridge from './bridge-messages.ts';
export * as relay from './relay-messages.ts';
export * as rpc from './rpc-messages.ts';
export type { MessageType } from './message-type.ts';
export {
  type MethodDefinition,
  type MethodEntry,
  methodByPath,
  type ServiceDefinition,
  services,
} from './services.ts';
export { isIdempotentMethod } from './idempotent-methods.ts';
export { BRIDGE_SUBPROTOCOLS, DESCRIPTOR_SHA256, PROTOCOL_VERSION } from './version.ts';
export {
  ERROR_TABLE,
  ErrorCode,
  type ErrorMeaning,
  errorCodeOfStatus,
  GrpcStatus,
  isErrorCode,
  type RetryAdvice,
} from './error-codes.ts';
export { grpcStatus, ProtocolError, type ProtocolErrorOptions } from './protocol-error.ts';
export { ERROR_DOMAIN, fromStatusDetails, toStatusDetails } from './status-details.ts';
export { CloseCode, closeReason, isReconnectable } from './close-codes.ts';
export { LIMITS } from './limits.ts';
export {
  CLIENT_MESSAGE_ID_PATTERN,
  ID_PATTERN,
  parseRoomId,
  parseSeq,
  parseSessionId,
  parseUserId,
  type RoomId,
  type Seq,
  type SessionId,
  toWireSeq,
  type UserId,
} from './ids.ts';
export { fromTimestamp, toTimestamp } from './timestamps.ts';
export {
  checkUsername,
  normalizeDisplayName,
  normalizeRoomName,
  USERNAME_PATTERN,
} from './text/names.ts';
export { nameKey } from './text/name-key.ts';
export { isReservedName } from './text/reserved-names.ts';
export { checkFreeText, checkMessageText, isolateBidi } from './text/message-text.ts';
export { CODE_ALPHABET, normalizeCode } from './text/room-code.ts';
export { utf8Length } from './text/code-points.ts';
export type { NameResult, TextResult } from './text/result.ts';
export { decodeEntryContent, encodeEntryContent, entryKind } from './entry-content.ts';
export {
  decodeClientFrame,
  decodeServerFrame,
  encodeClientFrame,
  encodeServerFrame,
} from './bridge/frame-codec.ts';
export {
  encodeCreditFrame,
  encodeMessageFrame,
  encodeMessageFrameHeader,
} from './bridge/fast-frame.ts';
export { frameCost } from './bridge/frame-cost.ts';
export { checkWire, type WireLimits } from './strict/check-wire.ts';
export { decodeStrict, fullName } from './strict/decode-strict.ts';
export { assertNever } from './assert-never.ts';
