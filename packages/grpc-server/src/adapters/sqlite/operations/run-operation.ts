import type { Context } from '../context.ts';
import { accountOperations } from './account-operations.ts';
import { directoryOperations } from './directory-operations.ts';
import { inviteOperations } from './invite-operations.ts';
import { logOperations } from './log-operations.ts';
import { peopleOperations } from './people-operations.ts';
import { roomOperations } from './room-operations.ts';
import { sessionOperations } from './session-operations.ts';

/** Everything the store can do inside a transaction, by port and method. */
export const OPERATIONS = {
  log: logOperations,
  rooms: roomOperations,
  directory: directoryOperations,
  invites: inviteOperations,
  accounts: accountOperations,
  people: peopleOperations,
  sessions: sessionOperations,
};

/** Names of the ports. */
export type PortName = keyof typeof OPERATIONS;

/** One call of an operation, as it travels to the thread that does it. */
export interface Call {
  readonly port: PortName;
  readonly method: string;
  readonly args: readonly unknown[];
  /** Server time of the call. */
  readonly nowMs: number;
}

type AnyOperation = (context: Context, ...args: readonly unknown[]) => unknown;

/** Runs one call. Throws for a name that does not exist: calls are made by typed code only. */
export function runOperation(context: Context, call: Call): unknown {
  // The table's functions differ in their arguments; createPorts() pairs names with the right ones.
  const port = OPERATIONS[call.port] as Readonly<Record<string, unknown>>;
  const operation = port[call.method] as AnyOperation | undefined;
  if (operation === undefined) throw new Error(`No operation ${call.port}.${call.method}.`);
  return operation(context, ...call.args);
}
