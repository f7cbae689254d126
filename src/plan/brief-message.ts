const maxLength = 300;

/** An error's message as one line, for use inside another message: its first sentence, and the first of its findings. */
export function briefMessage(message: string): string {
  const [first = "", second = ""] = message.split("\n");
  const line = second.startsWith("  - ") ? `${first} ${second.slice(4)}` : first;
  const sentence = line.replace(/\.$/, "");
  return sentence.length > maxLength ? `${sentence.slice(0, maxLength)}…` : sentence;
}
