import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pack } from "./pack.ts";
import { createFolder, type Files, type TestFolder } from "./plugin-folder.ts";

/** An npm registry on loopback, with packages that a test publishes. */
export interface TestRegistry extends AsyncDisposable {
  /** Its address, with a slash at the end. */
  readonly url: string;
  /** A folder for the caches of installers, removed with the registry. */
  readonly caches: TestFolder;
  /** The requests so far, oldest first. */
  readonly requests: readonly RegistryRequest[];
  /** Publishes a version. `fields` are those of its `package.json`; without `files` it exports name and version. */
  publish(name: string, version: string, fields?: object, files?: Files): void;
  /** Lets what is below a scope (`@private`) be read with this token only. */
  requireToken(scope: string, token: string): void;
  /** What goes wrong from now on with a package; `undefined` for nothing. A package can have one fault of each kind. */
  setFault(name: string, kind: RequestKind, fault: RegistryFault | undefined): void;
  /** Ends the connections of the requests that are stalled. */
  releaseStalled(): void;
  /** Resolves when a package is asked for the next time, before the answer. */
  nextRequest(name: string, kind: RequestKind): Promise<void>;
  /** The environment variables of this process, with this registry and nothing of the user's settings and caches. */
  env(more?: Readonly<Record<string, string>>): Record<string, string | undefined>;
}

export type RequestKind = "packument" | "tarball";

export interface RegistryRequest {
  readonly kind: RequestKind;
  readonly name: string;
  /** What was sent as `Authorization`. */
  readonly authorization: string | undefined;
}

/**
 * A status to answer with; nothing sent at all; half of the body sent; a body that does not have the hash of the
 * packument; all of it after a time.
 */
export type RegistryFault =
  | { readonly status: number }
  | { readonly stalls: "headers" | "body" }
  | { readonly tampered: true }
  | { readonly delayMs: number };

interface Version {
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly tarball: Buffer;
}

/** Starts a registry; disposing it ends all connections. */
export async function startRegistry(): Promise<TestRegistry> {
  const packages = new Map<string, Map<string, Version>>();
  const tokens = new Map<string, string>();
  const faults = new Map<string, RegistryFault>();
  const waiting: { readonly key: string; readonly resolve: () => void }[] = [];
  const requests: RegistryRequest[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const stalled = new Set<ServerResponse>();
  const caches = createFolder({ userconfig: "", globalconfig: "", "home/.keep": "" });

  const server = createServer((request, response) => {
    const asked = readRequest(request.url ?? "/");
    requests.push({ ...asked, authorization: request.headers.authorization });
    const key = `${asked.kind} ${asked.name}`;
    for (const waiter of waiting.filter((each) => each.key === key)) {
      waiting.splice(waiting.indexOf(waiter), 1);
      waiter.resolve();
    }
    answer(request, response, asked, faults.get(key));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  function answer(
    request: IncomingMessage,
    response: ServerResponse,
    { kind, name, file }: ReturnType<typeof readRequest>,
    fault: RegistryFault | undefined,
  ): void {
    const token = tokens.get(name.split("/")[0] ?? "");
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      return sendJson(response, 401, { error: "A token is required." });
    }
    if (fault !== undefined && "status" in fault) return sendJson(response, fault.status, { error: "It went wrong." });
    const body = kind === "packument" ? packumentOf(name) : tarballOf(name, file);
    if (body === undefined) return sendJson(response, 404, { error: "Not found" });
    if (fault !== undefined && "stalls" in fault) {
      stalled.add(response);
      response.once("close", () => stalled.delete(response));
      if (fault.stalls === "headers") return;
      response.writeHead(200, { "content-length": body.length });
      return void response.write(body.subarray(0, body.length >> 1));
    }
    if (fault !== undefined && "delayMs" in fault) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        response.end(body);
      }, fault.delayMs);
      return void timers.add(timer);
    }
    const isTampered = fault !== undefined && "tampered" in fault;
    return void response.end(isTampered ? pack({ "package.json": { name, version: "6.6.6" } }) : body);
  }

  function packumentOf(name: string): Buffer | undefined {
    const versions = packages.get(name);
    if (versions === undefined) return undefined;
    const manifests = Array.from(versions, ([version, { manifest, tarball }]) => {
      const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
      const shasum = createHash("sha1").update(tarball).digest("hex");
      const base = name.split("/").at(-1);
      return [version, { ...manifest, dist: { tarball: `${url}${name}/-/${base}-${version}.tgz`, integrity, shasum } }];
    });
    const time = Object.fromEntries([...versions.keys()].map((version) => [version, "2020-01-01T00:00:00.000Z"]));
    const latest = [...versions.keys()].at(-1);
    const packument = { name, "dist-tags": { latest }, versions: Object.fromEntries(manifests), time };
    return Buffer.from(JSON.stringify(packument));
  }

  function tarballOf(name: string, file: string): Buffer | undefined {
    const base = name.split("/").at(-1) ?? "";
    return packages.get(name)?.get(file.slice(base.length + 1, -".tgz".length))?.tarball;
  }

  return {
    url,
    caches,
    requests,
    publish(name, version, fields = {}, files = {}) {
      const manifest = { name, version, main: "index.js", ...fields };
      const index = `module.exports = ${JSON.stringify({ name, version })};\n`;
      const tarball = pack({ "package.json": manifest, "index.js": index, ...files });
      const hasInstallScript = ["preinstall", "install", "postinstall"].some(
        (script) => script in ((manifest as { scripts?: object }).scripts ?? {}),
      );
      const versions = packages.get(name) ?? new Map<string, Version>();
      packages.set(name, versions.set(version, { manifest: { ...manifest, hasInstallScript }, tarball }));
    },
    requireToken: (scope, token) => void tokens.set(scope, token),
    setFault(name, kind, fault) {
      if (fault === undefined) faults.delete(`${kind} ${name}`);
      else faults.set(`${kind} ${name}`, fault);
    },
    releaseStalled() {
      for (const response of stalled) response.destroy();
    },
    nextRequest: (name, kind) =>
      new Promise((resolve) => {
        waiting.push({ key: `${kind} ${name}`, resolve });
      }),
    env: (more = {}) => ({ ...foreignEnvironment(), ...ownSettings(url, caches), ...more }),
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearTimeout(timer);
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      caches[Symbol.dispose]();
    },
  };
}

/** `/@scope%2fname`, `/name` or `/@scope/name/-/name-1.0.0.tgz`. */
function readRequest(url: string): { readonly kind: RequestKind; readonly name: string; readonly file: string } {
  const [name = "", file] = decodeURIComponent(url.slice(1).split("?")[0] ?? "").split("/-/");
  return file === undefined ? { kind: "packument", name, file: "" } : { kind: "tarball", name, file };
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function foreignEnvironment(): Record<string, string | undefined> {
  const isForeign = ([name]: [string, unknown]): boolean => !/^(?:npm|pnpm|bun|xdg|corepack)_|proxy$/i.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(isForeign));
}

/** Every place where npm, pnpm and bun read settings or keep what they have downloaded. */
function ownSettings(url: string, caches: TestFolder): Record<string, string> {
  return {
    HOME: caches.at("home"),
    USERPROFILE: caches.at("home"),
    XDG_CACHE_HOME: caches.at("xdg-cache"),
    XDG_CONFIG_HOME: caches.at("xdg-config"),
    XDG_DATA_HOME: caches.at("xdg-data"),
    XDG_STATE_HOME: caches.at("xdg-state"),
    PNPM_HOME: caches.at("pnpm-home"),
    BUN_INSTALL: caches.at("bun"),
    BUN_INSTALL_CACHE_DIR: caches.at("bun-cache"),
    npm_config_registry: url,
    npm_config_userconfig: caches.at("userconfig"),
    npm_config_globalconfig: caches.at("globalconfig"),
    npm_config_cache: caches.at("npm-cache"),
    npm_config_store_dir: caches.at("pnpm-store"),
    pnpm_config_store_dir: caches.at("pnpm-store"),
  };
}
