import { describePlugins } from "./describe-plugins.ts";
import { diagnose } from "./diagnose.ts";
import type { DoctorJson, FindingJson } from "./json-shapes.ts";
import { measureLoading } from "./measure-loading.ts";
import type { ProjectOptions } from "./project.ts";
import { describeProject, readPlan } from "./read-plan.ts";
import type { Style, Terminal } from "./terminal.ts";
import { wrapText } from "./wrap-text.ts";

export interface DoctorOptions extends ProjectOptions {
  readonly json?: boolean;
  readonly load?: boolean;
}

const signs: Readonly<Record<FindingJson["state"], readonly [sign: string, style: Style]>> = {
  good: ["ok ", "green"],
  notable: ["!  ", "yellow"],
  bad: ["bad", "red"],
};

/** `plugo doctor`: resolves to the exit code. */
export async function runDoctor(options: DoctorOptions, terminal: Terminal): Promise<number> {
  const projectPlan = readPlan(options, terminal);
  const measured = options.load === true ? await measureLoading(projectPlan) : undefined;
  const findings = diagnose(projectPlan, describePlugins(projectPlan, measured).plugins, measured !== undefined);
  const result: DoctorJson = { ok: findings.every(({ state }) => state !== "bad"), findings };
  if (options.json === true) {
    terminal.printJson(result);
  } else {
    const { print, paint, columns } = terminal;
    print(`${paint("dim", describeProject(projectPlan.project))}\n`);
    for (const { topic, state, message, remedy } of findings) {
      const [sign, style] = signs[state];
      print(`${paint(style, sign)} ${paint("bold", topic.padEnd(12))} ${wrapText(message, 17, columns)}`);
      if (remedy !== null) print(`${" ".repeat(17)}${paint("cyan", "→")} ${wrapText(remedy, 19, columns)}`);
    }
  }
  return result.ok ? 0 : 1;
}
