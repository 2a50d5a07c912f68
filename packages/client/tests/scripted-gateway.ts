import { bridge, decodeClientFrame, encodeServerFrame } from '@chat/protocol';
import { createManualClock } from '@chat/testing';
import { createBridgeLink } from '../src/connection/bridge-link.ts';
import type { GetToken } from '../src/chat/chat-client-api.ts';
import { createMemoryTransport, type MemoryPeer } from '../src/transport/memory.ts';

/** A call as the gateway sees it. */
export interface GatewayCall {
  readonly peer: MemoryPeer;
  readonly callId: number;
  readonly start: bridge.CallStart;
  readonly messages: Uint8Array[];
  ended: boolean;
  cancelled: boolean;
  credit: number;
  message(bytes: Uint8Array): void;
  grant(credit: number): void;
  status(status?: Partial<bridge.Status>): void;
}

/** What a scripted gateway does by itself. */
export interface GatewayScript {
  /** Runs after each frame of a call was taken in. */
  readonly onCall?: (call: GatewayCall) => void;
  readonly getToken?: GetToken;
  readonly welcome?: Partial<bridge.Welcome>;
  readonly random?: () => number;
  /** False: sockets stay unanswered until the test accepts them. */
  readonly accept?: boolean;
}

/** A client's link and the gateway it talks to, both moved by hand: `clock` for time, `flush` for frames. */
export function createScriptedGateway(script: GatewayScript = {}) {
  const clock = createManualClock();
  const calls: GatewayCall[] = [];
  const control: { readonly peer: MemoryPeer; readonly frame: bridge.ClientFrame }[] = [];

  const send = (peer: MemoryPeer, frame: Partial<bridge.ServerFrame>): void =>
    peer.send(encodeServerFrame(frame));

  const welcome = (peer: MemoryPeer): void =>
    send(peer, {
      control: {
        $case: 'welcome',
        value: bridge.Welcome.fromPartial({
          sessionId: 's',
          heartbeatMs: 25_000,
          limits: { initialCredit: 1_000 },
          ...script.welcome,
        }),
      },
    });

  const take = (peer: MemoryPeer, bytes: Uint8Array): void => {
    const frame = decodeClientFrame(bytes);
    if (frame.callId === 0) {
      control.push({ peer, frame });
      if (frame.control?.$case === 'hello' && script.accept !== false) welcome(peer);
      return;
    }
    let call = calls.find((known) => known.peer === peer && known.callId === frame.callId);
    if (frame.start !== undefined) {
      call = createCall(peer, frame.callId, frame.start, send);
      calls.push(call);
    }
    if (call === undefined) return;
    if (frame.message !== undefined) call.messages.push(frame.message.slice());
    if (frame.end) call.ended = true;
    if (frame.cancel !== undefined) call.cancelled = true;
    call.credit += frame.credit;
    script.onCall?.(call);
  };

  const transport = createMemoryTransport({
    onPeer(peer) {
      if (script.accept !== false) peer.accept();
    },
    onMessage(peer) {
      for (const bytes of peer.inbox.splice(0)) take(peer, bytes);
    },
  });

  const link = createBridgeLink({
    url: 'ws://test/bridge',
    getToken: script.getToken ?? (() => Promise.resolve('token')),
    clock,
    random: script.random ?? (() => 0.5),
    openSocket: transport.openSocket,
  });

  return {
    clock,
    link,
    transport,
    calls,
    control,
    send,
    welcome,
    get peers() {
      return transport.peers;
    },
    get peer(): MemoryPeer {
      const peer = transport.peers.at(-1);
      if (peer === undefined) throw new Error('no socket was opened');
      return peer;
    },
    /** Frames and promises until nothing moves; time stands still. */
    async settle() {
      for (let quiet = 0; quiet < 3; quiet += 1) {
        await clock.advanceAsync(0);
        if (transport.step()) quiet = -1;
      }
    },
    async connect() {
      link.start();
      await this.settle();
    },
  };
}

/** A scripted gateway with its link. */
export type ScriptedGateway = ReturnType<typeof createScriptedGateway>;

function createCall(
  peer: MemoryPeer,
  callId: number,
  start: bridge.CallStart,
  send: (peer: MemoryPeer, frame: Partial<bridge.ServerFrame>) => void,
): GatewayCall {
  return {
    peer,
    callId,
    start,
    messages: [],
    ended: false,
    cancelled: false,
    credit: 0,
    message: (message) => send(peer, { callId, message }),
    grant: (credit) => send(peer, { callId, credit }),
    status: (status = {}) => send(peer, { callId, status: bridge.Status.fromPartial(status) }),
  };
}
