/**
 * Makes a release: moves the version, writes the changelog, commits, tags, and pushes both. The tag has the workflow
 * `publish.yml` test the package and publish it.
 *
 *   npm run release -- minor              or major, or patch
 *   npm run release -- minor --dry-run    says what it would do
 *
 * Nothing stays half done: what fails before the push takes the commit and the tag back.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import getChangesets from "@changesets/read";
import { inc } from "semver";
import { root, runAsMain, say, StepError } from "./process.mjs";

/** From the least to the most. */
const levels = ["patch", "minor", "major"];
const headings = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];
const packageName = "@plugo/node";
const branch = "main";

await runAsMain(async () => {
  const { level, isDryRun } = readArguments(process.argv.slice(2));
  const { version } = JSON.parse(read("package.json"));
  const next = inc(version, level);
  const tag = `v${next}`;
  if (!isDryRun) requireReady(tag);
  const changes = await pendingChanges(level);
  const notes = changelogSection(next, changes);
  say(`${version} becomes ${next}:\n\n${notes}`);
  if (isDryRun) return;

  const before = git("rev-parse", "HEAD");
  try {
    moveVersion(version, next);
    insertNotes(notes);
    for (const { id } of changes) rmSync(path.join(root, ".changeset", `${id}.md`));
    git("add", "--all");
    git("commit", "--quiet", "--message", `chore(release): ${tag}`);
    git("tag", "--annotate", tag, "--message", tag);
    git("push", "--quiet", "--atomic", "origin", branch, tag);
  } catch (error) {
    git("reset", "--hard", "--quiet", before);
    if (hasTag(tag)) git("tag", "--delete", tag);
    if (error instanceof StepError) throw new StepError(`${error.message} Everything is as it was.`);
    throw error;
  }
  say(`${tag} is pushed; the workflow publish.yml takes it from here.`);
});

function readArguments(args) {
  const usage = `Say what the release is: npm run release -- ${levels.join("|")} [--dry-run]`;
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { "dry-run": { type: "boolean", default: false } },
    });
    const [level] = positionals;
    if (positionals.length !== 1 || !levels.includes(level)) throw new StepError(usage, 2);
    return { level, isDryRun: values["dry-run"] };
  } catch (error) {
    throw error instanceof StepError ? error : new StepError(`${error.message} ${usage}`, 2);
  }
}

function requireReady(tag) {
  if (git("branch", "--show-current") !== branch)
    throw new StepError(`Releases are made from "${branch}": git switch ${branch}`);
  if (git("status", "--porcelain") !== "")
    throw new StepError("There are changes that are not committed: commit or stash them.");
  git("fetch", "--quiet", "--tags", "origin", branch);
  const behind = git("rev-list", "--count", `HEAD..origin/${branch}`);
  if (behind !== "0") throw new StepError(`origin has ${behind} commits that are not here: git pull --ff-only`);
  if (hasTag(tag))
    throw new StepError(`There is a tag ${tag} already: the version in package.json was not moved with it.`);
}

/** What is waiting to be released. A change may not ask for more than the release gives. */
async function pendingChanges(level) {
  const changes = (await getChangesets(root)).filter(({ releases }) => releases.length > 0);
  if (changes.length === 0) throw new StepError("Nothing is waiting to be released: .changeset/ has no changes.");
  for (const { id, releases, summary } of changes) {
    const file = `.changeset/${id}.md`;
    const [{ name, type }, ...others] = releases;
    if (name !== packageName || others.length > 0)
      throw new StepError(`${file} must name "${packageName}" and nothing else.`);
    if (levels.indexOf(type) > levels.indexOf(level)) {
      throw new StepError(
        `${file} asks for a ${type} release, which is more than ${level}: npm run release -- ${type}`,
      );
    }
    if (!headings.some((heading) => summary.startsWith(`${heading}: `))) {
      throw new StepError(
        `The text in ${file} must begin with one of ${headings.map((heading) => `"${heading}: "`).join(", ")}.`,
      );
    }
  }
  return changes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function changelogSection(version, changes) {
  const date = new Date().toISOString().slice(0, 10);
  const groups = headings.map((heading) => {
    const prefix = `${heading}: `;
    const items = changes.filter(({ summary }) => summary.startsWith(prefix));
    const lines = items.map(({ summary }) => `- ${listItem(summary.slice(prefix.length))}`);
    return lines.length === 0 ? "" : `### ${heading}\n\n${lines.join("\n")}\n`;
  });
  return `## [${version}] - ${date}\n\n${groups.filter((group) => group !== "").join("\n")}`;
}

function listItem(text) {
  const trimmed = text.trim();
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1).replaceAll("\n", "\n  ");
}

/** The version stands in four files. */
function moveVersion(from, to) {
  replaceIn("package.json", `"version": "${from}"`, `"version": "${to}"`);
  const lock = JSON.parse(read("package-lock.json"));
  lock.version = to;
  lock.packages[""].version = to;
  write("package-lock.json", `${JSON.stringify(lock, undefined, 2)}\n`);
  replaceIn("src/version.ts", `version = "${from}"`, `version = "${to}"`);
  replaceIn("README.md", `Current version: ${from}`, `Current version: ${to}`);
}

/** Above the newest section. */
function insertNotes(notes) {
  const text = read("CHANGELOG.md");
  const at = text.indexOf("\n## ");
  if (at === -1) throw new StepError("CHANGELOG.md has no section to put the new one above.");
  write("CHANGELOG.md", `${text.slice(0, at)}\n${notes}${text.slice(at)}`);
}

function replaceIn(file, from, to) {
  const text = read(file);
  if (text.split(from).length !== 2) throw new StepError(`${file} must have \`${from}\` once.`);
  write(
    file,
    text.replace(from, () => to),
  );
}

function hasTag(tag) {
  return git("tag", "--list", tag) !== "";
}

function read(file) {
  if (!existsSync(path.join(root, file))) throw new StepError(`${file} is missing.`);
  return readFileSync(path.join(root, file), "utf8");
}

function write(file, text) {
  writeFileSync(path.join(root, file), text);
}

function git(...args) {
  try {
    return execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  } catch (error) {
    throw new StepError(`git ${args[0]} failed: ${String(error.stderr ?? error.message).trim()}`);
  }
}
