import { LIMITS } from '../limits.ts';

/** What a WebSocket message of this many bytes takes from a flow-control window. */
export function frameCost(messageBytes: number): number {
  return messageBytes + LIMITS.frameOverheadBytes;
}
