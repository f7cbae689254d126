/** Where a plugin stands. The words are explained in ARCHITECTURE.md. */
export type Phase =
  | "disabled"
  | "blocked"
  | "provisioning"
  | "loading"
  | "activating"
  | "active"
  | "draining"
  | "failed";

/**
 * Which phase may follow which. A plugin stays `active` while its next generation is made beside the one in service:
 * only a plugin without one in service is `loading` or `activating`. `draining` is followed by `activating` when a
 * plugin restarts, and by `provisioning` or `loading` when it is wanted again before its old generation has ended.
 */
export const phaseTransitions: Readonly<Record<Phase, readonly Phase[]>> = {
  disabled: ["blocked", "failed", "provisioning", "loading"],
  blocked: ["disabled", "failed", "provisioning", "loading"],
  failed: ["disabled", "blocked", "provisioning", "loading"],
  provisioning: ["disabled", "loading", "failed", "blocked"],
  loading: ["activating", "failed", "blocked"],
  activating: ["active", "failed", "blocked"],
  active: ["draining"],
  draining: ["disabled", "blocked", "failed", "provisioning", "loading", "activating"],
};

/** Whether the table allows the step. Staying in a phase is no step and always allowed, as is any first phase. */
export function mayFollow(from: Phase | undefined, to: Phase): boolean {
  return from === undefined || from === to || phaseTransitions[from].includes(to);
}
