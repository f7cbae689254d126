import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import semver from "semver";

// Run as `node copy-packages.js <folder> <registry> <frozen>`, by `copyingInstaller`.
const [, , folder = "", registry = "", frozen] = process.argv;

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}
interface Lock {
  packages: Record<string, { version: string; optional?: boolean }>;
}

const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
const lockfile = join(folder, "package-lock.json");
const lock: Lock = existsSync(lockfile) ? (JSON.parse(readFileSync(lockfile, "utf8")) as Lock) : { packages: {} };
const ids = readdirSync(join(registry, "packages"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith("package.json"))
  .map((path) => dirname(path));

const installed: Lock = { packages: {} };
const copies: { readonly from: string; readonly to: string }[] = [];
for (const [name, spec] of Object.entries(manifest.dependencies ?? {})) add(name, spec, false);
for (const [name, spec] of Object.entries(manifest.optionalDependencies ?? {})) add(name, spec, true);
process.stderr.write(`copying ${copies.map(({ to }) => relative(folder, to)).join(" ")}\n`);

for (const { to } of copies) mkdirSync(to, { recursive: true });
for (const { from, to } of copies) {
  for (const file of filesIn(from)) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    writeFileSync(join(to, file), readFileSync(join(from, file)));
  }
}
writeFileSync(lockfile, JSON.stringify(installed));
if (copies.length > 0) writeFileSync(join(folder, "node_modules", ".package-lock.json"), JSON.stringify(installed));

function add(name: string, spec: string, optional: boolean): void {
  const path = `node_modules/${name}`;
  if (spec.startsWith("file:")) {
    installed.packages[path] = { version: "0.0.0", optional };
    copies.push({ from: resolve(folder, spec.slice(5)), to: join(folder, path) });
    return;
  }
  const locked = lock.packages[path]?.version;
  const versions = ids.filter((id) => id.slice(0, id.indexOf("@", 1)) === name).map((id) => id.slice(name.length + 1));
  const best = semver.maxSatisfying(versions, spec === "latest" ? "*" : spec);
  const chosen = locked !== undefined && semver.satisfies(locked, spec) ? locked : best;
  if (frozen === "true" && chosen !== locked) throw new Error(`${name} is not as the lockfile says`);
  if (chosen === null) {
    if (optional) return;
    throw new Error(`E404 no ${name}@${spec}`);
  }
  installed.packages[path] = { version: chosen, optional };
  copies.push({ from: join(registry, "packages", `${name}@${chosen}`), to: join(folder, path) });
}

function filesIn(from: string): readonly string[] {
  return readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(from, join(entry.parentPath, entry.name)));
}
