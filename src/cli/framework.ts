import { isJsonObject } from "../manifest/json-object.ts";
import type { Framework } from "./json-shapes.ts";
import { readPackage, type Project } from "./project.ts";

export const frameworks: readonly Framework[] = ["express", "fastify", "hono"];

/** The framework that an application is made with, by the packages that it needs. */
export function frameworkOf({ packageFile }: Project): Framework | undefined {
  const packages = packageFile === null ? undefined : readPackage(packageFile)["dependencies"];
  return isJsonObject(packages) ? frameworks.find((name) => Object.hasOwn(packages, name)) : undefined;
}
