import { requirePackage } from "../kernel/lazy-require.ts";

const plainVersion = /^(?:0|[1-9]\d{0,14})\.(?:0|[1-9]\d{0,14})\.(?:0|[1-9]\d{0,14})$/;
const plainRange = /^(?:[~^=]|[<>]=?)?(?:0|[1-9]\d{0,14})(?:\.(?:0|[1-9]\d{0,14})){0,2}$/;

/** The version as semver writes it (`v1.2.3` is `1.2.3`), or `null` when it is none. */
export function cleanVersion(version: string): string | null {
  return plainVersion.test(version) ? version : semver("valid")(version);
}

export function isVersionRange(range: string): boolean {
  return plainRange.test(range) || semver("validRange")(range) !== null;
}

/**
 * Whether a version is in a range. Prereleases count like any other version: an application at `2.0.0-beta.1` meets
 * `>=1.0.0`, so that a plugin can be tried before a release; it does not meet `>=2.0.0`, nor `^1.0.0`.
 */
export function meetsRange(version: string, range: string): boolean {
  const question = `${version} ${range}`;
  let answer = answers.get(question);
  if (answer === undefined) {
    answer = semver("satisfies")(version, range, { includePrerelease: true });
    // Many plugins ask the same; what a long-running host has asked once must not pile up.
    if (answers.size >= maxAnswers) answers.clear();
    answers.set(question, answer);
  }
  return answer;
}

const answers = new Map<string, boolean>();
const maxAnswers = 1000;

/** semver takes longer to load than a small application's plugins take to be read: it is loaded when a range needs it. */
function semver<Name extends keyof SemverFunctions>(name: Name): SemverFunctions[Name] {
  return (functions[name] ??= requirePackage<SemverFunctions[Name]>(modules[name]));
}

interface SemverFunctions {
  valid(this: void, version: string): string | null;
  validRange(this: void, range: string): string | null;
  satisfies(this: void, version: string, range: string, options: { includePrerelease: boolean }): boolean;
}

const modules = {
  valid: "semver/functions/valid.js",
  validRange: "semver/ranges/valid.js",
  satisfies: "semver/functions/satisfies.js",
} as const;
const functions: { -readonly [Name in keyof SemverFunctions]?: SemverFunctions[Name] } = {};
