/** One measured figure. */
export interface Figure {
  readonly scenario: string;
  /** What was measured, with the size: `fan-out, 1 room x 1000, deliveries/s`. */
  readonly name: string;
  readonly ours: number;
  /** The same measure of the baseline in the same run; undefined = there is none. */
  readonly baseline: number | undefined;
  readonly unit: string;
  /** True when more is better. */
  readonly moreIsBetter: boolean;
  /** What a reader must know about this figure. */
  readonly remark: string;
}

/** How much is measured. */
export interface Effort {
  /** False: as much as fits in a minute, over all scenarios. */
  readonly full: boolean;
  readonly maxOpenFiles: number;
  /** How long a measurement waits for others on the machine to be quiet. */
  readonly maxQuietWaitMs: number;
  /** Progress, for people. */
  readonly say: (line: string) => void;
}

/** A scenario brings its own processes up and takes them down. */
export interface Scenario {
  readonly name: string;
  readonly summary: string;
  readonly run: (effort: Effort) => Promise<readonly Figure[]>;
}
