export { Command } from "commander";
export { findProject, type Project, type ProjectOptions } from "./project.ts";
export type {
  CheckJson,
  DoctorJson,
  FailureJson,
  FindingJson,
  Framework,
  ListJson,
  NewAppJson,
  NewPluginJson,
  PlannedPhase,
  PluginJson,
  ProblemJson,
  SwitchJson,
  WhyJson,
  WishJson,
} from "./json-shapes.ts";
