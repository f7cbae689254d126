import { Command } from "@plugo/node/cli";

// Loaded when it is called, not by `plugo --help`.
export default new Command()
  .description("Say hello to somebody")
  .option("--name <name>", "who is greeted", "World")
  .action(({ name }) => {
    console.log(`Hello, ${name}!`);
  });
