import { rm } from "node:fs";

/**
 * Removes a folder without holding up the process. Never rejects: what cannot be removed now, because a process of an
 * installer that was ended still writes there, is removed another time.
 */
export function removeFolder(path: string): Promise<void> {
  return new Promise((resolve) => {
    rm(path, { recursive: true, force: true, maxRetries: 3 }, () => resolve());
  });
}
