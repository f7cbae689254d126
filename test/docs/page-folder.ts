import { spawnSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { commandOf, root, type Block, type Command } from "./page.ts";

/**
 * Packages that examples import beside plugo, and their types. Each is a link of its own: an installer that takes one away
 * takes the link, where it would empty a linked scope.
 */
const packages = ["express", "ws", "@types/node", "@types/express", "@types/ws"];

/** Variables that would make an example print something else. */
const unwanted = /^(?:ENABLED_PLUGINS|ENABLE_PLUGIN_|PLUGO_|VENV_HOME|NODE_ENV|NODE_TEST_CONTEXT|NODE_V8_COVERAGE)/;

/** The application that a reader of a page has made: a folder with plugo installed, and the page's files. */
export class PageFolder {
  readonly path: string = realpathSync(mkdtempSync(path.join(tmpdir(), "plugo-test-")));

  /** @param more Packages beside the usual ones. */
  constructor(more: readonly string[] = []) {
    mkdirSync(path.join(this.path, "node_modules", "@plugo"), { recursive: true });
    symlinkSync(root, path.join(this.path, "node_modules", "@plugo", "node"), "junction");
    for (const name of [...packages, ...more]) {
      const link = path.join(this.path, "node_modules", name);
      mkdirSync(path.dirname(link), { recursive: true });
      symlinkSync(path.join(root, "node_modules", name), link, "junction");
    }
    this.write("package.json", `{ "name": "shop", "version": "1.0.0", "type": "module" }`);
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }

  writeFiles(blocks: readonly Block[]): void {
    for (const { label, text } of blocks) {
      if (label !== undefined && commandOf(label) === undefined) this.write(label, text);
    }
  }

  write(file: string, text: string): void {
    const target = path.join(this.path, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }

  /** What it prints on both outputs, in the order it was printed. */
  run({ env, args }: Command): { readonly output: string; readonly exitCode: number | null } {
    const file = path.join(this.path, "output.txt");
    const output = openSync(file, "w");
    const inherited = Object.entries(process.env).filter(([name]) => !unwanted.test(name));
    const { status } = spawnSync(process.execPath, args, {
      cwd: this.path,
      env: { ...Object.fromEntries(inherited), NO_COLOR: "1", ...env },
      stdio: ["ignore", output, output],
      timeout: 60_000,
    });
    closeSync(output);
    return { output: readFileSync(file, "utf8").replaceAll(this.path + path.sep, ""), exitCode: status };
  }
}
