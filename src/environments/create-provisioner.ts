import type { Logger } from "../kernel/logger.ts";
import type { EnvironmentSettings } from "./environment-settings.ts";
import type { Provisioner } from "./provisioner.ts";

/** What gives the plugins of one host their npm dependencies. */
export function createProvisioner(_settings: EnvironmentSettings, _logger: Logger): Provisioner {
  return { provision: () => new Map(), isCurrent: () => true, link: () => {} };
}
