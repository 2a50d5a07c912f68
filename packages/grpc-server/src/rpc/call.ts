import { ProtocolError } from '@chat/protocol';
import type { CallContext } from '@chat/protocol/grpc';
import type { Outcome } from '../domain/outcome.ts';
import type { App, Caller, Origin } from '../usecases/app.ts';
import { authenticate } from '../usecases/login.ts';
import { hostOfPeer, limitKey } from './address.ts';

/** What every handler needs: the use cases' world, and whose word about addresses counts. */
export interface RpcDeps {
  readonly app: App;
  /** Peers whose x-forwarded-for is believed; loopback always is. */
  readonly trustedGateways: ReadonlySet<string>;
}

/** The value, or the refusal thrown as the error that becomes the status. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  const { code, field, retryAfterMs } = outcome.error;
  throw new ProtocolError(code, { field, retryAfterMs });
}

/** The caller of a method that needs a token. Throws UNAUTHENTICATED or TOKEN_EXPIRED. */
export async function callerOf(deps: RpcDeps, call: CallContext): Promise<Caller> {
  return unwrap(await authenticate(deps.app, call.token));
}

/** The caller of a method that may be called without a token; a token that is given must be valid. */
export async function optionalCallerOf(
  deps: RpcDeps,
  call: CallContext,
): Promise<Caller | undefined> {
  return call.token === undefined ? undefined : callerOf(deps, call);
}

/** Wraps a handler of a method that needs a token. */
export function withCaller<Request, Response>(
  deps: RpcDeps,
  handle: (caller: Caller, request: Request, call: CallContext) => Promise<Response>,
): (request: Request, call: CallContext) => Promise<Response> {
  return async (request, call) => handle(await callerOf(deps, call), request, call);
}

/** Where the call comes from: the peer, or whom a trusted gateway names. */
export function originOf(deps: RpcDeps, call: CallContext): Origin {
  const peer = hostOfPeer(call.peer);
  const [forwarded] = call.metadata.get('x-forwarded-for');
  const trusted = LOOPBACK.has(peer) || deps.trustedGateways.has(peer);
  if (!trusted || typeof forwarded !== 'string') return { remoteAddress: limitKey(peer) };
  return { remoteAddress: limitKey(forwarded) };
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
