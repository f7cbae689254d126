import type { IncomingMessage } from "node:http";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyTypeProvider,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerBase,
} from "fastify";
import { perPlugin, type PerPlugin } from "../host/per-plugin.ts";
import type { PluginScope } from "../host/plugin-scope.ts";
import { pathOf, relativeUrl, retryAfterSeconds } from "./dispatch.ts";
import type { PrefixOptions } from "./route-prefix.ts";
import { isOut, RouteTable, tookTooLong, type Mount } from "./route-table.ts";

export type { PrefixOptions } from "./route-prefix.ts";

/** What `fastifyRoutes` can be told. */
export interface FastifyRoutesOptions<Instance = FastifyInstance> extends PrefixOptions {
  /** Prepares the instance of each generation, before `initPlugin` uses it: it inherits nothing of the application. */
  readonly setup?: ((router: Instance, plugin: PluginScope) => void) | undefined;
}

/**
 * Gives every plugin a Fastify instance of its own, mounted at its prefix. Call it before `ready()`; the application's
 * hooks run for a plugin's requests as well, and a more specific route of the application wins, as always in Fastify. A
 * path below the prefix that the plugin does not answer gets its 404; an error that it does not handle goes to the
 * application's error handler. The instance is ready when `initPlugin` has ended, and takes no route after that.
 */
export function fastifyRoutes<
  S extends RawServerBase,
  Q extends RawRequestDefaultExpression<S>,
  R extends RawReplyDefaultExpression<S>,
  L extends FastifyBaseLogger,
  P extends FastifyTypeProvider,
>(
  app: FastifyInstance<S, Q, R, L, P>,
  options: FastifyRoutesOptions<FastifyInstance<S, Q, R, L, P>> = {},
): PerPlugin<FastifyInstance<S, Q, R, L, P>> {
  const table = new RouteTable<FastifyInstance>(options);
  addSeat(app as unknown as FastifyInstance, table);
  return perPlugin((plugin) => {
    const create = (prefix: string): FastifyInstance => createInstance(app.log, prefix);
    const { router } = table.mount(plugin, create);
    plugin.beforeSwap(async () => void (await router.ready()));
    plugin.defer(() => router.close(), "its Fastify instance");
    const view = withoutThen(router) as unknown as FastifyInstance<S, Q, R, L, P>;
    options.setup?.(view, plugin);
    return view;
  });
}

/**
 * The application's own request behind one that a plugin answers: its decorators, for instance.
 *
 * @throws TypeError When no application handed it to a plugin.
 */
export function hostRequest<Request extends { readonly raw: unknown } = FastifyRequest>(request: {
  readonly raw: object;
}): Request {
  const host = (request.raw as Handed)[exchange]?.request;
  if (host === undefined) throw new TypeError("This request was not handed to a plugin by fastifyRoutes.");
  return host as unknown as Request;
}

/** What is kept on a raw request from where it is routed: who answers it, and the application's request and reply. */
interface HostExchange {
  readonly table: RouteTable<FastifyInstance>;
  readonly found: Mount<FastifyInstance>;
  request: FastifyRequest | undefined;
  reply: FastifyReply | undefined;
}

const exchange: unique symbol = Symbol("the application's exchange");

interface Handed {
  [exchange]?: HostExchange;
}

let seats = 0;

/**
 * One route for all plugins, which only matches where a plugin is mounted: what is not below a prefix takes the
 * application's own way, with its own routes for any path.
 */
function addSeat(app: FastifyInstance, table: RouteTable<FastifyInstance>): void {
  seats += 1;
  // The router writes code with it, so it is an identifier.
  const name = `plugo${seats}`;
  app.addConstraintStrategy({
    name,
    storage() {
      let stored: never;
      return { get: (mounted) => (mounted === true ? stored : null), set: (_, store: never) => void (stored = store) };
    },
    validate() {},
    deriveConstraint(raw: IncomingMessage & Handed) {
      const found = table.find(pathOf(raw.url ?? "/"));
      if (found === undefined) return undefined;
      raw[exchange] = { table, found, request: undefined, reply: undefined };
      return true;
    },
  } as Parameters<FastifyInstance["addConstraintStrategy"]>[0]);
  void app.register(async (seat) => {
    // The body is the plugin's to read.
    seat.removeAllContentTypeParsers();
    seat.addContentTypeParser("*", (_request, _payload, done) => done(null));
    seat.route({
      method: seat.supportedMethods,
      url: "/*",
      constraints: { [name]: true },
      handler: (request, reply) => void serve(table, request, reply),
    });
  });
}

function serve(table: RouteTable<FastifyInstance>, request: FastifyRequest, reply: FastifyReply): void {
  const raw: IncomingMessage & Handed = request.raw;
  const seen = raw[exchange];
  const found = seen?.table === table ? seen.found : look();
  // Hooks of the application may have taken their time: it may be out of service by now.
  if (found !== undefined && isOut(found)) void wait();
  else hand(found);

  function look(): Mount<FastifyInstance> | undefined {
    return table.find(pathOf(raw.url ?? "/"));
  }

  function hand(mount: Mount<FastifyInstance> | undefined): void {
    if (mount === undefined) return void reply.callNotFound();
    if (reply.raw.destroyed) return void reply.hijack();
    if (seen === undefined) raw[exchange] = { table, found: mount, request, reply };
    else {
      seen.request = request;
      seen.reply = reply;
    }
    mount.visits.enter(reply.raw);
    // The application's reply stays usable: it answers an error that the plugin does not handle.
    mount.router.routing(raw, reply.raw);
  }

  async function wait(): Promise<void> {
    const mount = await table.whenBack(look, performance.now());
    if (mount !== tookTooLong) hand(mount);
    else void reply.code(503).header("Retry-After", retryAfterSeconds).send("Service Unavailable");
  }
}

function createInstance(log: FastifyBaseLogger, prefix: string): FastifyInstance {
  const instance = Fastify({
    // To a Fastify instance without a logger a request costs less than to one whose logger is mute.
    ...(isMute(log) ? {} : { loggerInstance: log }),
    ...withoutRequestLines(),
    // A plugin that sets an error handler of its own replaces the one below.
    allowErrorHandlerOverride: true,
    rewriteUrl: ({ url = "/" }) => relativeUrl(url, prefix),
  }) as unknown as FastifyInstance;
  instance.setErrorHandler(toApplication);
  return instance;
}

/** Whether it is what an application without a logger has: its children are itself, since they add nothing. */
function isMute(log: FastifyBaseLogger): boolean {
  return log.child({}) === log;
}

/** The application logs the request already. Older versions know only the option that newer ones deprecate. */
function withoutRequestLines(): object {
  const { LogController } = Fastify as { readonly LogController?: typeof Fastify.LogController };
  if (LogController === undefined) return { disableRequestLogging: true };
  return { logController: new LogController({ disableRequestLogging: true }) };
}

/** The application's error handler answers what no handler of the plugin takes. */
function toApplication(error: unknown, { raw, originalUrl }: FastifyRequest, reply: FastifyReply): void {
  const host = (raw as Handed)[exchange];
  if (host?.reply === undefined) throw error;
  reply.hijack();
  raw.url = originalUrl;
  void host.reply.send(error);
}

/** A Fastify instance has a `then` that starts it: whoever awaits it by accident would wait for the end of that. */
function withoutThen(instance: FastifyInstance): FastifyInstance {
  return new Proxy(instance, {
    get: (target, key) => (key === "then" ? undefined : Reflect.get(target, key, target)),
  });
}
