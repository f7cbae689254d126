#!/usr/bin/env node
import { runCommandLine } from "./run-command-line.ts";

const exitCode = await runCommandLine(process.argv.slice(2));
// What plugins have started would keep the process alive; what has been written gets out first.
process.stdout.write("", () => process.stderr.write("", () => process.exit(exitCode)));
