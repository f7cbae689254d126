import { join } from "node:path";
import { Eta } from "eta";

/** Renders a view of `views/`. What a view prints with `<%= … %>` is escaped. */
export type Render = (view: string, data: object) => string;

export function createViews(folder: string): Render {
  const eta = new Eta({ views: join(folder, "views"), cache: true });
  return (view, data) => eta.render(view, data);
}
