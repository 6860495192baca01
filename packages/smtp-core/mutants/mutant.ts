/** A fault put into the sources by replacing one piece of text, which must be there exactly once. */
export interface Mutant {
  readonly title: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}
