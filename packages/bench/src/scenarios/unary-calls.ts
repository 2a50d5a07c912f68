import { AuthServiceDefinition, GetSessionRequest } from '@chat/protocol';
import { createGrpcClient } from '@chat/protocol/grpc';
import { openBridgeClient } from '../load/bridge-client.ts';
import { createTally, percentiles, record } from '../load/tally.ts';
import { startBenchSystem } from '../system/bench-system.ts';
import { createPeople } from '../system/people.ts';
import { quietMoment } from '../system/quiet-moment.ts';
import type { Figure, Scenario } from './scenario.ts';

const METHOD = 'chat.v1.AuthService/GetSession';
const WINDOWS = [1, 32] as const;

/** What the bridge adds to a call. */
export const unaryCalls: Scenario = {
  name: 'unary-calls',
  summary: 'AuthService/GetSession over one bridge socket, beside one grpc-js client',
  async run(effort) {
    const durationMs = effort.full ? 4_000 : 1_000;
    await using system = await startBenchSystem();
    const people = createPeople(system.processes.grpcAddress);
    const [guest] = await people.guests(1);
    people.close();
    const token = guest?.token ?? '';
    const bridge = await openBridgeClient({
      host: system.host,
      port: system.httpPort,
      token,
      onEntries: () => undefined,
      onLagging: () => undefined,
    });
    const direct = createGrpcClient(AuthServiceDefinition, system.processes.grpcAddress);
    const options = { metadata: { authorization: `Bearer ${token}` } };
    const request = GetSessionRequest.encode({}).finish();
    const figures: Figure[] = [];
    for (const window of WINDOWS) {
      const viaBridge = () => bridge.unary(METHOD, request);
      const viaGrpc = () => direct.getSession({}, options);
      await closedLoop(viaBridge, window, 500);
      await quietMoment(effort.maxQuietWaitMs);
      const ours = await closedLoop(viaBridge, window, durationMs);
      await closedLoop(viaGrpc, window, 500);
      await quietMoment(effort.maxQuietWaitMs);
      const baseline = await closedLoop(viaGrpc, window, durationMs);
      const name = `${window} unanswered`;
      figures.push(
        {
          scenario: 'unary-calls',
          name: `${name}, calls`,
          ours: ours.perSecond,
          baseline: baseline.perSecond,
          unit: 'calls/s',
          moreIsBetter: true,
          remark: '',
        },
        {
          scenario: 'unary-calls',
          name: `${name}, p50`,
          ours: ours.p50Ms,
          baseline: baseline.p50Ms,
          unit: 'ms',
          moreIsBetter: false,
          remark: '',
        },
        {
          scenario: 'unary-calls',
          name: `${name}, p99`,
          ours: ours.p99Ms,
          baseline: baseline.p99Ms,
          unit: 'ms',
          moreIsBetter: false,
          remark: '',
        },
      );
    }
    bridge.destroy();
    direct.close();
    return figures;
  },
};

async function closedLoop(call: () => Promise<unknown>, window: number, durationMs: number) {
  const tally = createTally();
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: window }, async () => {
      while (performance.now() - startMs < durationMs) {
        const beginMs = performance.now();
        await call();
        record(tally.ack, beginMs);
        tally.acks += 1;
      }
    }),
  );
  return {
    perSecond: tally.acks / ((performance.now() - startMs) / 1000),
    ...percentiles(tally.ack),
  };
}
