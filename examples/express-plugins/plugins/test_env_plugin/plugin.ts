import dayjs from "dayjs";
import relativeTime from "dayjs/plugin/relativeTime.js";
import type { AppContext } from "../../app.js";

dayjs.extend(relativeTime);

export function initPlugin({ app }: AppContext) {
  const startedAt = dayjs();
  const describe = (): string => `Node.js ${process.version} on ${process.platform}, started ${startedAt.fromNow()}`;

  app.get("/", (_request, response) => {
    response.json({ node: process.version, platform: process.platform, startedAt: startedAt.toISOString() });
  });

  // What sample_plugin gets with plugin.dependency("test_env_plugin").
  return { describe };
}
