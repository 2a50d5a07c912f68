import type { ErrorCode } from '@chat/protocol';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** What the server counts. Labels are of closed sets. */
export interface ServerEvents {
  /** A call or command failed. */
  failed(code: ErrorCode): void;
  /** Entries were committed. */
  committed(entries: number): void;
  /** Entries of a room went to this many links and streams. */
  fannedOut(entries: number, sinks: number): void;
}

/** Numbers that are read when somebody asks. */
export interface ServerGauges {
  readonly sessions: () => number;
  readonly rooms: () => number;
  readonly usersOnline: () => number;
  readonly streams: () => number;
}

/** Counters and their text for Prometheus. */
export interface Metrics {
  readonly events: ServerEvents;
  readonly contentType: string;
  observe(gauges: ServerGauges): void;
  text(): Promise<string>;
}

/** Metrics of one server; several in one process do not mix. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = (name: string, help: string) =>
    new Counter({ name: `chat_${name}`, help, registers });
  collectDefaultMetrics({ register: registry });
  const failed = new Counter({
    name: 'chat_failures_total',
    help: 'Calls and commands that failed',
    labelNames: ['code'] as const,
    registers,
  });
  const committed = counter('entries_committed_total', 'Log entries committed');
  const batches = counter('room_batches_total', 'Room batches handed to the fan-out');
  const deliveries = counter('batch_deliveries_total', 'Room batches handed to links and streams');
  return {
    events: {
      failed: (code) => failed.inc({ code }),
      committed: (entries) => committed.inc(entries),
      fannedOut: (_entries, sinks) => {
        batches.inc();
        deliveries.inc(sinks);
      },
    },
    contentType: registry.contentType,
    observe(gauges) {
      const gauge = (name: string, help: string, read: () => number) =>
        new Gauge({
          name: `chat_${name}`,
          help,
          registers,
          collect() {
            this.set(read());
          },
        });
      gauge('live_sessions', 'Sessions of links and streams', gauges.sessions);
      gauge('rooms_in_memory', 'Rooms that somebody receives', gauges.rooms);
      gauge('users_online', 'Users that are there', gauges.usersOnline);
      gauge('open_streams', 'Relay links and native chat streams', gauges.streams);
    },
    text: () => registry.metrics(),
  };
}
