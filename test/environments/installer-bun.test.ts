import { describeInstaller } from "./describe-installer.ts";

describeInstaller("bun", "bun");
