import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** A package that is loaded when it is first asked for, without a promise: a warm start needs none of them. */
export function lazyRequire<Module>(specifier: string): () => Module {
  let loaded: Module | undefined;
  return () => (loaded ??= require(specifier) as Module);
}
