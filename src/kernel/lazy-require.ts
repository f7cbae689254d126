import { createRequire } from "node:module";

/**
 * Loads a package, or a file of one, without a promise. For what is needed seldom: importing plugo and a warm start
 * load none of them.
 */
export const requirePackage: <Module>(specifier: string) => Module = createRequire(import.meta.url);

/** The same as a function that loads it when it is first called. */
export function lazyRequire<Module>(specifier: string): () => Module {
  let loaded: Module | undefined;
  return () => (loaded ??= requirePackage<Module>(specifier));
}

/** Node.js spends more on preparing this module for import than on the rest of what plugo imports. */
export const util: () => typeof import("node:util") = lazyRequire("node:util");
