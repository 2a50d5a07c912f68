import { CloseCode, isReconnectable } from '@chat/protocol';

/** Why a connection ended for good. */
export type CloseReasonKind =
  | 'signed-out'
  | 'invalid-token'
  | 'forbidden'
  | 'too-many-connections'
  | 'version-unsupported'
  | 'protocol-fault'
  | 'stopped';

/** What a close code asks of the client. */
export type CloseAdvice =
  /** Come back with backoff. `refresh`: with a new token. */
  | { readonly kind: 'retry'; readonly refresh: boolean }
  | { readonly kind: 'stop'; readonly reason: CloseReasonKind };

/** Reads a WebSocket close code: 4000-4499 and the standard network codes come back, the rest does not. */
export function classifyClose(code: number): CloseAdvice {
  if (isReconnectable(code)) return { kind: 'retry', refresh: code === CloseCode.TOKEN_EXPIRED };
  switch (code) {
    case CloseCode.INVALID_TOKEN:
      return { kind: 'stop', reason: 'invalid-token' };
    case CloseCode.LOGGED_OUT:
      return { kind: 'stop', reason: 'signed-out' };
    case CloseCode.TOO_MANY_CONNECTIONS:
      return { kind: 'stop', reason: 'too-many-connections' };
    case CloseCode.VERSION_UNSUPPORTED:
      return { kind: 'stop', reason: 'version-unsupported' };
    case CloseCode.FORBIDDEN:
    case 1008:
      return { kind: 'stop', reason: 'forbidden' };
    default:
      return { kind: 'stop', reason: 'protocol-fault' };
  }
}
