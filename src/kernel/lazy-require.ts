import { createRequire } from "node:module";

/**
 * Loads a package, or a file of one, without a promise. For what is needed seldom: importing plugo and a warm start
 * load none of them.
 */
export const requirePackage: <Module>(specifier: string) => Module = createRequire(import.meta.url);

/** The same, or a module of Node.js, as a function that loads it when it is first called. */
export function lazyRequire<Module>(specifier: string): () => Module {
  let loaded: Module | undefined;
  return () => (loaded ??= load<Module>(specifier));
}

/** Node.js' own modules take half the time when they are asked for by themselves. */
function load<Module>(specifier: string): Module {
  const builtin = specifier.startsWith("node:") ? process.getBuiltinModule(specifier) : undefined;
  return builtin === undefined ? requirePackage<Module>(specifier) : (builtin as Module);
}

// What a warm start does without, and Node.js takes long to load.
export const util: () => typeof import("node:util") = lazyRequire("node:util");
export const crypto: () => typeof import("node:crypto") = lazyRequire("node:crypto");
export const zlib: () => typeof import("node:zlib") = lazyRequire("node:zlib");
export const vm: () => typeof import("node:vm") = lazyRequire("node:vm");
export const childProcess: () => typeof import("node:child_process") = lazyRequire("node:child_process");
