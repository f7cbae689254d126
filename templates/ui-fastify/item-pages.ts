import type { Asset } from "./assets.ts";
import { blankForm, formOf, readItemForm, type ItemForm } from "./item-form.ts";
import type { Item, ItemService } from "./item-service.ts";
import type { Render } from "./views.ts";
import type { Visit } from "./visit.ts";

/** What is sent back, in whichever framework. */
export interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly setCookies: readonly string[];
  readonly body: string;
}

export interface ItemPagesParts {
  /** What the pages call themselves. */
  readonly brand: string;
  readonly items: ItemService;
  readonly render: Render;
  readonly assets: ReadonlyMap<string, Asset>;
}

type Fields = Readonly<Record<string, unknown>>;

const pageSize = 20;

/** Nothing but what the plugin itself serves is loaded, and forms go nowhere else. */
const contentSecurityPolicy =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** The pages, one method for each route. */
export class ItemPages {
  readonly #parts: ItemPagesParts;

  constructor(parts: ItemPagesParts) {
    this.#parts = parts;
  }

  async index(visit: Visit, query: Fields): Promise<Page> {
    const page = Math.max(1, Math.trunc(Number(query["page"])) || 1);
    const { items, total } = await this.#parts.items.list({ offset: (page - 1) * pageSize, limit: pageSize });
    const pages = Math.max(1, Math.ceil(total / pageSize));
    if (page > pages) return this.notFound(visit);
    return this.#page(visit, 200, "index", { title: "Items", items, total, page, pages });
  }

  async blank(visit: Visit): Promise<Page> {
    return this.#form(visit, 200, blankForm);
  }

  async create(visit: Visit, fields: Fields): Promise<Page> {
    const form = readItemForm(fields);
    if (form.input === undefined) return this.#form(visit, 422, form);
    const item = await this.#parts.items.create(form.input);
    visit.say(`“${item.name}” was created.`);
    return redirect(visit, `/${item.id}`);
  }

  async show(visit: Visit, id: string): Promise<Page> {
    const item = await this.#parts.items.find(id);
    return item === undefined ? this.notFound(visit) : this.#page(visit, 200, "show", { title: item.name, item });
  }

  async edit(visit: Visit, id: string): Promise<Page> {
    const item = await this.#parts.items.find(id);
    return item === undefined ? this.notFound(visit) : this.#form(visit, 200, formOf(item), item);
  }

  async update(visit: Visit, id: string, fields: Fields): Promise<Page> {
    const item = await this.#parts.items.find(id);
    if (item === undefined) return this.notFound(visit);
    const form = readItemForm(fields);
    if (form.input === undefined) return this.#form(visit, 422, form, item);
    const updated = await this.#parts.items.update(id, form.input);
    if (updated === undefined) return this.notFound(visit);
    visit.say(`“${updated.name}” was saved.`);
    return redirect(visit, `/${id}`);
  }

  async remove(visit: Visit, id: string): Promise<Page> {
    const item = await this.#parts.items.remove(id);
    if (item === undefined) return this.notFound(visit);
    visit.say(`“${item.name}” was deleted.`);
    return redirect(visit, "");
  }

  notFound(visit: Visit): Page {
    return this.#page(visit, 404, "message", {
      title: "Not found",
      message: "There is nothing here. It may have been deleted, or the address may have a slip in it.",
    });
  }

  /** For a form that carries no token of this visitor. */
  refused(visit: Visit): Page {
    return this.#page(visit, 403, "message", {
      title: "This form was not accepted",
      message:
        "It was open for too long, or it did not come from this site. Nothing was changed. Please open it again.",
    });
  }

  #form(visit: Visit, status: number, form: ItemForm, item?: Item): Page {
    const title = item === undefined ? "New item" : `Edit ${item.name}`;
    return this.#page(visit, status, "form", { title, form, item });
  }

  #page(visit: Visit, status: number, view: string, data: object): Page {
    const { brand, render, assets } = this.#parts;
    const asset = (name: string): string => `${visit.base}/assets/${name}?v=${assets.get(name)?.version ?? ""}`;
    const { base, flash, token, setCookies } = visit;
    return {
      status,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": contentSecurityPolicy,
        // A page holds a token of its visitor.
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
      },
      setCookies,
      body: render(view, { brand, base, flash, token, asset, ...data }),
    };
  }
}

/** After a form: a reload of the next page sends nothing again. */
function redirect({ base, setCookies }: Visit, path: string): Page {
  return { status: 303, headers: { location: base + path, "cache-control": "no-store" }, setCookies, body: "" };
}
