import type { PlugoError } from "./plugo-error.ts";

/** A problem as text: what happened on the first line, what to do on the last. */
export function problemText({ plugin, code, message, remedy }: PlugoError): string {
  // A folder's name may hold a line break; what stands in the log is one line all the same.
  const about = plugin === undefined ? "" : `[${/\p{Cc}/u.test(plugin) ? JSON.stringify(plugin) : plugin}] `;
  return `${about}${message}\n    → ${remedy} (${code})`;
}
