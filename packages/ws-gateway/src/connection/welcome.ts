import { LIMITS, type bridge } from '@chat/protocol';
import type { SessionState } from '../ports/session-gate.ts';
import type { ConnectionLimits } from './limits.ts';

/** The answer to Hello: it tells every limit of the connection (HS4). */
export function welcome(
  connectionId: string,
  state: SessionState,
  limits: ConnectionLimits,
): bridge.ServerFrame['control'] {
  return {
    $case: 'welcome',
    value: {
      sessionId: state.sessionId === '' ? connectionId : state.sessionId,
      limits: {
        maxFrameBytes: limits.maxFrameBytes,
        maxConcurrentCalls: limits.maxConcurrentCalls,
        initialCredit: LIMITS.initialCredit,
        maxMetadataBytes: LIMITS.maxMetadataBytes,
        maxTimeoutMs: LIMITS.maxUnaryTimeoutMs,
      },
      heartbeatMs: limits.heartbeatMs,
      authExpiresInMs: state.accessExpiresInMs,
      // None is defined yet.
      features: [],
      resumeToken: '',
    },
  };
}
