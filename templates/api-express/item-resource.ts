import * as v from "valibot";
import { itemInput } from "./item-input.ts";
import type { Item, ItemService } from "./item-service.ts";
import { problem, type Answer } from "./problem.ts";

/** What the list can be asked for; everything in a query is text. */
const listQuery = v.object({
  page: v.optional(
    v.pipe(v.string(), v.regex(/^[1-9]\d{0,8}$/, "Ask for a page from 1 on."), v.transform(Number)),
    "1",
  ),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,3}$/, "Ask for 1 to 100."),
      v.transform(Number),
      v.minValue(1, "Ask for 1 to 100."),
      v.maxValue(100, "Ask for 1 to 100."),
    ),
    "20",
  ),
});

/** The paths of the API, and what each of them can be asked to do. */
export const allowed = { items: "GET, HEAD, POST", item: "GET, HEAD, PUT, DELETE" } as const;

/** The API, one method for each route. `base` is the path that the plugin is mounted at. */
export class ItemResource {
  readonly #items: ItemService;

  constructor(items: ItemService) {
    this.#items = items;
  }

  async list(base: string, query: unknown): Promise<Answer> {
    const asked = v.safeParse(listQuery, query);
    if (!asked.success) return invalid(400, "The query is not valid.", asked.issues);
    const { page, limit } = asked.output;
    const { items, total } = await this.#items.list({ offset: (page - 1) * limit, limit });
    const last = Math.max(1, Math.ceil(total / limit));
    const numbers = { first: 1, prev: page - 1, next: page + 1, last };
    const link = Object.entries(numbers)
      .filter(([, number]) => number >= 1 && number <= last)
      .map(([relation, number]) => `<${base}/items?page=${number}&limit=${limit}>; rel="${relation}"`);
    return json(200, { items, page, limit, total }, { link: link.join(", ") });
  }

  async create(base: string, body: unknown): Promise<Answer> {
    const input = v.safeParse(itemInput, body);
    if (!input.success) return invalid(422, "The item is not valid.", input.issues);
    const item = await this.#items.create(input.output);
    return json(201, item, { location: `${base}/items/${encodeURIComponent(item.id)}` });
  }

  async read(id: string): Promise<Answer> {
    return found(await this.#items.find(id));
  }

  async replace(id: string, body: unknown): Promise<Answer> {
    const input = v.safeParse(itemInput, body);
    if (!input.success) return invalid(422, "The item is not valid.", input.issues);
    return found(await this.#items.update(id, input.output));
  }

  async remove(id: string): Promise<Answer> {
    const item = await this.#items.remove(id);
    return item === undefined ? found(item) : { status: 204, headers: {}, body: undefined };
  }

  notFound(): Answer {
    return problem(404, "There is nothing at this path.");
  }

  /** For a method that a path does not have. */
  notAllowed(methods: string): Answer {
    const answer = problem(405, `This path answers ${methods}.`);
    return { ...answer, headers: { ...answer.headers, allow: methods } };
  }
}

/** Whether the `Content-Type` of a request says that its body is JSON. */
export function isJson(contentType: string | undefined): boolean {
  return /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType ?? "");
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}

function found(item: Item | undefined): Answer {
  return item === undefined ? problem(404, "There is no item with this id.") : json(200, item);
}

function invalid(status: number, detail: string, issues: readonly v.BaseIssue<unknown>[]): Answer {
  const errors = issues.map(({ path = [], message }) => ({
    pointer: path.map(({ key }) => `/${String(key)}`).join(""),
    detail: message,
  }));
  return problem(status, detail, errors);
}
