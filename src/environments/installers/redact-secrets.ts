type Env = Readonly<Record<string, string | undefined>>;

/**
 * Makes a function that hides secrets in a line: those that the `.npmrc` texts hold, directly or by a variable, and what
 * looks like one.
 */
export function redactSecrets(npmrcTexts: readonly string[], env: Env): (line: string) => string {
  const fromFiles = npmrcTexts.flatMap((text) =>
    Array.from(text.matchAll(/^.*?(?:_authToken|_auth|_password|:username)\s*=\s*(.*?)\s*$/gm), ([, value = ""]) =>
      valueOf(value, env),
    ),
  );
  const fromEnv = Object.entries(env).flatMap(([name, value]) =>
    /_authtoken$|_auth$|_password$/i.test(name) && value !== undefined ? [value] : [],
  );
  const secrets = [...new Set([...fromFiles, ...fromEnv])]
    // What is this short is found in every other word.
    .filter((secret) => secret.length >= 4)
    .toSorted((one, other) => other.length - one.length);
  return (line) => {
    const hidden = secrets.reduce((text, secret) => text.replaceAll(secret, hiddenText), line);
    return looksSecret.reduce((text, pattern) => text.replaceAll(pattern, `$1${hiddenText}`), hidden);
  };
}

const hiddenText = "***";
const looksSecret = [
  /(\b(?:_authToken|_auth|_password)["']?\s*[=:]\s*)[^\s"']+/gi,
  /(\b(?:Bearer|Basic)\s+)[\w+/=.~-]{8,}/g,
  /(\/\/)[^/\s:@]*:[^/\s@]+(?=@)/g,
  /(\b)(?:npm|ghp|gho|ghs|glpat)[_-][A-Za-z0-9_-]{20,}/g,
];

/** A value as npm reads it: `${NAME}`, `${NAME?}` and quotes. */
function valueOf(written: string, env: Env): string {
  const bare = /^(["'])(.*)\1$/.exec(written)?.[2] ?? written;
  return bare.replaceAll(/\$\{([^}?:]+)[^}]*\}/g, (_, name: string) => env[name] ?? "");
}
