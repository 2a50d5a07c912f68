import { startChild, type ChildOptions } from './child.ts';
import { entryArgv } from './entry.ts';
import { supervise, type Supervisor } from './supervisor.ts';

/** How the whole system is started from one command. */
export interface SystemOptions {
  /** Settings for both, added to this process's environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly report: (line: string) => void;
}

/** The running system. */
export interface System {
  readonly supervisor: Supervisor;
  /** Door name to address, as the processes reported it. */
  readonly doors: ReadonlyMap<string, string>;
}

/** Opening a large store after a crash takes up to 3 s; the rest is room for a busy machine. */
const READY_TIMEOUT_MS = 60_000;
/** One gateway has nobody to hand its clients to, so a short spread does; it must end well within the grace. */
const DRAIN_MS = 5_000;
/** The server ends streams and commits what is in flight; the gateway spreads its clients first. Together below 25 s. */
const STOP_GRACE_MS = 12_000;

/** Starts server, then gateway, and keeps both alive. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const doors = new Map<string, string>();
  const unit = (
    name: ChildOptions['name'],
    argv: readonly string[],
    moreEnv: () => ChildOptions['env'],
  ) => ({
    name,
    start: () =>
      startChild({
        name,
        argv,
        env: { ...moreEnv(), ...options.env },
        output: 'inherit',
        readyTimeoutMs: READY_TIMEOUT_MS,
      }),
    onReady: (child: { readonly doors: Readonly<Record<string, string>> }) => {
      for (const [door, address] of Object.entries(child.doors)) doors.set(door, address);
    },
  });
  const supervisor = await supervise(
    [
      unit('grpc-server', entryArgv('@chat/grpc-server'), () => ({})),
      unit('ws-gateway', entryArgv('@chat/ws-gateway'), () => gatewayDefaults(doors)),
    ],
    options.report,
  );
  return { supervisor, doors };
}

/** The lines that tell a person where to go. */
export function doorLines(doors: ReadonlyMap<string, string>, startedMs: number): string {
  const http = port(doors.get('http'));
  const grpc = port(doors.get('grpc'));
  return [
    '',
    `  web app   http://localhost:${http}`,
    `  bridge    ws://localhost:${http}/bridge`,
    `  gRPC      localhost:${grpc}`,
    `  terminal  pnpm chat <name> welcome localhost:${grpc}`,
    '',
    `  ready in ${((performance.now() - startedMs) / 1000).toFixed(1)} s; Ctrl+C stops everything`,
    '',
  ].join('\n');
}

/** Stops the system on the first signal, and kills it on the second. Resolves when everything is down. */
export function stopOnSignal(system: System, cleanUp: () => Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    let signals = 0;
    const onSignal = (): void => {
      signals += 1;
      if (signals > 1) void system.supervisor.stop(0);
      else void system.supervisor.stop(STOP_GRACE_MS).then(cleanUp).finally(resolve);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}

function port(address: string | undefined): string {
  return address === undefined ? '?' : address.slice(address.lastIndexOf(':') + 1);
}

// The gateway of one machine talks to the server of that machine, wherever that listens.
function gatewayDefaults(doors: ReadonlyMap<string, string>): Record<string, string> {
  const drain = process.env['CHAT_DRAIN_MS'] ?? String(DRAIN_MS);
  const grpc = doors.get('grpc');
  return { CHAT_DRAIN_MS: drain, ...(grpc === undefined ? {} : { CHAT_GRPC_ADDR: grpc }) };
}
