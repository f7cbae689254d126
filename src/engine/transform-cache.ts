import type { EngineOptions } from "./engine.ts";
import type { TransformRecord } from "./transform-record.ts";

export class TransformCache {
  constructor(_options: EngineOptions) {}
  readonly #m = new Map<string, TransformRecord>();
  get(hash: string, variant: string): TransformRecord | undefined {
    return this.#m.get(`${hash} ${variant}`);
  }
  add(hash: string, variant: string, record: TransformRecord): void {
    this.#m.set(`${hash} ${variant}`, record);
  }
  flush(): void {}
}
