import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";

const script = path.resolve(import.meta.dirname, "../../../scripts/check-links.mjs");

describe("npm run links", () => {
  it("passes links to files, folders, headings and other sites", () => {
    const page =
      "[one](docs/one.md) [two](docs/one.md#the-second-part-1) [three](docs) [four](#five) [five](https://a.test/x)";
    const { exitCode, output } = check({
      "README.md": `# Five\n\n${page}\n\n[six]: docs/one.md\n\n[six], and ![seven](docs/image.svg)\n`,
      "docs/one.md": "# One\n\n## The `second` part\n\n## The second part\n",
      "docs/image.svg": "<svg/>",
    });
    assert.equal(exitCode, 0, output);
    assert.match(output, /: 6 links in 2 Markdown files/);
  });

  it("names each link that leads nowhere, wherever it stands", () => {
    const { exitCode, output } = check({
      "README.md": '# A\n\n| [gone](gone.md) |\n|---|\n| [no heading](docs/one.md#two) |\n\n<a href="away.md">x</a>\n',
      "docs/one.md":
        "# One\n\n- [up](../gone.md), ![none](none.svg), [ignored](ignored.md)\n\n```md\n[code](not-a-link.md)\n```\n",
      ".gitignore": "ignored.md\n",
      "docs/ignored.md": "# Not in git\n",
    });
    assert.equal(exitCode, 1);
    const named = new Set(Array.from(output.matchAll(/^ {2}(\S+: \S+)$/gm), ([, link]) => link));
    const ofReadme = ["README.md: away.md", "README.md: docs/one.md#two", "README.md: gone.md"];
    const ofOne = ["docs/one.md: ../gone.md", "docs/one.md: ignored.md", "docs/one.md: none.svg"];
    assert.deepEqual(named, new Set([...ofReadme, ...ofOne]));
  });
});

function check(files: Readonly<Record<string, string>>): { readonly exitCode: number | null; readonly output: string } {
  const folder = mkdtempSync(path.join(tmpdir(), "plugo-test-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    execFileSync("git", ["init", "--quiet"], { cwd: folder });
    const { status, stderr } = spawnSync(process.execPath, [script, folder], { encoding: "utf8" });
    return { exitCode: status, output: stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
