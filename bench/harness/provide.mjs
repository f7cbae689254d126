import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const project = join(import.meta.dirname, "..", "..");

/** What plugo is compared with and does not depend on, each group in a folder of its own. */
const groups = {
  loaders: {
    "@fastify/autoload": "6.5.0",
    avvio: "9.3.1",
    cordis: "3.18.1",
    fastify: "5.12.8",
    "fastify-plugin": "6.0.1",
    jiti: "2.7.0",
    "live-plugin-manager": "1.1.0",
    tsx: "4.23.15",
  },
  "cordis-4": { cordis: "4.0.0-rc.10" },
  koishi: { koishi: "4.18.11", "@koishijs/plugin-hmr": "1.2.9", "@koishijs/plugin-server": "3.2.9" },
  chokidar: { chokidar: "5.0.0" },
};

/**
 * Fetches a group into a folder that git ignores, unless it is there. Returns its `node_modules`.
 *
 * @param {keyof typeof groups} group
 */
export function provide(group) {
  const home = join(project, "build", "compared", group);
  const modules = join(home, "node_modules");
  const wanted = JSON.stringify({ private: true, dependencies: groups[group] });
  const manifest = join(home, "package.json");
  if (!existsSync(modules) || readFileSync(manifest, "utf8") !== wanted) {
    mkdirSync(home, { recursive: true });
    writeFileSync(manifest, wanted);
    const options = ["--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    execFileSync("npm", ["install", ...options], { cwd: home, stdio: ["ignore", "ignore", "inherit"] });
  }
  return modules;
}

/** `name version`, of a package of the project or (`group/name`) of one that was provided. @param {string} name */
export function identify(name) {
  const group = Object.keys(groups).find((key) => name.startsWith(`${key}/`));
  if (group !== undefined) {
    const bare = name.slice(group.length + 1);
    return `${bare} ${groups[group][bare]}`;
  }
  const { version } = JSON.parse(readFileSync(join(project, "node_modules", name, "package.json"), "utf8"));
  return `${name} ${version}`;
}
