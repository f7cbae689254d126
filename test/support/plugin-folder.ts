import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Files by their path in a folder; anything but text and bytes is written as JSON. */
export type Files = Readonly<Record<string, unknown>>;

/** A real folder for one test. */
export interface TestFolder extends Disposable {
  /** Its absolute path, without symbolic links. */
  readonly path: string;
  /** Writes files, making the folders they need. */
  write(files: Files): void;
  /** Removes a file or a folder. */
  remove(path: string): void;
  /** The absolute path of a file in it. */
  at(path: string): string;
}

/** Makes a folder with these files; disposing it removes it. */
export function createFolder(files: Files = {}): TestFolder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "plugo-test-")));
  const folder: TestFolder = {
    path,
    at: (file) => join(path, file),
    write(more) {
      for (const [file, content] of Object.entries(more)) {
        const target = join(path, file);
        mkdirSync(dirname(target), { recursive: true });
        const isRaw = typeof content === "string" || content instanceof Uint8Array;
        writeFileSync(target, isRaw ? content : JSON.stringify(content, undefined, 2));
      }
    },
    remove: (file) => rmSync(join(path, file), { recursive: true, force: true }),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
  folder.write(files);
  return folder;
}

/** The files of one plugin: a manifest and an entry. */
export function plugin(name: string, code: string, metadata: object = {}): Files {
  return { [`${name}/metadata.json`]: metadata, [`${name}/plugin.ts`]: code };
}

/** The code of a plugin that writes to the `log` array of its context when it starts and ends. */
export function tracingPlugin(label: string): string {
  return `export function initPlugin({ log }: { log: string[] }, plugin: any) {
    log.push("init ${label}");
    plugin.defer(() => log.push("undo ${label}"));
    return { label: "${label}" };
  }`;
}
