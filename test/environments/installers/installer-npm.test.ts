import { describeInstaller } from "./describe-installer.ts";

describeInstaller("npm", "npm");
