// From the save of a page to the first answer with it: plugo beside a restart of the process by `node --watch` and by
// `tsx watch`, with the same small Express application; and beside cordis with its HMR plugin, as Koishi 4 (cordis 3)
// publishes both, with its own server. They run side by side and take turns, each with its own defaults.
//
//   node bench/restart.mjs [--rounds=15]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, get } from "node:http";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runAlone } from "./harness/part.mjs";
import { identify, provide } from "./harness/provide.mjs";
import { createRecord } from "./harness/record.mjs";
import { roundsWithin } from "./harness/rounds-within.mjs";

const silent = "const logger = { debug() {}, info() {}, warn() {}, error() {} };";
const plain = (page) => `import express from "express";
import { text } from "${page}";
const app = express();
app.get("/plugins/page", (request, response) => { response.send(text); });
app.listen(Number(process.env["PORT"]), "127.0.0.1");
`;
const text = (label) => `export const text = "save ${label}";\n`;
const createCases = ({ tsx, koishi }) => ({
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
  "cordis 3 with HMR": {
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
});

export const part = {
  name: "restart",
  title: "From a save to the new answer",
  script: "bench/restart.mjs",
  rounds: { full: 15, quick: 3 },
  packages: () => [
    identify("express"),
    ...["loaders/tsx", "koishi/koishi", "koishi/@koishijs/plugin-hmr", "koishi/@koishijs/plugin-server"].map(identify),
  ],
  comparisons: {
    time: {
      title: "From the save of a page to the first answer with it",
      unit: "ms",
      baseline: "node --watch",
      main: "plugo",
      plot: { kind: "bars" },
      about: `A small Express application with one page. A file is saved, and the page is asked for every 2 ms until the answer is the
new one. All run side by side and are saved in turns, each with the defaults of its documentation: plugo waits 50 ms for further
changes, cordis' HMR 100 ms, \`node --watch\` and \`tsx watch\` restart the process.

- **plugo**: the page is a route of a plugin, \`loadPlugins\` follows the disk.
- **node --watch**, **tsx watch**: the page is a text in a file that the application imports.
- **cordis 3 with HMR**: \`koishi start\` with the plugins \`hmr\` and \`server\`; the page is a route on that server. cordis 4's
  HMR plugin is not on npm.`,
      why: `What plugo takes is nearly all its wait for further changes; \`hotReload: { debounceMs }\` sets it.`,
    },
  },
  async measure({ rounds, say }) {
    const build = join(import.meta.dirname, "..", "build");
    const cases = createCases({ tsx: join(provide("loaders"), "tsx", "dist", "cli.mjs"), koishi: provide("koishi") });
    mkdirSync(build, { recursive: true });
    // Below the project: its Express is found from here.
    const root = mkdtempSync(join(build, "restart-"));
    const running = [];
    const time = createRecord(["to the answer"], Object.keys(cases));
    try {
      const applications = [];
      for (const [name, { home, page, write, files, args }] of Object.entries(cases)) {
        say(name);
        const folder = home ?? join(root, name.replaceAll(/\W+/g, "-"));
        const path = join(folder, page);
        const port = await freePort();
        for (const [file, content] of Object.entries(files)) {
          writeBelow(folder, file, typeof content === "string" ? content : content(port));
        }
        writeBelow(folder, page, write(0));
        const options = { cwd: folder, env: { ...process.env, PORT: `${port}` }, stdio: ["pipe", "ignore", "inherit"] };
        running.push(spawn(process.execPath, args, options));
        await served(port, "save 0");
        applications.push({ name, port, save: (label) => writeFileSync(path, write(label)) });
      }
      for (const round of roundsWithin(rounds, 45)) {
        const label = round + 1;
        for (const { name, port, save } of applications) {
          const start = performance.now();
          save(label);
          await served(port, `save ${label}`);
          time.add("to the answer", name, performance.now() - start);
          // What the watchers still hear of this save is not the next one.
          await sleep(300);
        }
      }
    } finally {
      const ended = running.map((child) => child.exitCode ?? once(child, "exit"));
      for (const child of running) child.kill();
      await Promise.all(ended);
      rmSync(root, { recursive: true });
    }
    return { time };
  },
};

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

await runAlone(import.meta.url, part);
