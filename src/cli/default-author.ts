import { execFileSync } from "node:child_process";

/** Who makes a plugin here: git's user, else the variable `GITHUB_USERNAME`, else nobody. */
export function defaultAuthor(folder: string, env: NodeJS.ProcessEnv): string {
  return gitUser(folder) || (env["GITHUB_USERNAME"] ?? "").trim();
}

function gitUser(cwd: string): string {
  try {
    const options = { cwd, timeout: 5_000 };
    const name = execFileSync("git", ["config", "--get", "user.name"], {
      ...options,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return name.toString().trim();
  } catch {
    // Without git, or without a name in its settings.
    return "";
  }
}
