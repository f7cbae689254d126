// From the save of a page to the first answer with it: plugo beside a restart of the process by `node --watch` and by
// `tsx watch`, with the same small Express application; and beside cordis with its HMR plugin, as Koishi 4 (cordis 3)
// publishes both, with its own server. They run side by side and take turns, each with its own defaults.
//
//   node bench/restart.mjs [--saves=10] [--node=/path/to/node]
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, get } from "node:http";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { spread } from "./statistics.mjs";

const { values } = parseArgs({
  options: { saves: { type: "string", default: "10" }, node: { type: "string", default: process.execPath } },
});
const version = execFileSync(values.node, ["--version"], { encoding: "utf8" }).trim();
const build = join(import.meta.dirname, "..", "build");
const tsx = join(provide("tsx", { tsx: "4.20.6" }), "tsx", "dist", "cli.mjs");
const koishi = provide("koishi", {
  koishi: "4.18.11",
  "@koishijs/plugin-hmr": "1.2.9",
  "@koishijs/plugin-server": "3.2.9",
});
mkdirSync(build, { recursive: true });
// Below the project: its Express is found from here.
const root = mkdtempSync(join(build, "restart-"));
const silent = "const logger = { debug() {}, info() {}, warn() {}, error() {} };";
const plain = (page) => `import express from "express";
import { text } from "${page}";
const app = express();
app.get("/plugins/page", (request, response) => { response.send(text); });
app.listen(Number(process.env["PORT"]), "127.0.0.1");
`;
const text = (label) => `export const text = "save ${label}";\n`;
const cases = {
  plugo: {
    page: "plugins/page/plugin.ts",
    write: (label) =>
      `export function initPlugin({ app }) {\n  app.get("/", (request, response) => { response.send("save ${label}"); });\n}\n`,
    files: {
      "plugins/page/metadata.json": "{}",
      "app.mjs": `import express from "express";
import { loadPlugins } from "@plugo/node";
import { expressRoutes } from "@plugo/node/express";
${silent}
const app = express();
await loadPlugins({ pluginDirectory: "plugins", context: { app: expressRoutes(app) }, logger });
app.listen(Number(process.env["PORT"]), "127.0.0.1");
`,
    },
    args: ["app.mjs"],
  },
  "node --watch": {
    page: "page.mjs",
    write: text,
    files: { "app.mjs": plain("./page.mjs") },
    args: ["--watch", "app.mjs"],
  },
  "tsx watch": {
    page: "page.ts",
    write: text,
    files: { "app.ts": plain("./page.ts"), "package.json": `{ "type": "module" }` },
    args: [tsx, "watch", "app.ts"],
  },
  "cordis + HMR": {
    // It finds its plugins from the folder that it runs in.
    home: join(dirname(koishi), "application"),
    page: "external/page/index.js",
    write: (label) => `exports.name = "page";
exports.inject = ["server"];
exports.apply = (context) => {
  context.server.get("/plugins/page", (koa) => { koa.body = "save ${label}"; });
};
`,
    files: {
      "koishi.yml": (port) => `plugins:
  server:
    port: ${port}
    host: 127.0.0.1
  hmr:
    root: [external]
  ./external/page: {}
`,
    },
    args: [join(koishi, "koishi", "bin.js"), "start"],
  },
};
const running = [];
try {
  const applications = [];
  for (const [name, { home, page, write, files, args }] of Object.entries(cases)) {
    const folder = home ?? join(root, name.replaceAll(/\W+/g, "-"));
    const path = join(folder, page);
    const port = await freePort();
    for (const [file, content] of Object.entries(files)) {
      writeBelow(folder, file, typeof content === "string" ? content : content(port));
    }
    writeBelow(folder, page, write(0));
    const options = { cwd: folder, env: { ...process.env, PORT: `${port}` }, stdio: ["pipe", "ignore", "inherit"] };
    running.push(spawn(values.node, args, options));
    await served(port, "save 0");
    applications.push({ name, port, save: (label) => writeFileSync(path, write(label)) });
  }
  const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let label = 1; label <= Number(values.saves); label += 1) {
    for (const { name, port, save } of applications) {
      const start = performance.now();
      save(label);
      await served(port, `save ${label}`);
      times[name].push(performance.now() - start);
      // What the watchers still hear of this save is not the next one.
      await sleep(300);
    }
  }
  console.log(`\nFrom save to served, Node.js ${version}, ${values.saves} saves: ms as median (min–max), to plugo`);
  for (const [name, list] of Object.entries(times)) {
    const ratios = list.map((time, save) => time / times.plugo[save]);
    console.log(`  ${name.padEnd(14)} ${spread(list, 0).padStart(18)}   ${spread(ratios)}`);
  }
} finally {
  const ended = running.map((child) => child.exitCode ?? once(child, "exit"));
  for (const child of running) child.kill();
  await Promise.all(ended);
  rmSync(root, { recursive: true });
}

async function served(port, expected) {
  const deadline = performance.now() + 20_000;
  while ((await ask(port)) !== expected) {
    if (performance.now() > deadline) throw new Error(`"${expected}" was not served in time.`);
    await sleep(2);
  }
}

/** The answer, or `undefined` while nobody listens. */
function ask(port) {
  return new Promise((resolve) => {
    get({ port, host: "127.0.0.1", path: "/plugins/page", agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk) => (body += chunk));
      response.on("end", () => resolve(body));
    }).on("error", () => resolve(undefined));
  });
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

function writeBelow(folder, file, content) {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/**
 * Packages that are no dependencies of the project: fetched for this comparison, into a folder that git ignores.
 * Returns their `node_modules`.
 */
function provide(name, dependencies) {
  const home = join(build, name);
  const wanted = JSON.stringify({ private: true, dependencies });
  const manifest = join(home, "package.json");
  if (!existsSync(manifest) || readFileSync(manifest, "utf8") !== wanted) {
    mkdirSync(home, { recursive: true });
    const options = ["--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"];
    writeFileSync(manifest, wanted);
    execFileSync("npm", ["install", "--prefix", home, ...options]);
  }
  return join(home, "node_modules");
}
