import { createFolder, type Files, type TestFolder } from "../support/plugin-folder.ts";

const init = "export function initPlugin() {}";

/** An application whose plugins stand in every way in which they can. */
export function createShop(more: Files = {}): TestFolder {
  return createFolder({
    "package.json": {
      name: "shop",
      version: "1.0.0",
      plugo: { pluginDirectory: "plugins", configPath: "plugins_config.json" },
    },
    "plugins_config.json": `{
  "plugins": [
    { "name": "orders", "enabled": true },
    { "name": "old",    "enabled": false },
    { "name": "needy",  "enabled": true }
  ]
}
`,
    "plugins/orders/metadata.json": { version: "1.2.0", dependencies: ["auth"] },
    "plugins/orders/plugin.ts": init,
    "plugins/auth/metadata.json": { version: "2.0.0" },
    "plugins/auth/plugin.ts": init,
    "plugins/old/metadata.json": {},
    "plugins/old/plugin.ts": init,
    "plugins/needy/metadata.json": { dependencies: ["old"] },
    "plugins/needy/plugin.ts": init,
    "plugins/unmentioned/metadata.json": {},
    "plugins/unmentioned/plugin.ts": init,
    "src/deep/file.txt": "",
    ...more,
  });
}

/** The same with nothing wrong. */
export function createGoodShop(more: Files = {}): TestFolder {
  return createShop({ "plugins/needy/metadata.json": {}, ...more });
}
