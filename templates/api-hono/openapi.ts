import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { itemInput } from "./item-input.ts";

/** What the document says about the plugin itself. */
export interface ApiInfo {
  readonly title: string;
  readonly version: string;
  readonly description: string;
}

export interface Operation {
  readonly summary: string;
  readonly parameters?: readonly object[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, Described>>;
}

interface Described {
  readonly description: string;
  readonly content?: object;
  readonly headers?: object;
}

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: ApiInfo;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const item = v.object({ id: v.string(), ...itemInput.entries });
const list = v.object({ items: v.array(item), page: v.number(), limit: v.number(), total: v.number() });
const problem = v.object({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  detail: v.string(),
  errors: v.optional(v.array(v.object({ pointer: v.string(), detail: v.string() }))),
});

/** What the API can do. `base` is the path that the plugin is mounted at. */
export function openApiDocument(base: string, info: ApiInfo): OpenApiDocument {
  const id = { name: "id", in: "path", required: true, schema: { type: "string" } };
  const body = { required: true, content: { "application/json": { schema: refTo("ItemInput") } } };
  const number = (name: string, maximum: number, fallback: number): object => ({
    name,
    in: "query",
    schema: { type: "integer", minimum: 1, maximum, default: fallback },
  });
  return {
    openapi: "3.1.0",
    info,
    servers: [{ url: base }],
    paths: {
      "/items": {
        get: {
          summary: "List items, oldest first",
          parameters: [number("page", 999_999_999, 1), number("limit", 100, 20)],
          responses: {
            200: {
              ...content("One page of items", "ItemList"),
              headers: header("Link", "The first, previous, next and last page"),
            },
            400: problemFor("The query is not valid"),
          },
        },
        post: {
          summary: "Create one item",
          requestBody: body,
          responses: {
            201: { ...content("The new item", "Item"), headers: header("Location", "Where it is") },
            400: problemFor("The body is not JSON"),
            415: problemFor("The body is not sent as JSON"),
            422: problemFor("The item is not valid"),
          },
        },
      },
      "/items/{id}": {
        get: {
          summary: "Read one item",
          parameters: [id],
          responses: { 200: content("The item", "Item"), 404: problemFor("There is none with this id") },
        },
        put: {
          summary: "Replace one item",
          parameters: [id],
          requestBody: body,
          responses: {
            200: content("The item as it is now", "Item"),
            400: problemFor("The body is not JSON"),
            404: problemFor("There is none with this id"),
            415: problemFor("The body is not sent as JSON"),
            422: problemFor("The item is not valid"),
          },
        },
        delete: {
          summary: "Delete one item",
          parameters: [id],
          responses: { 204: { description: "It is deleted" }, 404: problemFor("There is none with this id") },
        },
      },
    },
    components: {
      schemas: {
        Item: schemaOf(item),
        ItemInput: schemaOf(itemInput),
        ItemList: schemaOf(list),
        Problem: schemaOf(problem),
      },
    },
  };
}

function content(description: string, schema: string): Described {
  return { description, content: { "application/json": { schema: refTo(schema) } } };
}

function problemFor(description: string): Described {
  return { description, content: { "application/problem+json": { schema: refTo("Problem") } } };
}

function header(name: string, description: string): object {
  return { [name]: { description, schema: { type: "string" } } };
}

function refTo(schema: string): object {
  return { $ref: `#/components/schemas/${schema}` };
}

function schemaOf(schema: v.GenericSchema): object {
  // Trimming has no counterpart in JSON Schema: the document describes what is left.
  const { $schema: _, ...rest } = toJsonSchema(schema, { errorMode: "ignore", typeMode: "input" });
  return rest;
}
