import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadPlugins } from "@plugo/node";

// Plugin files are changed below, so this works on a copy of them.
const folder = await mkdtemp(path.join(tmpdir(), "basic-plugins-"));
await cp(path.join(import.meta.dirname, "plugins"), folder, { recursive: true });
const file = path.join(folder, "basic_plugin", "plugin.ts");

console.log("\n1. Load every plugin of a folder");
const host = await loadPlugins({ pluginDirectory: folder, context: { name: "world" } });
try {
  for (const { name, version, phase, reason } of host.snapshot().plugins) {
    console.log(`   ${name} ${version} is ${phase}: ${reason}`);
  }
  greet();

  console.log("\n2. Change a file and reload");
  const source = await readFile(file, "utf8");
  await writeFile(file, source.replace("Hello", "Good morning"));
  await host.reload("basic_plugin");
  greet();

  console.log("\n3. Break the file and reload: what ran before keeps running");
  await writeFile(file, `${source}\nconst broken = ;\n`);
  const { problems } = await host.reload("basic_plugin");
  console.log(`   problems: ${problems.map(({ code }) => code).join(", ")}`);
  greet();

  console.log("\n4. Mend it, add another plugin and reload everything");
  await writeFile(file, source);
  await mkdir(path.join(folder, "another_plugin"));
  await writeFile(path.join(folder, "another_plugin", "metadata.json"), "{}");
  await writeFile(path.join(folder, "another_plugin", "plugin.ts"), "export function initPlugin() {}\n");
  const { loaded } = await host.reload();
  console.log(`   loaded: ${loaded.join(", ")}`);
  greet();

  console.log("\n5. Close");
} finally {
  await host.close();
  await rm(folder, { recursive: true });
}

/** A reload makes a new API, so it is asked for at each use. */
function greet() {
  /** @type {{ greet: () => string }} */
  const api = host.get("basic_plugin");
  console.log(`   basic_plugin says: ${api.greet()}`);
}
