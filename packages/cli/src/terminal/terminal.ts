/** Where lines come from and go to. Two implementations: an interactive screen, and plain pipes. */
export interface Terminal {
  /** True: a person types here. */
  readonly interactive: boolean;
  /** Lines of input, once, until its end. Must be read by one reader only. */
  readonly lines: AsyncIterable<string>;
  /** Writes one event or answer. The text is already safe and may have several lines. */
  print(text: string): void;
  /** Writes a word of the program about itself, apart from the events. */
  note(text: string): void;
  /** Gives the screen back as it was. Twice is free. */
  close(): void;
}
