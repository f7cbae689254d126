import { once } from "node:events";

/**
 * Has a server listen on a port, or on the next free one.
 *
 * @param {import("node:http").Server} server
 * @param {number} wanted The first port to try; 0 for any that is free.
 * @returns {Promise<number>} The port that it listens on.
 */
export async function listen(server, wanted) {
  for (let port = wanted; ; port += 1) {
    try {
      server.listen(port);
      await once(server, "listening");
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
      console.log(`Port ${port} is taken.`);
      continue;
    }
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : port;
  }
}
