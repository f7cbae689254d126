import { describeInstaller } from "./describe-installer.ts";

describeInstaller("pnpm 10", "pnpm", "pnpm-10");
