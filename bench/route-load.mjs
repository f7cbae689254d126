import { once } from "node:events";
import { connect } from "node:net";

/**
 * Keeps a bounded count of connections to a port of this machine busy, each with one request at a time: a client that
 * costs far less than any server.
 *
 * @param {number} port
 * @param {{ path: string, body: string, connections: number }} request `body` is what every answer ends with.
 */
export async function connectLoad(port, { path, body, connections }) {
  const message = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
  const end = Buffer.from(body);
  let answered = 0;
  let open = 0;
  let isOver = true;
  let idle = () => {};
  let fail = () => {};
  const sockets = await Promise.all(Array.from({ length: connections }, start));

  return {
    /** Requests for a while. Resolves with answers per second once every connection is idle again. @param {number} ms */
    async run(ms) {
      answered = 0;
      open = sockets.length;
      isOver = false;
      const done = new Promise((resolve, reject) => ([idle, fail] = [resolve, reject]));
      const since = performance.now();
      for (const socket of sockets) socket.write(message);
      setTimeout(() => (isOver = true), ms);
      await done;
      return { answers: answered, perSecond: (answered / (performance.now() - since)) * 1_000 };
    },
    close: () => sockets.forEach((socket) => socket.destroy()),
  };

  async function start() {
    const socket = connect(port, "127.0.0.1").setNoDelay();
    let seen = Buffer.alloc(0);
    socket.on("error", (error) => fail(error));
    socket.on("data", (chunk) => {
      const whole = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
      // A body in chunks has its end mark after it.
      if (whole.subarray(-end.length).equals(end) || whole.subarray(-5).equals(endOfChunks)) {
        seen = Buffer.alloc(0);
        if (whole.subarray(9, 12).toString() !== "200") return fail(new Error(whole.toString()));
        answered += 1;
        if (!isOver) return void socket.write(message);
        open -= 1;
        if (open === 0) idle();
      } else seen = whole;
    });
    await once(socket, "connect");
    return socket;
  }
}

const endOfChunks = Buffer.from("0\r\n\r\n");
