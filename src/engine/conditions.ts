/** The conditions under which Node.js resolves an `import` in this process. */
export function importConditions(): string[] {
  return ["node", "import", ...shared()];
}

/** The conditions under which Node.js resolves a `require` in this process. */
export function requireConditions(): string[] {
  return ["node", "require", ...shared()];
}

function shared(): string[] {
  const { require_module: requiresModules } = process.features as { readonly require_module?: boolean };
  return [...(requiresModules === true ? ["module-sync"] : []), "node-addons", ...userConditions()];
}

/** Those given with `--conditions` or `-C`. */
function userConditions(): string[] {
  const given = [...process.execArgv, ...(process.env["NODE_OPTIONS"] ?? "").split(/\s+/)];
  return given.flatMap((argument, index) => {
    if (argument === "-C" || argument === "--conditions") return given[index + 1] ?? [];
    return /^(?:--conditions|-C)=(.+)$/.exec(argument)?.[1] ?? [];
  });
}
