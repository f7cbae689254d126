/**
 * Runs one task at a time, in the order in which they came: two installers at once take twice the memory and are not
 * faster. A task that fails does not hold up the next.
 */
export class InstallQueue {
  #last: Promise<unknown> = Promise.resolve();

  add<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => {});
    return result;
  }
}

/** The one of this process. */
export const installQueue: InstallQueue = new InstallQueue();
