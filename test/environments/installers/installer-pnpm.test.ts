import { describeInstaller } from "./describe-installer.ts";

describeInstaller("pnpm", "pnpm");
