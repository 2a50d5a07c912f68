import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { EdgeEvents } from './edge/edge-events.ts';
import type { BridgeEvents } from './ports/events.ts';

/** Everything that the gateway counts. Labels are of closed sets. */
export interface GatewayEvents extends BridgeEvents, EdgeEvents {
  /** An upgrade was refused before it became a socket. */
  upgradeRefused(reason: string): void;
}

/** Numbers that are read when somebody asks. */
export interface GatewayGauges {
  readonly sessions: () => number;
  readonly rooms: () => number;
}

/** Counters and their text for Prometheus. */
export interface Metrics {
  readonly events: GatewayEvents;
  readonly contentType: string;
  observe(gauges: GatewayGauges): void;
  text(): Promise<string>;
}

const CALL_BUCKETS_SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60];

/** Metrics of one gateway; several in one process do not mix. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = (name: string, help: string): Counter =>
    new Counter({ name: `gateway_${name}`, help, registers });
  const labelled = <L extends string>(name: string, help: string, label: L): Counter<L> =>
    new Counter({ name: `gateway_${name}`, help, labelNames: [label], registers });

  collectDefaultMetrics({ register: registry });
  const opened = counter('connections_opened_total', 'Sockets that were opened');
  const closed = labelled('connections_closed_total', 'Sockets that were closed', 'code');
  const started = counter('calls_started_total', 'Bridged calls that were started');
  const refused = labelled('frames_refused_total', 'Frames that broke a rule', 'rule');
  const upgrades = labelled('upgrades_refused_total', 'Upgrades that were refused', 'reason');
  const calls = new Histogram({
    name: 'gateway_call_seconds',
    help: 'Bridged calls by outcome',
    labelNames: ['code', 'origin'] as const,
    buckets: CALL_BUCKETS_SECONDS,
    registers,
  });
  const links = new Gauge({
    name: 'gateway_relay_links',
    help: 'Relay links that stand',
    registers,
  });
  const losses = counter('relay_link_losses_total', 'Relay links that were lost');
  const lagged = counter('rooms_lagged_total', 'Rooms given up for a slow stream');
  const gaps = counter('room_gaps_total', 'Batches that did not continue a position');

  // Counted for every frame of every socket: plain numbers, read when somebody asks.
  const hot = {
    framesIn: 0,
    bytesIn: 0,
    writes: 0,
    framesOut: 0,
    bytesOut: 0,
    batches: 0,
    entries: 0,
  };
  const reading = (name: string, help: string, key: keyof typeof hot): void =>
    addReading(registry, Counter, name, help, (metric) => {
      metric.reset();
      metric.inc(hot[key]);
    });
  reading('frames_received_total', 'WebSocket messages received', 'framesIn');
  reading('received_bytes_total', 'Bytes of received WebSocket messages', 'bytesIn');
  reading('socket_writes_total', 'Writes to sockets; each carries many frames', 'writes');
  reading('frames_written_total', 'WebSocket messages written', 'framesOut');
  reading('written_bytes_total', 'Bytes written to sockets', 'bytesOut');
  reading('room_batches_total', 'Room batches received', 'batches');
  reading('room_entries_total', 'Room entries received, once per gateway', 'entries');

  return {
    events: {
      connectionOpened: () => opened.inc(),
      connectionClosed: (code) => closed.inc({ code: closeLabel(code) }),
      frameReceived(bytes) {
        hot.framesIn += 1;
        hot.bytesIn += bytes;
      },
      framesWritten(frames, bytes) {
        hot.writes += 1;
        hot.framesOut += frames;
        hot.bytesOut += bytes;
      },
      callStarted: () => started.inc(),
      callEnded(_method, statusCode, fromGateway, durationMs) {
        const origin = fromGateway ? 'gateway' : 'upstream';
        calls.observe({ code: String(statusCode), origin }, durationMs / 1000);
      },
      frameRefused: (rule) => refused.inc({ rule }),
      upgradeRefused: (reason) => upgrades.inc({ reason }),
      linkUp: () => links.inc(),
      linkDown() {
        links.dec();
        losses.inc();
      },
      batchReceived(count) {
        hot.batches += 1;
        hot.entries += count;
      },
      roomLagged: () => lagged.inc(),
      gapFound: () => gaps.inc(),
    },
    contentType: registry.contentType,
    observe(gauges) {
      addReading(registry, Gauge, 'sessions', 'Sessions on the relay links', (metric) =>
        metric.set(gauges.sessions()),
      );
      addReading(registry, Gauge, 'rooms', 'Rooms that some socket receives', (metric) =>
        metric.set(gauges.rooms()),
      );
    },
    text: () => registry.metrics(),
  };
}

// A metric whose value is taken when the registry is read.
function addReading<M extends Counter | Gauge>(
  registry: Registry,
  Kind: new (options: { name: string; help: string; registers: []; collect: () => void }) => M,
  name: string,
  help: string,
  read: (metric: M) => void,
): void {
  const metric: M = new Kind({
    name: `gateway_${name}`,
    help,
    registers: [],
    collect: () => read(metric),
  });
  registry.registerMetric(metric);
}

// Peers choose their close codes: only those that we know become labels.
function closeLabel(code: number): string {
  const isOurs = code >= 4000 && code <= 4507;
  return isOurs || (code >= 1000 && code <= 1014) ? String(code) : 'other';
}
