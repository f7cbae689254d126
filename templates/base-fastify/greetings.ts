/**
 * Something that has to end with the plugin: it counts greetings, and hands the count on once a minute and at its end.
 * A connection or a queue would look the same.
 */
export class Greetings implements Disposable {
  readonly #greeting: string;
  readonly #report: (count: number) => void;
  #count = 0;

  constructor(greeting: string, report: (count: number) => void) {
    this.#greeting = greeting;
    this.#report = report;
    // The timers that plugin files start belong to the plugin: this one stops when it ends.
    setInterval(() => this.#flush(), 60_000);
  }

  greet(who: string): string {
    this.#count += 1;
    return `${this.#greeting}, ${who}!`;
  }

  [Symbol.dispose](): void {
    this.#flush();
  }

  #flush(): void {
    if (this.#count > 0) this.#report(this.#count);
    this.#count = 0;
  }
}
