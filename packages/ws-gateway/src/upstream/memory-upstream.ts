import { Metadata } from '@grpc/grpc-js';
import type {
  OpenUpstreamCall,
  UpstreamCall,
  UpstreamHandlers,
  UpstreamRequest,
  UpstreamStatus,
} from './upstream-call.ts';

/** One call of the in-memory upstream: the test plays the service. */
export interface MemoryUpstreamCall {
  readonly request: UpstreamRequest;
  readonly handlers: UpstreamHandlers;
  /** What the service has been sent. */
  readonly written: readonly Uint8Array[];
  readonly ended: boolean;
  readonly cancelled: boolean;
  readonly paused: boolean;
  /** The transport takes the oldest written message. */
  consumeOne(): void;
}

/** The in-memory twin of the gRPC upstream. */
export interface MemoryUpstream {
  readonly open: OpenUpstreamCall;
  readonly calls: readonly MemoryUpstreamCall[];
}

/** A status as a service makes it. */
export function serviceStatus(code: number, details = ''): UpstreamStatus {
  const metadata = new Metadata();
  return { code, details, metadata, madeLocally: false, notProcessed: false };
}

export function createMemoryUpstream(): MemoryUpstream {
  const calls: MemoryUpstreamCall[] = [];
  return {
    calls,
    open(request, handlers) {
      const written: Uint8Array[] = [];
      const waiting: (() => void)[] = [];
      const state = { ended: false, cancelled: false, paused: false };
      calls.push({
        request,
        handlers,
        written,
        get ended() {
          return state.ended;
        },
        get cancelled() {
          return state.cancelled;
        },
        get paused() {
          return state.paused;
        },
        consumeOne: () => waiting.shift()?.(),
      });
      const call: UpstreamCall = {
        write(bytes, onConsumed) {
          written.push(bytes);
          waiting.push(onConsumed);
        },
        end() {
          state.ended = true;
        },
        cancel() {
          state.cancelled = true;
        },
        pause() {
          state.paused = true;
        },
        resume() {
          state.paused = false;
        },
      };
      return call;
    },
  };
}
