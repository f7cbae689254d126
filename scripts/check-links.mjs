/**
 * Fails when a link of a Markdown file in git leads nowhere: to a file that git does not have, or to a heading that the
 * file does not have. Addresses of other sites are not asked.
 *
 *   npm run links
 *   node scripts/check-links.mjs <folder>   those of another repository
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import GithubSlugger from "github-slugger";
import { lexer, walkTokens } from "marked";
import { root, runAsMain, say, StepError } from "./process.mjs";

const folder = path.resolve(process.argv[2] ?? root);

await runAsMain(async () => {
  const files = trackedFiles();
  const pages = new Map(files.filter((file) => file.endsWith(".md")).map((file) => [file, readPage(file)]));
  const places = new Set(files.flatMap((file) => [file, ...foldersOf(file)]));
  const dead = [...pages].flatMap(([file, { links }]) =>
    links.filter((link) => !leadsSomewhere(file, link, pages, places)).map((link) => `${file}: ${link}`),
  );
  const count = [...pages.values()].reduce((sum, { links }) => sum + links.length, 0);
  if (dead.length > 0) throw new StepError(`Links that lead nowhere:\n  ${dead.join("\n  ")}`);
  say(`${count} links in ${pages.size} Markdown files lead somewhere.`);
});

/** Also what is not in git yet, so that the check can run before a commit; with "/" between folders. */
function trackedFiles() {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  const deleted = new Set(
    execFileSync("git", ["ls-files", "-z", "--deleted"], { cwd: folder, encoding: "utf8" }).split("\0"),
  );
  const listed = execFileSync("git", args, { cwd: folder, encoding: "utf8" }).split("\0");
  return listed.filter((file) => file !== "" && !deleted.has(file));
}

/** The links inside the repository, and the anchors of the headings. */
function readPage(file) {
  const links = [];
  const anchors = new Set();
  const slugger = new GithubSlugger();
  const tokens = lexer(readFileSync(path.join(folder, file), "utf8"));
  void walkTokens(tokens, (token) => {
    if (token.type === "link" || token.type === "image") links.push(token.href);
    if (token.type === "heading") anchors.add(slugger.slug(textOf(token)));
    if (token.type === "html") {
      links.push(...Array.from(token.text.matchAll(/\b(?:href|src)="([^"]+)"/g), ([, href]) => href));
      for (const [, name] of token.text.matchAll(/\b(?:id|name)="([^"]+)"/g)) anchors.add(name);
    }
  });
  return { links: links.filter((link) => !/^[a-z][a-z0-9+.-]*:/i.test(link)), anchors };
}

/** A heading without its marks, as a forge sees it. */
function textOf(token) {
  if (token.tokens === undefined) return token.text ?? "";
  return token.tokens.map(textOf).join("");
}

function foldersOf(file) {
  const parent = path.posix.dirname(file);
  return parent === "." ? ["."] : [parent, ...foldersOf(parent)];
}

function leadsSomewhere(file, link, pages, places) {
  const [target, anchor] = link.split("#");
  const place = target === "" ? file : path.posix.join(path.posix.dirname(file), decodeURI(target)).replace(/\/$/, "");
  if (!places.has(place)) return false;
  return anchor === undefined || (pages.get(place)?.anchors.has(decodeURIComponent(anchor)) ?? false);
}
