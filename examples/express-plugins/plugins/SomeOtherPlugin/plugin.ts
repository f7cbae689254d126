import type { PluginScope } from "@plugo/node";
import { nanoid } from "nanoid";
import type { AppContext } from "../../app.js";

export function initPlugin({ app }: AppContext, plugin: PluginScope) {
  const given = new Set<string>();
  // A plugin's timers are its own: this one ends with it.
  setInterval(() => given.clear(), 60_000);

  app.get("/", (_request, response) => {
    const id = nanoid();
    given.add(id);
    response.json({ id, givenInTheLastMinute: given.size });
  });

  plugin.defer(() => plugin.logger.info(`gave ${given.size} names`));
}
