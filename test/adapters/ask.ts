import { once } from "node:events";
import { request, type IncomingMessage, type RequestOptions } from "node:http";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

/** Asks for a path exactly as it is written, on a connection of its own. */
export async function ask(
  url: string,
  path: string,
  options: RequestOptions & { body?: unknown } = {},
): Promise<Answer> {
  const response = await open(url, path, options);
  response.setEncoding("utf8");
  let text = "";
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode!, headers: response.headers, text };
}

/** The same, before the body has come. */
export async function open(
  url: string,
  path: string,
  { body, ...options }: RequestOptions & { body?: unknown } = {},
): Promise<IncomingMessage> {
  const { hostname, port } = new URL(url);
  const asking = request({ hostname, port, path, agent: false, ...options });
  if (body === undefined) asking.end();
  else if (typeof body === "string") asking.end(body);
  else (body as NodeJS.ReadableStream).pipe(asking);
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  return response;
}

/** Asks with JSON. */
export function post(url: string, path: string, value: unknown): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  return ask(url, path, { method: "POST", headers, body: JSON.stringify(value) });
}
