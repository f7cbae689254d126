/** How the installation of packages goes on; of one plugin, or of the application (`plugin: undefined`). */
export type InstallationEvent = { readonly plugin: string | undefined } & (
  | { readonly kind: "waiting"; readonly owner: string }
  | { readonly kind: "installing"; readonly packages: number; readonly installer: string }
  | { readonly kind: "output"; readonly line: string }
  | { readonly kind: "installed"; readonly durationMs: number }
  /** Nothing is under way any more, whatever came of it. */
  | { readonly kind: "ended" }
);
