/** Content that is asked for before it is there: the asking says that the mail server wants it. */
export class ContentFeed implements AsyncIterable<Uint8Array> {
  /** Settles when the first octets are asked for. */
  readonly wanted: Promise<void>;
  readonly #on: { readonly octets: (count: number) => void; readonly end: () => void };
  readonly #content: Promise<AsyncIterable<Uint8Array>>;
  #want!: () => void;
  #give!: (content: AsyncIterable<Uint8Array>) => void;

  /** @param on Hears of every piece that is handed on, and that there are no more. */
  constructor(on: { readonly octets: (count: number) => void; readonly end: () => void }) {
    this.#on = on;
    this.wanted = new Promise(resolve => {
      this.#want = resolve;
    });
    this.#content = new Promise(resolve => {
      this.#give = resolve;
    });
  }

  /** Gives the content, now that it begins to come. */
  attach(content: AsyncIterable<Uint8Array>): void {
    this.#give(content);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    this.#want();
    for await (const octets of await this.#content) {
      this.#on.octets(octets.length);
      yield octets;
    }
    this.#on.end();
  }
}
