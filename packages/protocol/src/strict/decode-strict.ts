import * as bridge from '../gen/bridge/v1/bridge.ts';
import * as relay from '../gen/relay/v1/relay.ts';
import type { MessageType } from '../message-type.ts';
import * as chat from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { checkWire, type WireLimits } from './check-wire.ts';

/**
 * Decodes bytes of an untrusted peer. Throws ProtocolError BAD_FIELD, TOO_DEEP, TOO_MANY or TOO_LARGE;
 * never anything else. `type` is a generated message of chat.v1, bridge.v1 or relay.v1.
 */
export function decodeStrict<T>(type: MessageType<T>, bytes: Uint8Array, limits?: WireLimits): T {
  const name = fullName(type);
  checkWire(name, bytes, limits);
  try {
    return type.decode(bytes);
  } catch (cause) {
    throw new ProtocolError('BAD_FIELD', { message: 'unreadable message', cause });
  }
}

let names: ReadonlyMap<unknown, string> | undefined;

/** Full name of a generated message, such as "chat.v1.SendMessageRequest". */
export function fullName(type: MessageType<unknown>): string {
  names ??= new Map<unknown, string>([
    ...named('chat.v1', chat),
    ...named('bridge.v1', bridge),
    ...named('relay.v1', relay),
  ]);
  const name = names.get(type);
  if (name === undefined) throw new Error('not a message of chat.v1, bridge.v1 or relay.v1');
  return name;
}

function named(packageName: string, module: object): [unknown, string][] {
  return Object.entries(module).map(([name, value]) => [value, `${packageName}.${name}`]);
}
