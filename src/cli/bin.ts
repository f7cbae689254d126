#!/usr/bin/env node
import { runCommandLine } from "./run-command-line.ts";

const { exitCode, isOver } = await runCommandLine(process.argv.slice(2));
process.exitCode = exitCode;
// What has been written gets out first.
if (isOver) process.stdout.write("", () => process.stderr.write("", () => process.exit()));
