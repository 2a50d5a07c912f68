import { assertNever, type bridge, CloseCode } from '@chat/protocol';
import type { Clock } from '../ports/clock.ts';
import type { ConnectionSocket } from '../ports/socket.ts';
import type { CallTable } from './call-table.ts';
import type { DrainOptions } from './connection-options.ts';
import type { ConnectionPhase } from './phase.ts';
import type { Watch, WatchAction } from './watch.ts';

/** What the upkeep needs of its connection. */
export interface UpkeepOwner {
  readonly phase: ConnectionPhase;
  readonly socket: ConnectionSocket;
  readonly calls: CallTable;
  readonly watch: Watch;
  readonly shared: { readonly clock: Clock };
  send(control: bridge.ServerFrame['control']): void;
  drain(options: DrainOptions): void;
  close(code: number, reason: string): void;
}

/** Does what the watch finds due. */
export interface Upkeep {
  /** Called about once a second. */
  tick(): void;
}

const AGE_DRAIN: DrainOptions = { graceMs: 30_000, reconnectAfterMs: 0, reason: 'connection age' };

class ConnectionUpkeep implements Upkeep {
  readonly #owner: UpkeepOwner;
  #nonce = 0;

  constructor(owner: UpkeepOwner) {
    this.#owner = owner;
  }

  tick(): void {
    const { watch, shared, phase } = this.#owner;
    for (const action of watch.check(shared.clock.nowMs(), phase)) this.#act(action);
  }

  #act(action: WatchAction): void {
    const owner = this.#owner;
    switch (action.do) {
      case 'close':
        owner.close(action.code, action.reason);
        // Nobody is there to shake hands with.
        if (action.code === CloseCode.HEARTBEAT_MISSED) owner.socket.terminate();
        return;
      case 'ping': {
        const nonce = (this.#nonce += 1);
        const received = BigInt(owner.calls.receivedFrames);
        owner.send({ $case: 'ping', value: { nonce, received } });
        return;
      }
      case 'askRefresh': {
        const { expiresInMs } = action;
        owner.send({ $case: 'authState', value: { refresh: true, expiresInMs } });
        return;
      }
      case 'drainForAge':
        owner.drain(AGE_DRAIN);
        return;
      default:
        assertNever(action);
    }
  }
}

/** The upkeep of a connection; the owner calls `tick`. */
export function createUpkeep(owner: UpkeepOwner): Upkeep {
  return new ConnectionUpkeep(owner);
}
