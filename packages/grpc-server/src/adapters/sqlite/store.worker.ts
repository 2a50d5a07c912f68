// The thread that does the store's work, so that a slow fsync never stalls the event loop of the server.
import { parentPort, workerData } from 'node:worker_threads';
import { type BatchReply, Engine } from './engine.ts';
import { openForWriting, probe } from './open-store-file.ts';
import { Sql } from './sql.ts';
import { CorruptEntryError } from './tables/entry-table.ts';
import type { WorkerReply, WorkerRequest, WorkerSetup } from './worker-protocol.ts';

if (parentPort === null) throw new Error('This file runs as a worker thread.');
const port = parentPort;
// Started by createWorkerLink() only.
const setup = workerData as WorkerSetup;
let engine: Engine | undefined;

// The reader is loaded beside the writer and told to open when the writer has made the file.
if (setup.role === 'writer') open(false);
else reply({ type: 'opened', epoch: '' });

port.on('message', (request: WorkerRequest) => {
  switch (request.type) {
    case 'batch':
      reply({ type: 'batch', reply: runBatch(request) });
      break;
    case 'reopen':
      open(true);
      break;
    case 'close':
      engine?.close();
      engine = undefined;
      reply({ type: 'closed' });
      port.close();
      break;
  }
});

function runBatch(request: Extract<WorkerRequest, { type: 'batch' }>): BatchReply {
  if (engine === undefined) return { ok: false, detail: 'The store is not open.', corrupt: false };
  const done = setup.role === 'writer' ? engine.write(request.calls) : engine.read(request.calls);
  if (!done.ok && setup.role === 'writer') {
    // After a failed fsync the page cache may lie; only a new connection reads what is really on the disk (G19).
    engine.close();
    engine = undefined;
  }
  return done;
}

function open(again: boolean): void {
  try {
    engine?.close();
    engine = undefined;
    if (setup.role === 'reader') {
      engine = new Engine(new Sql(setup.path, { readOnly: true }));
      reply({ type: 'opened', epoch: '' });
      return;
    }
    const { sql, epoch } = openForWriting(setup.path, setup.newEpoch);
    engine = new Engine(sql);
    if (again) probe(sql);
    reply({ type: 'opened', epoch });
  } catch (error) {
    engine?.close();
    engine = undefined;
    const name = error instanceof Error ? error.name : 'Error';
    const detail = error instanceof Error ? error.message : String(error);
    reply({ type: 'not-opened', name, detail, corrupt: error instanceof CorruptEntryError });
  }
}

function reply(message: WorkerReply): void {
  port.postMessage(message);
}
