import { isProxy } from "node:util/types";

/** What a framework's application is known by: methods that it has and nothing else is likely to. */
const signs: Readonly<Record<string, readonly string[]>> = {
  express: ["handle", "engine", "render"],
  fastify: ["register", "decorate", "inject"],
  hono: ["fetch", "basePath", "mount"],
  koa: ["callback", "use", "createContext"],
};

/** The adapter that a value of the context should be wrapped in; `undefined` when it is no framework's application. */
export function adapterFor(value: unknown): string | undefined {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || isProxy(value)) return undefined;
  return Object.keys(signs).find((name) => signs[name]?.every((method) => isMethod(value, method)));
}

/** Calls no getter: who wrote one may not expect that before a plugin asks. */
function isMethod(value: object, name: string): boolean {
  for (let holder: unknown = value; typeof holder === "object" || typeof holder === "function";) {
    if (holder === null) return false;
    const property = Object.getOwnPropertyDescriptor(holder, name);
    if (property !== undefined) return typeof property.value === "function";
    holder = Object.getPrototypeOf(holder);
  }
  return false;
}
