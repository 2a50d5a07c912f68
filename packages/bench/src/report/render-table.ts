import type { Figure } from '../scenarios/scenario.ts';
import type { Machine } from '../system/machine.ts';

/** The machine in two lines. */
export function renderMachine(machine: Machine): string {
  return (
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Linux ${machine.kernel}, Node ${machine.node}, ` +
    `nofile ${machine.maxOpenFiles}\nload before the run ${machine.loadBefore}` +
    (machine.loadBefore > 0.5 ? ': others are at work here, believe the ratios only' : '')
  );
}

/** A Markdown table, ratio first: what counts is how far we are from the baseline of the same run. */
export function renderTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    ratioText(figure),
    figure.scenario,
    figure.name,
    number(figure.ours),
    figure.baseline === undefined ? '-' : number(figure.baseline),
    figure.unit,
    figure.remark,
  ]);
  const head = ['ratio', 'scenario', 'measure', 'ours', 'baseline', 'unit', 'remark'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [
    line(head),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...rows.map(line),
  ].join('\n');
}

/** Ours through baseline; `-` without one. */
export function ratioOf({ ours, baseline }: Figure): number | undefined {
  return baseline === undefined || baseline === 0 ? undefined : ours / baseline;
}

function ratioText(figure: Figure): string {
  const ratio = ratioOf(figure);
  return ratio === undefined ? '-' : `${ratio.toFixed(2)}x`;
}

function number(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(value >= 100 ? 0 : 2);
}
