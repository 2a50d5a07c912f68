import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { BatchReply } from './engine.ts';
import type { OpenResult, StoreLink } from './store-link.ts';
import type { WorkerReply, WorkerRequest, WorkerSetup } from './worker-protocol.ts';

/** Run from source, or from dist. */
const FROM_SOURCE = import.meta.url.endsWith('.ts');
/** The thread's file is what this one is. */
const WORKER_FILE = FROM_SOURCE ? './store.worker.ts' : './store.worker.js';
/** Stripping and compiling sources anew would make each start a second longer; dist needs no cache. */
const WORKER_ENVIRONMENT = FROM_SOURCE
  ? { NODE_COMPILE_CACHE: fileURLToPath(new URL('../../../node_modules/.cache/', import.meta.url)) }
  : {};
/** From source the thread finds the other packages' sources, whatever this process was started with. */
const WORKER_FLAGS = FROM_SOURCE ? ['--conditions=chat-source'] : [];

/** A store thread and whether it could open the file. The caller closes the link in both cases. */
export async function createWorkerLink(
  setup: WorkerSetup,
): Promise<{ readonly link: StoreLink; readonly opened: OpenResult }> {
  const worker = new Worker(new URL(WORKER_FILE, import.meta.url), {
    workerData: setup,
    execArgv: WORKER_FLAGS,
    env: WORKER_ENVIRONMENT,
    name: `store-${setup.role}`,
  });
  const waiting: ((reply: WorkerReply) => void)[] = [];
  let dead: string | undefined;

  const settle = (reply: WorkerReply): void => waiting.shift()?.(reply);
  const die = (detail: string): void => {
    dead ??= detail;
    while (waiting.length > 0) settle(toFailedOpen(dead));
  };
  worker.on('message', settle);
  worker.on('error', (error) => die(String(error)));
  worker.on('exit', (code) => die(`The store thread ended with ${code}.`));

  const next = (): Promise<WorkerReply> =>
    new Promise((resolve) => {
      if (dead === undefined) waiting.push(resolve);
      else resolve(toFailedOpen(dead));
    });
  const ask = (request: WorkerRequest): Promise<WorkerReply> => {
    const reply = next();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    if (dead === undefined) worker.postMessage(request);
    return reply;
  };

  const opened = toOpenResult(await next());
  const link: StoreLink = {
    run: async (calls) => toBatchReply(await ask({ type: 'batch', calls })),
    reopen: async () => toOpenResult(await ask({ type: 'reopen' })),
    close: async () => {
      await ask({ type: 'close' });
      await worker.terminate();
    },
  };
  return { link, opened };
}

function toFailedOpen(detail: string): WorkerReply {
  return { type: 'not-opened', name: 'WorkerDied', detail, corrupt: false };
}

function toOpenResult(reply: WorkerReply): OpenResult {
  if (reply.type === 'opened') return { ok: true, epoch: reply.epoch };
  if (reply.type !== 'not-opened') return unexpected(reply);
  return { ok: false, name: reply.name, detail: reply.detail, corrupt: reply.corrupt };
}

function toBatchReply(reply: WorkerReply): BatchReply {
  if (reply.type === 'batch') return reply.reply;
  return {
    ok: false,
    detail: reply.type === 'not-opened' ? reply.detail : reply.type,
    corrupt: false,
  };
}

function unexpected(reply: WorkerReply): OpenResult {
  return { ok: false, name: 'Error', detail: `Unexpected ${reply.type}.`, corrupt: false };
}
