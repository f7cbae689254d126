import { isJsonObject } from "../../manifest/json-object.ts";
import { applicationName, type Application } from "./application.ts";
import { jsonText } from "./json-text.ts";
import { runNpm } from "./run-npm.ts";

/**
 * Has npm write the bill of materials of a folder with a lockfile, and takes out what differs each time: the date, and
 * the number that only tells one document from the next.
 */
export async function cyclonedx(folder: string, application: Application): Promise<string> {
  const args = ["sbom", "--sbom-format=cyclonedx", "--package-lock-only", "--omit=dev"];
  const output = await runNpm(args, folder, application.folder);
  const { serialNumber: _, ...bill } = JSON.parse(output.slice(output.indexOf("{"))) as Record<string, unknown>;
  const { timestamp: __, ...metadata } = isJsonObject(bill["metadata"]) ? bill["metadata"] : {};
  const subject = isJsonObject(metadata["component"]) ? metadata["component"] : {};
  return jsonText({
    ...bill,
    // npm calls it by the name of the folder, which is gone afterwards.
    metadata: { ...metadata, component: { ...subject, name: applicationName(application) } },
    components: sortedBy("bom-ref", bill["components"]),
    dependencies: sortedBy("ref", bill["dependencies"]),
  });
}

function sortedBy(field: string, list: unknown): readonly unknown[] {
  const items = Array.isArray(list) ? list.filter((item) => isJsonObject(item)) : [];
  return items.toSorted((a, b) => (String(a[field]) < String(b[field]) ? -1 : 1));
}
