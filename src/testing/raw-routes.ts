import { adapterFor } from "../hot/raw-application.ts";

/** How many routes and middlewares an application has, by the adapter that it should be wrapped in. */
const counters: Readonly<Record<string, (application: never) => number>> = {
  express: ({ router }: { readonly router: { readonly stack: readonly unknown[] } }) => router.stack.length,
  fastify: (application: { readonly printRoutes: () => string }) => application.printRoutes().split("\n").length,
  hono: ({ routes }: { readonly routes: readonly unknown[] }) => routes.length,
  koa: ({ middleware }: { readonly middleware: readonly unknown[] }) => middleware.length,
};

/** The routes of a framework's applications in the context: a plugin cannot take back what it adds to one. */
export type RawRoutes = ReadonlyMap<string, number>;

export function countRawRoutes(context: object): RawRoutes {
  const counts = new Map<string, number>();
  for (const [key, value] of Object.entries(context)) {
    const adapter = adapterFor(value);
    const count = adapter === undefined ? undefined : countSafely(adapter, value);
    if (count !== undefined) counts.set(key, count);
  }
  return counts;
}

/** What has been added since, in words. */
export function grownRawRoutes(context: object, before: RawRoutes): string[] {
  const grown: string[] = [];
  for (const [key, count] of countRawRoutes(context)) {
    if (count <= (before.get(key) ?? 0)) continue;
    const adapter = adapterFor((context as Readonly<Record<string, unknown>>)[key]) ?? "http";
    grown.push(`routes or middleware on context.${key}, where only a view of @plugo/node/${adapter} takes them back`);
  }
  return grown;
}

/** Other versions of a framework may keep them elsewhere. */
function countSafely(adapter: string, application: unknown): number | undefined {
  try {
    return counters[adapter]?.(application as never);
  } catch {
    return undefined;
  }
}
