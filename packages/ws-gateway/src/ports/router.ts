import type { OpenUpstreamCall } from '../upstream/upstream-call.ts';
import type { OpenEdgeCall } from './edge-call.ts';

/** One callable method, as far as the bridge needs to know it. */
export interface BridgeMethod {
  /** Without the leading slash: "chat.v1.RoomService/CreateRoom". */
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  /** Fully qualified message names. */
  readonly requestType: string;
  readonly responseType: string;
  /** Largest frame that a request message may come in. */
  readonly maxFrameBytes: number;
}

/** Who serves a method. */
export type Route =
  | {
      readonly kind: 'upstream';
      readonly method: BridgeMethod;
      /** Undefined = the chat server. */
      readonly open: OpenUpstreamCall | undefined;
    }
  | { readonly kind: 'edge'; readonly method: BridgeMethod; readonly open: OpenEdgeCall };

/** Finds the route of a method; undefined = not exposed. */
export type Router = (path: string) => Route | undefined;
