export { Command } from "commander";
export { findProject, type Project, type ProjectOptions } from "./project.ts";
export type {
  CheckJson,
  ConsolidateJson,
  DoctorJson,
  FailureJson,
  FindingJson,
  Framework,
  InstalledJson,
  InstallJson,
  ListJson,
  NewAppJson,
  NewPluginJson,
  PlannedPhase,
  PluginJson,
  ProblemJson,
  PruneJson,
  SwitchJson,
  WhyJson,
  WishJson,
} from "./json-shapes.ts";
