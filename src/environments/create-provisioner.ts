import type { Logger } from "../kernel/logger.ts";
import { systemClock } from "./clock.ts";
import type { EnvironmentSettings } from "./environment-settings.ts";
import { createInstaller } from "./installers/create-installer.ts";
import { HostProvisioner } from "./into-host/host-provisioner.ts";
import { IsolatedProvisioner } from "./isolated/isolated-provisioner.ts";
import type { Provisioner } from "./provisioner.ts";
import { showInstallations } from "./show-installations.ts";

/** What gives the plugins of one host their npm dependencies. */
export function createProvisioner(settings: EnvironmentSettings, logger: Logger): Provisioner {
  const { mode, installer: name, hostFolder, env, showsOutput } = settings;
  if (mode === "none") return none;
  const options = {
    ...settings,
    installer: createInstaller(name, { hostFolder, env }),
    logger,
    onEvent: showInstallations(logger, { showsOutput, clock: systemClock }),
    clock: systemClock,
  };
  return mode === "isolated" ? new IsolatedProvisioner(options) : new HostProvisioner(options);
}

const none: Provisioner = { provision: () => new Map(), isCurrent: () => true, link: () => {} };
