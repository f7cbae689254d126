import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import type { PlugoError } from "@plugo/node";
import { createInstaller } from "#src/environments/installers/create-installer.js";
import type { Installer, InstallerName, InstallRequest } from "#src/environments/installers/installer.js";
import { keepLines } from "../../support/load.ts";
import { createFolder, type TestFolder } from "../../support/plugin-folder.ts";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { hangingScript, isRunning, listenForPids } from "./hanging-processes.ts";

/** Where the installers of the tests are. */
export const repository: string = path.resolve(import.meta.dirname, "../../../..");

/** What every installer does. `alias` is the package that the repository has it as, when that is not its name. */
export function describeInstaller(title: string, name: InstallerName, alias?: string): void {
  describe(`createInstaller: ${title}`, () => {
    let registry: TestRegistry;
    let host: TestFolder;
    let installer: Installer;

    before(async () => {
      registry = await startRegistry();
      publishAll(registry);
      host = createFolder({ "package.json": { name: "host", version: "1.0.0", private: true } });
      installer = createInstaller(name, { hostFolder: hostWith(), env: process.env });
    });
    after(async () => {
      host[Symbol.dispose]();
      await registry[Symbol.asyncDispose]();
    });

    /** Where a host has the installer: the repository, or a folder where it goes by its usual name. */
    function hostWith(): string {
      if (alias === undefined) return repository;
      const bin = path.join(host.path, "node_modules", ".bin");
      mkdirSync(bin, { recursive: true });
      symlinkSync(path.join(repository, "node_modules", alias, "bin", "pnpm.cjs"), path.join(bin, "pnpm"));
      return host.path;
    }

    function environment(dependencies: object, fields: object = {}): TestFolder {
      return createFolder({
        "package.json": { name: "env", version: "0.0.0", private: true, dependencies, ...fields },
      });
    }

    function install(folder: TestFolder, options: Partial<InstallRequest> = {}): Promise<void> {
      return installer.install({ ...requestFor(folder, host, registry), ...options });
    }

    it("identify says name and major version", () => {
      assert.match(installer.identify(), new RegExp(`^${name}@\\d+$`));
      assert.equal(installer.identify(), installer.identify());
    });

    it("install puts packages and what they need into the folder, and writes the lockfile", async () => {
      using folder = environment({ uses: "^1.0.0", "@open/scoped": "1.0.0" });
      await install(folder);
      assert.equal(versionOf(folder, "uses"), "1.0.0");
      assert.equal(versionOf(folder, "@open/scoped"), "1.0.0");
      assert.equal(versionOf(folder, "base", "uses"), "1.1.0");
      assert.ok(existsSync(folder.at(installer.lockfile)));
    });

    it("install takes the versions that the lockfile has, not newer ones", async () => {
      using folder = environment({ base: "1.0.0" });
      await install(folder);
      using other = environment({ base: "^1.0.0" });
      other.write({ [installer.lockfile]: widened(lockOf(folder)) });
      await install(other);
      assert.equal(versionOf(other, "base"), "1.0.0");
    });

    it("install finds what was published after its cache was filled", async () => {
      const fresh = `fresh-${title.replace(" ", "-")}`;
      registry.publish(fresh, "1.0.0");
      using folder = environment({ [fresh]: "^1.0.0" });
      await install(folder);
      registry.publish(fresh, "2.0.0");
      using other = environment({ [fresh]: "^2.0.0" });
      await install(other);
      assert.equal(versionOf(other, fresh), "2.0.0");
    });

    it("install leaves out development dependencies and all peers", async () => {
      const dependencies = { "has-peer": "1.0.0", "has-other-peer": "1.0.0" };
      using folder = environment(dependencies, { devDependencies: { "dev-only": "1.0.0" } });
      await install(folder);
      assert.deepEqual([...packagesIn(folder)].toSorted(), ["has-other-peer", "has-peer"]);
    });

    it("install does not look for peers that the registry does not have", async () => {
      using folder = environment({ "has-own-peer": "1.0.0" });
      const installed = install(folder).then(() => [...packagesIn(folder)].join());
      // bun leaves peers out, and looks for them all the same.
      const expected = name === "bun" ? /does not have "only-the-host-has-it"/ : /^has-own-peer$/;
      assert.match(await installed.catch((error: PlugoError) => error.message), expected);
    });

    it("install leaves what the application itself has, when it is installed into", async () => {
      using application = environment({ base: "1.0.0" }, { devDependencies: { "dev-only": "1.0.0" } });
      const own = { hostFolder: application.path };
      await install(application, own);
      application.write({
        "package.json": {
          ...{ name: "env", version: "0.0.0", private: true },
          ...{ dependencies: { base: "1.0.0", "has-optional": "1.0.0" }, devDependencies: { "dev-only": "1.0.0" } },
        },
      });
      await install(application, own);
      for (const each of ["base", "has-optional", "dev-only"])
        assert.equal(versionOf(application, each), "1.0.0", each);
    });

    it("install passes over optional dependencies that cannot be installed", async () => {
      using folder = environment(
        { base: "1.0.0", "has-optional": "1.0.0" },
        { optionalDependencies: { gone: "1.0.0" } },
      );
      await install(folder);
      assert.equal(versionOf(folder, "has-optional"), "1.0.0");
      assert.ok(!packagesIn(folder).has("for-aix"));
    });

    it("install copies a local folder instead of leading to it", async () => {
      using local = createFolder({ "package.json": { name: "local", version: "3.0.0" }, "index.js": "" });
      using folder = environment({ local: `file:${local.path}` });
      await install(folder);
      local[Symbol.dispose]();
      assert.equal(versionOf(folder, "local"), "3.0.0");
    });

    it("install runs no script, neither of packages nor of the folder", async () => {
      const scripts = { preinstall: "exit 7", postinstall: "exit 7", prepare: "exit 7" };
      using folder = environment({ "uses-scripted": "1.0.0" }, { scripts });
      await install(folder);
      assert.deepEqual(tracesIn(folder), []);
    });

    it("install runs the scripts of packages that are allowed by name, after everything is there", async () => {
      using folder = environment({ "uses-scripted": "1.0.0", "also-scripted": "1.0.0" });
      const manifest = readFileSync(folder.at("package.json"), "utf8");
      await install(folder, { allowScripts: ["scripted", "not-installed"] });
      assert.deepEqual(tracesIn(folder), ["scripted@1.0.0"]);
      assert.equal(readFileSync(folder.at("package.json"), "utf8"), manifest);
      assert.deepEqual(
        readdirSync(folder.path).toSorted(),
        ["node_modules", installer.lockfile, "package.json"].toSorted(),
      );
    });

    it("install runs allowed scripts in the application's own folder", async () => {
      using application = environment({ "uses-scripted": "1.0.0", "has-peer": "1.0.0" });
      await install(application, { hostFolder: application.path, allowScripts: ["scripted"] });
      assert.deepEqual(tracesIn(application), ["scripted@1.0.0"]);
    });

    it("install runs the scripts of the versions that are allowed", async () => {
      using folder = environment({ "uses-scripted": "1.0.0" });
      await install(folder, { allowScripts: ["scripted@^2.0.0"] });
      assert.deepEqual(tracesIn(folder), []);
      await install(folder, { allowScripts: ["scripted@^1.0.0"] });
      assert.deepEqual(tracesIn(folder), ["scripted@1.0.0"]);
    });

    it("install runs no script of another version beside an allowed one", async () => {
      using folder = environment({ "uses-scripted": "1.0.0", scripted: "2.0.0" });
      const logger = keepLines();
      await install(folder, { allowScripts: ["scripted@^1.0.0"], logger });
      // bun cannot tell them apart: it runs none, and that is said.
      const expected = name === "bun" ? [[], 1] : [["scripted@1.0.0"], 0];
      assert.deepEqual([tracesIn(folder), logger.lines.length], expected);
    });

    it("install rejects when an allowed script fails, with what the script said", async () => {
      using folder = environment({ "fails-to-build": "1.0.0" });
      const error = await failureOf(install(folder, { allowScripts: ["fails-to-build"] }));
      assert.equal(error.code, "PLUGO_INSTALL_FAILED");
      assert.match(error.message, /The install script of "fails-to-build" failed\.[^]*no compiler here/);
    });

    it("install with frozen installs what the lockfile says, and leaves it as it is", async () => {
      // The lockfile has an optional package for another system that the registry does not have.
      using folder = environment({ uses: "^1.0.0", "has-optional": "1.0.0" });
      await install(folder);
      using other = environment({ uses: "^1.0.0", "has-optional": "1.0.0" });
      other.write({ [installer.lockfile]: lockOf(folder) });
      await install(other, { frozen: true });
      assert.equal(versionOf(other, "base", "uses"), "1.1.0");
      assert.equal(lockOf(other), lockOf(folder));
    });

    it("install with frozen rejects without a lockfile, and asks nobody", async () => {
      using folder = environment({ base: "1.0.0" });
      const asked = registry.requests.length;
      const error = await failureOf(install(folder, { frozen: true }));
      assert.equal(error.code, "PLUGO_INSTALL_FROZEN");
      assert.match(error.message, new RegExp(`"sample".*${installer.lockfile} says: there is none`));
      assert.equal(registry.requests.length, asked);
    });

    it("install with frozen rejects when package.json asks for something else", async () => {
      using folder = environment({ base: "1.0.0" });
      await install(folder);
      const lockfile = lockOf(folder);
      using other = environment({ base: "1.1.0", uses: "1.0.0" });
      other.write({ [installer.lockfile]: lockfile });
      const error = await failureOf(install(other, { frozen: true }));
      assert.equal(error.code, "PLUGO_INSTALL_FROZEN");
      assert.match(error.message, /says: .*(?:base|added)/);
      assert.equal(lockOf(other), lockfile);
    });

    it("install with offline takes everything from the cache", async () => {
      using folder = environment({ uses: "^1.0.0" });
      await install(folder);
      using other = environment({ uses: "^1.0.0" });
      const asked = registry.requests.length;
      await install(other, { offline: true });
      assert.equal(versionOf(other, "uses"), "1.0.0");
      assert.equal(registry.requests.length, asked);
    });

    it("install with offline rejects when the cache lacks a package, and asks nobody", async () => {
      using folder = environment({ "never-cached": "1.0.0" });
      const asked = registry.requests.length;
      const error = await failureOf(install(folder, { offline: true }));
      assert.equal(error.code, "PLUGO_INSTALL_FAILED");
      assert.match(error.message, /The cache does not have "never-cached", and offline is set\./);
      assert.equal(registry.requests.length, asked);
    });

    it("install reads registries, scopes and tokens in the application's .npmrc, and takes it away again", async () => {
      await using other = await startRegistry();
      other.publish("@private/secret", "1.0.0");
      other.requireToken("@private", "token-of-the-test");
      using application = createFolder({ ".npmrc": npmrcFor(other, "${THE_TOKEN}") });
      using folder = environment({ "@private/secret": "1.0.0", base: "1.0.0" });
      const env = registry.env({ THE_TOKEN: "token-of-the-test" });
      await install(folder, { hostFolder: application.path, env });
      assert.equal(versionOf(folder, "@private/secret"), "1.0.0");
      assert.equal(registry.requests.filter((request) => request.name.startsWith("@private")).length, 0);
      assert.deepEqual(
        readdirSync(folder.path).toSorted(),
        ["node_modules", installer.lockfile, "package.json"].toSorted(),
      );
      assert.deepEqual(readdirSync(application.path), [".npmrc"]);
    });

    it("install says when a token is refused, and shows it nowhere", async () => {
      await using other = await startRegistry();
      other.publish("@private/secret", "1.0.0");
      other.requireToken("@private", "token-of-the-test");
      using application = createFolder({ ".npmrc": npmrcFor(other, "an-old-token") });
      using folder = environment({ "@private/secret": "1.0.0" });
      const lines: string[] = [];
      const onOutput = (line: string): void => void lines.push(line);
      const error = await failureOf(install(folder, { hostFolder: application.path, onOutput }));
      assert.equal(error.code, "PLUGO_INSTALL_FAILED");
      assert.match(error.message, /The registry does not let this user read "@private\/secret"/);
      assert.ok(other.requests.some(({ authorization }) => authorization === "Bearer an-old-token"));
      assert.doesNotMatch([error.message, error.remedy, ...lines].join("\n"), /an-old-token/);
      assert.deepEqual(
        readdirSync(folder.path).filter((file) => file.startsWith(".npmrc")),
        [],
      );
    });

    const faults: readonly {
      readonly fault: string;
      readonly asks: object;
      readonly message: RegExp;
      readonly prepare?: (registry: TestRegistry) => void;
    }[] = [
      {
        fault: "a missing package",
        asks: { "does-not-exist": "1.0.0" },
        message: /The registry does not have "does-not-exist"/,
      },
      {
        fault: "a missing version",
        asks: { base: "^9.0.0" },
        message: /No version in the registry fits base@\^9\.0\.0/,
      },
      {
        fault: "a tampered tarball",
        asks: { tampered: "1.0.0" },
        message: /What was downloaded for "tampered" is not what the registry/,
        prepare: (each) => each.setFault("tampered", "tarball", { tampered: true }),
      },
      {
        fault: "a registry that fails",
        asks: { broken: "1.0.0" },
        message: /The registry failed when it was asked for "broken"/,
        prepare: (each) => each.setFault("broken", "packument", { status: 500 }),
      },
    ];
    for (const { fault, asks, message, prepare } of faults) {
      it(`install rejects with one clear error for ${fault}`, async () => {
        prepare?.(registry);
        using folder = environment({ base: "1.0.0", ...asks });
        const error = await failureOf(install(folder, { timeoutMs: 20_000 }));
        assert.equal(error.code, "PLUGO_INSTALL_FAILED");
        assert.equal(error.plugin, "sample");
        assert.match(error.message, message);
        assert.notEqual(error.remedy, "");
      });
    }

    for (const [kind, stalls] of [
      ["packument", "headers"],
      ["packument", "body"],
      ["tarball", "headers"],
      ["tarball", "body"],
    ] as const) {
      it(`install rejects within its time limit when the ${stalls} of a ${kind} never come`, async () => {
        registry.publish(`stalls-${kind}-${stalls}`, "1.0.0");
        registry.setFault(`stalls-${kind}-${stalls}`, kind, { stalls });
        using folder = environment({ [`stalls-${kind}-${stalls}`]: "1.0.0" });
        const startedAt = performance.now();
        const error = await failureOf(install(folder, { timeoutMs: 4000 }));
        const tookMs = performance.now() - startedAt;
        assert.ok(["PLUGO_INSTALL_FAILED", "PLUGO_INSTALL_TIMEOUT"].includes(error.code), error.code);
        assert.match(error.message, /The registry did not answer|took longer than 4000 ms/);
        assert.ok(tookMs < 8000, `${tookMs} ms`);
      });
    }

    it("install says when the registry is not there", async () => {
      using folder = environment({ "never-cached": "1.0.0" });
      const nowhere = "http://127.0.0.1:1/";
      const error = await failureOf(install(folder, { env: registry.env({ npm_config_registry: nowhere }) }));
      assert.match(error.message, /The registry did not answer/);
    });

    for (const [how, code] of [
      ["aborted", "PLUGO_INSTALL_ABORTED"],
      ["out of time", "PLUGO_INSTALL_TIMEOUT"],
    ] as const) {
      it(`install leaves no process when it is ${how}, not even one that ignores SIGTERM`, async () => {
        await using listener = await listenForPids(3);
        registry.publish(
          `hangs-${listener.port}`,
          "1.0.0",
          { scripts: { install: "node hang.js" } },
          { "hang.js": hangingScript(listener.port) },
        );
        using folder = environment({ [`hangs-${listener.port}`]: "1.0.0" });
        const ending = new AbortController();
        const outcome = failureOf(
          install(folder, {
            allowScripts: [`hangs-${listener.port}`],
            signal: ending.signal,
            timeoutMs: how === "aborted" ? 60_000 : 6000,
          }),
        );
        const pids = await listener.pids;
        if (how === "aborted") ending.abort();
        const error = await outcome;
        assert.equal(error.code, code);
        assert.deepEqual(pids.filter(isRunning), []);
      });
    }

    it("install ends at once what waits for the registry", async () => {
      registry.publish("never-answered", "1.0.0");
      registry.setFault("never-answered", "packument", { stalls: "headers" });
      using folder = environment({ "never-answered": "1.0.0" });
      const ending = new AbortController();
      const asked = registry.nextRequest("never-answered", "packument");
      const outcome = failureOf(install(folder, { signal: ending.signal }));
      await asked;
      ending.abort();
      assert.equal((await outcome).code, "PLUGO_INSTALL_ABORTED");
      assert.equal((await failureOf(install(folder, { signal: ending.signal }))).code, "PLUGO_INSTALL_ABORTED");
    });

    it("install writes nothing outside the folder, in a host with workspaces and lockfiles of its own", async () => {
      using application = createFolder({
        "package.json": { name: "app", version: "1.0.0", private: true, workspaces: ["plugins/*", "**"] },
        "pnpm-workspace.yaml": 'packages:\n  - "**"\n  - .plugo/venvs/*\n',
        "package-lock.json": { name: "app", lockfileVersion: 3, packages: {} },
        "plugins/sample/package.json": { name: "sample", version: "1.0.0" },
        ".plugo/venvs/sample/package.json": { name: "env", private: true, dependencies: { uses: "^1.0.0" } },
      });
      const contents = contentsOf(application, ".plugo");
      const folder = { ...application, path: application.at(".plugo/venvs/sample") };
      await install(folder, { hostFolder: application.path });
      assert.ok(existsSync(path.join(folder.path, "node_modules", "uses")));
      assert.ok(existsSync(path.join(folder.path, installer.lockfile)));
      assert.deepEqual(contentsOf(application, ".plugo"), contents);
      assert.deepEqual(readdirSync(application.at(".plugo/venvs")), ["sample"]);
    });

    it("install does not mind what the application's .npmrc says about how npm installs there", async () => {
      const settings = ["include[]=dev", "package-lock=false", "save=false", "ignore-scripts=false", "workspaces=true"];
      // bun takes this from the file, and has nothing to say otherwise.
      if (name !== "bun") settings.push("dry-run=true", "global=true");
      using application = createFolder({ ".npmrc": settings.join("\n") });
      using folder = environment({ "uses-scripted": "1.0.0" }, { devDependencies: { "dev-only": "1.0.0" } });
      await install(folder, { hostFolder: application.path });
      assert.deepEqual([...packagesIn(folder)].toSorted(), ["scripted", "uses-scripted"]);
      assert.deepEqual(tracesIn(folder), []);
      assert.ok(existsSync(folder.at(installer.lockfile)));
    });

    it("install hides tokens in what scripts print", async () => {
      using application = createFolder({ ".npmrc": "//r.example/:_authToken=a-printed-token\n" });
      using folder = environment({ "prints-token": "1.0.0" });
      const lines: string[] = [];
      const onOutput = (line: string): void => void lines.push(line);
      const allowScripts = ["prints-token"];
      const error = await failureOf(install(folder, { hostFolder: application.path, allowScripts, onOutput }));
      assert.match(error.message, /the token is \*\*\*/);
      assert.ok(
        lines.some((line) => line.includes("the token is ***")),
        lines.join("\n"),
      );
      assert.doesNotMatch([error.message, ...lines].join("\n"), /a-printed-token/);
    });

    it("install does not mind what npm run, a debugger and the user's settings have set", async () => {
      using folder = environment({ uses: "^1.0.0" }, { devDependencies: { "dev-only": "1.0.0" } });
      using elsewhere = createFolder();
      const env = registry.env({
        npm_config_global: "true",
        npm_config_prefix: elsewhere.path,
        npm_config_local_prefix: elsewhere.path,
        npm_config_dry_run: "true",
        npm_config_package_lock: "false",
        npm_config_ignore_scripts: "false",
        npm_config_include: "dev",
        npm_config_lockfile_only: "true",
        npm_package_json: elsewhere.at("package.json"),
        npm_lifecycle_event: "start",
        npm_command: "run",
        NODE_OPTIONS: "--require ./not-there.cjs --inspect-brk=0",
        NODE_CHANNEL_FD: "3",
      });
      await install(folder, { env });
      assert.deepEqual([...packagesIn(folder)].toSorted(), ["base", "uses"]);
      assert.ok(existsSync(folder.at(installer.lockfile)));
      assert.deepEqual(readdirSync(elsewhere.path), []);
    });
  });
}

function publishAll(registry: TestRegistry): void {
  registry.publish("base", "1.0.0");
  registry.publish("base", "1.1.0");
  registry.publish("uses", "1.0.0", { dependencies: { base: "^1.0.0" } });
  registry.publish("@open/scoped", "1.0.0");
  registry.publish("the-peer", "1.0.0");
  registry.publish("has-peer", "1.0.0", { peerDependencies: { "the-peer": "^1.0.0" } });
  registry.publish("has-other-peer", "1.0.0", { peerDependencies: { "the-peer": "^2.0.0" } });
  registry.publish("has-own-peer", "1.0.0", { peerDependencies: { "only-the-host-has-it": "^1.0.0" } });
  registry.publish("dev-only", "1.0.0");
  registry.publish("never-cached", "1.0.0");
  registry.publish("for-aix", "1.0.0", { os: ["aix"] });
  registry.publish("has-optional", "1.0.0", { optionalDependencies: { "for-aix": "1.0.0", "not-published": "1.0.0" } });
  const leavesTrace = { scripts: { postinstall: `node -e "require('node:fs').writeFileSync('ran', '')"` } };
  registry.publish("scripted", "1.0.0", leavesTrace);
  registry.publish("scripted", "2.0.0", leavesTrace);
  registry.publish("also-scripted", "1.0.0", leavesTrace);
  registry.publish("uses-scripted", "1.0.0", { dependencies: { scripted: "1.0.0" } });
  const fails = `node -e "console.error('no compiler here'); process.exit(3)"`;
  registry.publish("fails-to-build", "1.0.0", { scripts: { install: fails } });
  const prints = `node -e "console.error('the token is a-printed-token'); process.exit(1)"`;
  registry.publish("prints-token", "1.0.0", { scripts: { install: prints } });
  registry.publish("tampered", "1.0.0");
  registry.publish("broken", "1.0.0");
}

function npmrcFor(registry: TestRegistry, token: string): string {
  return `@private:registry=${registry.url}\n${registry.url.slice("http:".length)}:_authToken=${token}\n`;
}

async function failureOf(promise: Promise<void>): Promise<PlugoError> {
  const error: unknown = await promise.then(
    () => assert.fail("It was installed."),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error && "remedy" in error, String(error));
  return error as PlugoError;
}

function lockOf(folder: TestFolder): string {
  const name = ["package-lock.json", "pnpm-lock.yaml", "bun.lock"].find((file) => existsSync(folder.at(file)));
  return readFileSync(folder.at(name ?? "no lockfile"), "utf8");
}

/** The same lockfile for a range that the exact version in it fits. */
function widened(lockfile: string): string {
  return lockfile
    .replace(/("dependencies": \{\s*"base": )"1\.0\.0"/, '$1"^1.0.0"')
    .replace("specifier: 1.0.0", "specifier: ^1.0.0");
}

/** Each installed copy of a package, as its folder. Some Node.js follow links, others do not. */
function copiesIn(folder: TestFolder): readonly string[] {
  const entries = readdirSync(folder.at("node_modules"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.name === "package.json" && entry.isFile());
  return [...new Set(files.map((entry) => realpathSync(entry.parentPath)))];
}

function packagesIn(folder: TestFolder): ReadonlySet<string> {
  return new Set(copiesIn(folder).map((copy) => manifestIn(copy).name));
}

/** The packages whose scripts have run. */
function tracesIn(folder: TestFolder): readonly string[] {
  const ran = copiesIn(folder).filter((copy) => existsSync(path.join(copy, "ran")));
  return ran.map((copy) => `${manifestIn(copy).name}@${manifestIn(copy).version}`).toSorted();
}

/** The version of a package, as the folder's code or another package of it sees it. */
function versionOf(folder: TestFolder, name: string, seenBy?: string): string | undefined {
  const from = seenBy === undefined ? folder.path : realpathSync(folder.at(`node_modules/${seenBy}`));
  for (let place = from; place.startsWith(folder.path); place = path.dirname(place)) {
    const candidate = path.join(place, "node_modules", name);
    const beside = path.join(place, name);
    if (existsSync(candidate)) return manifestIn(candidate).version;
    if (path.basename(place) === "node_modules" && existsSync(beside)) return manifestIn(beside).version;
  }
  return undefined;
}

function manifestIn(folder: string): { readonly name: string; readonly version: string } {
  return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as { name: string; version: string };
}

/** Every file of a folder with its content, but for one folder in it. */
function contentsOf(folder: TestFolder, except: string): Record<string, string> {
  const files = readdirSync(folder.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder.path, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith(except));
  return Object.fromEntries(files.toSorted().map((file) => [file, readFileSync(folder.at(file), "utf8")]));
}

/** An installation into `folder`, for an application in `host`, from `registry`. */
export function requestFor(folder: TestFolder, host: TestFolder, registry: TestRegistry): InstallRequest {
  return {
    plugin: "sample",
    folder: folder.path,
    hostFolder: host.path,
    env: registry.env(),
    allowScripts: [],
    frozen: false,
    offline: false,
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    onOutput: () => {},
    logger: keepLines(),
  };
}
