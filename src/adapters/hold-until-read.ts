import type { PluginScope } from "../host/plugin-scope.ts";
import { isEventStream } from "./visits.ts";

/**
 * Keeps a generation from being disposed until the body of a web `Response` has been read, or nobody reads it any more:
 * where no Node.js response says when it is over. An event stream ends when the generation drains.
 */
export async function holdUntilRead(
  plugin: PluginScope,
  respond: () => Response | Promise<Response>,
): Promise<Response> {
  const held = plugin.hold();
  const release = (): void => held[Symbol.dispose]();
  try {
    const response = await respond();
    if (response.body === null) {
      release();
      return response;
    }
    const draining = isEventStream(response.headers.get("content-type")) ? plugin.draining : undefined;
    return new Response(followed(response.body, release, draining), response);
  } catch (error) {
    release();
    throw error;
  }
}

function followed(body: ReadableStream, onEnd: () => void, draining?: AbortSignal): ReadableStream {
  const reader = body.getReader();
  let ended = false;
  return new ReadableStream({
    start(controller) {
      if (draining?.aborted === true) end(controller);
      else draining?.addEventListener("abort", () => process.nextTick(end, controller), { once: true });
    },
    async pull(controller) {
      if (ended) return;
      try {
        const { done, value } = await reader.read();
        if (ended) return;
        if (!done) return controller.enqueue(value);
        ended = true;
        controller.close();
      } catch (error) {
        ended = true;
        controller.error(error);
      }
      onEnd();
    },
    async cancel(reason) {
      ended = true;
      onEnd();
      await reader.cancel(reason);
    },
  });

  function end(controller: ReadableStreamDefaultController): void {
    if (ended) return;
    ended = true;
    controller.close();
    onEnd();
    reader.cancel().catch(() => {});
  }
}
