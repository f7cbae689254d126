import { plugoError } from "../kernel/plugo-error.ts";

/** Refuses a slip in the name of an event, which would never be heard of. @throws PlugoError `PLUGO_EVENT_UNKNOWN`. */
export function requireEvent(event: string, known: string): void {
  if (event !== known) throw plugoError("PLUGO_EVENT_UNKNOWN", { event, known });
}
