import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";

const root = path.resolve(import.meta.dirname, "../../..");
const version = (JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string }).version;
const [major, minor] = version.split(".").map(Number);
const next = `${major}.${Number(minor) + 1}.0`;

/** A clone of what a release reads and writes, with a bare repository as its origin. */
interface Clone extends Disposable {
  readonly folder: string;
  git(...args: readonly string[]): string;
  read(file: string): string;
  change(name: string, level: string, text: string): void;
  commit(): void;
  release(...args: readonly string[]): { readonly exitCode: number | null; readonly output: string };
}

function createClone(): Clone {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), "plugo-test-")));
  const folder = path.join(home, "clone");
  const origin = path.join(home, "origin.git");
  for (const file of [
    "package.json",
    "package-lock.json",
    "README.md",
    "CHANGELOG.md",
    "src/version.ts",
    "scripts/release.mjs",
    "scripts/process.mjs",
  ]) {
    cpSync(path.join(root, file), path.join(folder, file));
  }
  mkdirSync(path.join(folder, ".changeset"));
  writeFileSync(path.join(folder, ".gitignore"), "node_modules\n");
  symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"), "junction");
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: "pipe" }).trim();
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", origin]);
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.name", "Release");
  git("config", "user.email", "release@example.com");
  git("config", "commit.gpgsign", "false");
  git("remote", "add", "origin", origin);
  const clone: Clone = {
    folder,
    git,
    read: (file) => readFileSync(path.join(folder, file), "utf8"),
    change: (name, level, text) =>
      writeFileSync(path.join(folder, `.changeset/${name}.md`), `---\n"@plugo/node": ${level}\n---\n\n${text}\n`),
    commit() {
      git("add", "--all");
      git("commit", "--quiet", "--message", "chore: changes");
      git("push", "--quiet", "origin", "main");
    },
    release(...args) {
      const script = path.join(folder, "scripts/release.mjs");
      const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
      return { exitCode: status, output: stdout + stderr };
    },
    [Symbol.dispose]: () => rmSync(home, { recursive: true }),
  };
  return clone;
}

describe("npm run release", () => {
  test("moves the version, writes the changelog, and pushes one commit with one tag", () => {
    using clone = createClone();
    clone.change("first", "minor", "Added: plugins can fly.\nOver two lines.");
    clone.change("second", "patch", "Fixed: they land.");
    clone.commit();
    const before = clone.git("rev-parse", "HEAD");
    const { exitCode, output } = clone.release("minor");
    assert.equal(exitCode, 0, output);
    assert.match(output, new RegExp(`v${next} is pushed`));

    const manifest = JSON.parse(clone.read("package.json")) as { version: string };
    const lock = JSON.parse(clone.read("package-lock.json")) as {
      version: string;
      packages: Record<string, { version: string }>;
    };
    assert.deepEqual([manifest.version, lock.version, lock.packages[""]?.version], [next, next, next]);
    assert.match(clone.read("src/version.ts"), new RegExp(`version = "${next}"`));
    assert.match(clone.read("README.md"), new RegExp(`Current version: ${next}\\.`));
    const today = new Date().toISOString().slice(0, 10);
    assert.ok(
      clone
        .read("CHANGELOG.md")
        .includes(
          `\n## [${next}] - ${today}\n\n### Added\n\n- Plugins can fly.\n  Over two lines.\n\n### Fixed\n\n- They land.\n\n## [`,
        ),
    );

    assert.equal(clone.git("rev-parse", "HEAD~1"), before);
    assert.equal(clone.git("log", "-1", "--format=%s"), `chore(release): v${next}`);
    assert.equal(clone.git("ls-remote", "origin", "refs/heads/main").split("\t")[0], clone.git("rev-parse", "HEAD"));
    assert.equal(
      clone.git("ls-remote", "origin", `refs/tags/v${next}^{}`).split("\t")[0],
      clone.git("rev-parse", "HEAD"),
    );
    assert.equal(clone.git("status", "--porcelain"), "");
    assert.equal(clone.git("ls-files", ".changeset"), "");
  });

  test("--dry-run shows the notes and changes nothing", () => {
    using clone = createClone();
    clone.change("first", "patch", "Fixed: they land.");
    clone.commit();
    const { exitCode, output } = clone.release("major", "--dry-run");
    assert.equal(exitCode, 0, output);
    assert.match(output, /### Fixed\n\n- They land\./);
    assert.equal(clone.git("status", "--porcelain"), "");
    assert.equal(clone.git("tag"), "");
  });

  test("takes everything back when the push is refused", () => {
    using clone = createClone();
    clone.change("first", "patch", "Fixed: they land.");
    clone.commit();
    const before = clone.git("rev-parse", "HEAD");
    const hook = path.join(clone.folder, "../origin.git/hooks/pre-receive");
    writeFileSync(hook, "#!/bin/sh\necho 'protected branch' >&2\nexit 1\n", { mode: 0o755 });
    const { exitCode, output } = clone.release("patch");
    assert.equal(exitCode, 1, output);
    assert.match(output, /protected branch[^]*Everything is as it was\./);
    assert.deepEqual(
      [clone.git("rev-parse", "HEAD"), clone.git("tag"), clone.git("status", "--porcelain")],
      [before, "", ""],
    );
  });

  for (const [title, expected, prepare, args] of [
    ["no level", /Say what the release is/, () => {}, []],
    ["an unknown level", /Say what the release is/, () => {}, ["huge"]],
    ["nothing to release", /Nothing is waiting/, (clone) => clone.commit(), ["minor"]],
    [
      "a change that is more than the release",
      /\.changeset\/first\.md asks for a major release[^]*npm run release -- major/,
      (clone) => {
        clone.change("first", "major", "Removed: wings.");
        clone.commit();
      },
      ["minor"],
    ],
    [
      "a text without a heading",
      /\.changeset\/first\.md must begin with one of "Added: "/,
      (clone) => {
        clone.change("first", "patch", "They land.");
        clone.commit();
      },
      ["patch"],
    ],
    [
      "what is not committed",
      /not committed: commit or stash/,
      (clone) => {
        clone.commit();
        clone.change("first", "patch", "Fixed: they land.");
      },
      ["patch"],
    ],
    [
      "another branch",
      /git switch main/,
      (clone) => {
        clone.commit();
        clone.git("switch", "--quiet", "--create", "topic");
      },
      ["patch"],
    ],
    [
      "commits of others that are not here",
      /origin has 1 commits that are not here: git pull/,
      (clone) => {
        clone.change("first", "patch", "Fixed: they land.");
        clone.commit();
        clone.git("commit", "--quiet", "--allow-empty", "--message", "chore: of another");
        clone.git("push", "--quiet", "origin", "main");
        clone.git("reset", "--quiet", "--hard", "HEAD~1");
      },
      ["patch"],
    ],
    [
      "a tag that is there",
      new RegExp(`There is a tag v${next.replaceAll(".", "\\.")} already`),
      (clone) => {
        clone.change("first", "patch", "Fixed: they land.");
        clone.commit();
        clone.git("tag", `v${next}`);
      },
      ["minor"],
    ],
  ] satisfies readonly [string, RegExp, (clone: Clone) => void, readonly string[]][]) {
    test(`refuses ${title} and changes nothing`, () => {
      using clone = createClone();
      prepare(clone);
      const head = spawnSync("git", ["rev-parse", "HEAD"], { cwd: clone.folder, encoding: "utf8" }).stdout;
      const { exitCode, output } = clone.release(...args);
      assert.notEqual(exitCode, 0, output);
      assert.match(output, expected);
      assert.doesNotMatch(output, /\n\s+at /, "no stack");
      assert.equal(spawnSync("git", ["rev-parse", "HEAD"], { cwd: clone.folder, encoding: "utf8" }).stdout, head);
    });
  }
});
