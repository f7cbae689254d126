import assert from "node:assert/strict";
import path from "node:path";
import { describe, it } from "node:test";
import { installerEnvironment } from "#src/environments/installers/installer-environment.js";

const own = path.dirname(process.execPath);

describe("installerEnvironment", () => {
  it("keeps the host's variables, and has its own settings beside them", () => {
    const env = installerEnvironment({ PATH: own, HOME: "/home/me", NOTHING: undefined }, { npm_config_omit: "dev" });
    const expected = { PATH: own, HOME: "/home/me", npm_config_omit: "dev" };
    assert.deepEqual(env, { ...expected, CI: "true", NO_COLOR: "1", GIT_TERMINAL_PROMPT: "0" });
  });

  it("drops what npm run leaves there, but for where packages come from", () => {
    const env = installerEnvironment(
      {
        PATH: own,
        npm_config_registry: "https://registry.example/",
        NPM_CONFIG_CAFILE: "/ca.pem",
        npm_config_https_proxy: "http://proxy.example/",
        "npm_config_//registry.example/:_authToken": "secret",
        "npm_config_@scope:registry": "https://scope.example/",
        npm_config_ignore_scripts: "false",
        npm_config_global: "true",
        npm_config_local_prefix: "/host",
        npm_package_json: "/host/package.json",
        npm_lifecycle_event: "start",
        npm_execpath: "/npm-cli.js",
        INIT_CWD: "/host",
      },
      {},
    );
    const names = Object.keys(env).filter((name) => /^npm_|^INIT/i.test(name));
    assert.deepEqual(names.toSorted(), [
      "NPM_CONFIG_CAFILE",
      "npm_config_//registry.example/:_authToken",
      "npm_config_@scope:registry",
      "npm_config_https_proxy",
      "npm_config_registry",
    ]);
  });

  it("says the kept settings in pnpm's way too, unless they are said so already", () => {
    const env = installerEnvironment(
      { PATH: own, npm_config_registry: "a", npm_config_noproxy: "b", pnpm_config_registry: "c" },
      {},
    );
    assert.deepEqual([env["pnpm_config_registry"], env["pnpm_config_noproxy"]], ["c", "b"]);
  });

  it("keeps of NODE_OPTIONS what is about certificates, network and memory", () => {
    const options = (text: string): unknown =>
      installerEnvironment({ PATH: own, NODE_OPTIONS: text }, {})["NODE_OPTIONS"];
    assert.equal(options("--import tsx --inspect-brk=9229 --require ./a.cjs -r b --loader x"), undefined);
    assert.equal(
      options('--use-system-ca --import "my hook.js" --dns-result-order ipv4first --max_old_space_size=512'),
      "--use-system-ca --dns-result-order ipv4first --max_old_space_size=512",
    );
  });

  it("drops what would make the child take part in a test run, a cluster or a debugging session of this process", () => {
    const ofThisProcess = ["NODE_CHANNEL_FD", "NODE_UNIQUE_ID", "NODE_TEST_CONTEXT", "NODE_V8_COVERAGE"];
    const env = installerEnvironment(
      { PATH: own, ...Object.fromEntries(ofThisProcess.map((name) => [name, "1"])) },
      {},
    );
    assert.deepEqual(
      ofThisProcess.filter((name) => name in env),
      [],
    );
  });

  it("lets scripts find the Node.js that runs", () => {
    const { PATH } = installerEnvironment({ PATH: ["/somewhere", "/else"].join(path.delimiter) }, {});
    assert.deepEqual(PATH?.split(path.delimiter), [own, "/somewhere", "/else"]);
    const onWindows = installerEnvironment({ Path: "/somewhere" }, {});
    assert.deepEqual([onWindows["Path"], onWindows["PATH"]], [[own, "/somewhere"].join(path.delimiter), undefined]);
  });
});
