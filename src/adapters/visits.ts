import type { ServerResponse } from "node:http";
import type { PluginScope } from "../host/plugin-scope.ts";

/** The responses that one generation is answering. */
export class Visits {
  readonly #hold: PluginScope["hold"];
  readonly #open = new Set<Visit>();

  constructor(plugin: PluginScope) {
    this.#hold = plugin.hold;
    plugin.draining.addEventListener("abort", () => this.#drain(), { once: true });
  }

  /**
   * Keeps the generation from being disposed until the response has closed: when it was sent, and also when the client
   * went away. The returned function ends that before, for a request that went on to somebody else.
   */
  add(response: ServerResponse): () => void {
    const visit = new Visit(response);
    const held = this.#hold();
    this.#open.add(visit);
    const leave = (): void => {
      visit.leave();
      this.#open.delete(visit);
      response.off("close", leave);
      held[Symbol.dispose]();
    };
    response.once("close", leave);
    return leave;
  }

  /** A moment later: what the plugin itself does when `draining` aborts, such as a last event, comes before. */
  #drain(): void {
    process.nextTick(() => {
      for (const visit of this.#open) visit.endStream();
    });
  }
}

/** One response: an event stream never ends by itself, so it is ended once its generation drains. */
class Visit {
  readonly #response: ServerResponse;
  #isStream = false;
  #endStream = false;

  constructor(response: ServerResponse) {
    this.#response = response;
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => unknown;
    // Headers that are only given to writeHead can be read nowhere else; what Node.js writes itself comes here as well.
    response.writeHead = (...args: unknown[]): ServerResponse => {
      writeHead(...args);
      this.#isStream = isEventStream(response.getHeader("content-type") ?? givenType(args.at(-1)));
      if (this.#endStream) process.nextTick(() => this.#end());
      return response;
    };
  }

  endStream(): void {
    this.#endStream = true;
    this.#end();
  }

  leave(): void {
    this.#endStream = false;
  }

  #end(): void {
    const response = this.#response;
    const isStream = this.#isStream || (response.headersSent && isEventStream(response.getHeader("content-type")));
    if (!isStream || !this.#endStream || response.writableEnded) return;
    // What the plugin still writes has nowhere to go.
    response.on("error", () => {});
    response.end();
  }
}

/** The content type among the headers that `writeHead` got: an object, or a list of names and values. */
function givenType(headers: unknown): unknown {
  if (typeof headers !== "object" || headers === null) return undefined;
  const entries = Array.isArray(headers) ? pairs(headers) : Object.entries(headers);
  return entries.find(([name]) => String(name).toLowerCase() === "content-type")?.[1];
}

function pairs(list: readonly unknown[]): readonly (readonly unknown[])[] {
  if (Array.isArray(list[0])) return list as readonly (readonly unknown[])[];
  return list.flatMap((name, index) => (index % 2 === 0 ? [[name, list[index + 1]]] : []));
}

export function isEventStream(contentType: unknown): boolean {
  return /^text\/event-stream\b/i.test(String(contentType));
}
