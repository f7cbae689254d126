import type { Asset } from "./assets.ts";
import type { OpenApiDocument } from "./openapi.ts";
import type { Answer } from "./problem.ts";
import type { Render } from "./views.ts";

export interface DocumentationParts {
  readonly render: Render;
  readonly assets: ReadonlyMap<string, Asset>;
}

/** The page that shows an OpenAPI document. It loads nothing from elsewhere and needs no JavaScript. */
export function documentationPage(document: OpenApiDocument, { render, assets }: DocumentationParts): Answer {
  const base = document.servers[0]?.url ?? "";
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
  );
  const stylesheet = `${base}/assets/style.css?v=${assets.get("style.css")?.version ?? ""}`;
  return {
    status: 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy":
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
    },
    body: render("documentation", { base, document, operations, stylesheet }),
  };
}
