import type { DirectoryScan } from "../sources/source.ts";
import type { ChangeRequest } from "./change-request.ts";
import type { Generation } from "./generation.ts";

/** Keeps a host equal to the disk, in the background. */
export interface DiskFollower {
  /** Resolves when what was on disk at the time of the call is in service, or the reason why not is reported. */
  settled(): Promise<void>;
  /** Stops it for good; no change comes from it any more. */
  stop(): void;
}

/** What may have changed on disk. */
export type FollowedChange = Pick<ChangeRequest, "changed" | "isTouched" | "only"> & {
  readonly trigger: "file" | "config";
};

/** What a host has read and runs. */
export interface HostView {
  readonly scan: DirectoryScan;
  readonly generations: ReadonlyMap<string, Generation>;
}
