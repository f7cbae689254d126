import type { Transformed } from "./transform.ts";

/** A {@link Transformed} as it is kept: what is seldom needed stays text. */
export interface TransformRecord {
  readonly kind: "esm" | "commonjs";
  readonly flags: number;
  readonly linksJson: string;
  readonly code: string;
  /** The raw source maps as JSON; `undefined` when they were not read. */
  readonly mapsJson: string | undefined;
  /** The version of esbuild, when it had a part in it; else empty. */
  readonly loweredBy: string;
}

export function toRecord({ kind, flags, links, code, maps }: Transformed, loweredBy: string): TransformRecord {
  return { kind, flags, linksJson: JSON.stringify(links), code, mapsJson: JSON.stringify(maps), loweredBy };
}
