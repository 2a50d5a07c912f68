import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ratioOf, renderMachine, renderTable } from './report/render-table.ts';
import { durableSends } from './scenarios/durable-sends.ts';
import { fanOut } from './scenarios/fan-out.ts';
import { idleSockets } from './scenarios/idle-sockets.ts';
import { latency } from './scenarios/latency.ts';
import type { Figure, Scenario } from './scenarios/scenario.ts';
import { unaryCalls } from './scenarios/unary-calls.ts';
import { describeMachine } from './system/machine.ts';

// `pnpm bench [scenario…] [--quick] [--json file]`

const SCENARIOS: readonly Scenario[] = [latency, fanOut, durableSends, unaryCalls, idleSockets];

/** A full run takes its time; nobody is quiet for ever. */
const MAX_QUIET_WAIT_MS = 6_000;

const HELP = `pnpm bench [scenario...] [--quick] [--json file]

Measures the system as separate processes, beside a baseline of the same run.

${SCENARIOS.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}`).join('\n')}

  --quick        small sizes, under a minute in all
  --json file    writes the figures
`;

await main();

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const unknown = positionals.filter(
    (name) => !SCENARIOS.some((scenario) => scenario.name === name),
  );
  if (values.help === true || unknown.length > 0) {
    console.log(unknown.length > 0 ? `no scenario ${unknown.join(', ')}\n\n${HELP}` : HELP);
    process.exitCode = unknown.length > 0 ? 2 : 0;
    return;
  }
  const machine = describeMachine();
  console.log(renderMachine(machine));
  const figures: Figure[] = [];
  for (const scenario of SCENARIOS) {
    if (positionals.length > 0 && !positionals.includes(scenario.name)) continue;
    console.log(`${scenario.name}: ${scenario.summary}`);
    try {
      const full = values.quick !== true;
      const effort = {
        full,
        maxOpenFiles: machine.maxOpenFiles,
        maxQuietWaitMs: full ? MAX_QUIET_WAIT_MS : 0,
        say: console.log,
      };
      figures.push(...(await scenario.run(effort)));
    } catch (error) {
      // The other scenarios still tell something.
      console.error(`${scenario.name} failed:`, error);
      process.exitCode = 1;
    }
  }
  console.log(`\n${renderTable(figures)}`);
  if (values.json !== undefined) {
    const report = {
      machine,
      figures: figures.map((figure) => ({ ...figure, ratio: ratioOf(figure) })),
    };
    await writeFile(values.json, `${JSON.stringify(report, undefined, 2)}\n`);
  }
}
