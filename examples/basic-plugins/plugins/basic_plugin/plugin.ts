import type { PluginScope } from "@plugo/node";

interface Context {
  readonly name: string;
}

export function initPlugin({ name }: Context, plugin: PluginScope) {
  plugin.defer(() => plugin.logger.info(`generation ${plugin.generation} is gone`));
  return { greet: () => `Hello ${name}!` };
}
