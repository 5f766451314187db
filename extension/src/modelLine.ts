import type { Model } from "./protocol";

/** One model in a line: its state, and what it takes and does while it is in memory. */
export function modelLine(model: Model): string {
  const facts = [
    model.kind,
    model.state,
    model.memoryBytes ? `${(model.memoryBytes / 1024 ** 3).toFixed(1)} GiB` : "",
    model.running ? `${String(model.running)} running` : "",
    model.queueLength ? `${String(model.queueLength)} waiting` : "",
    model.tokensPerSecond ? `${model.tokensPerSecond.toFixed(1)} tokens/s` : "",
  ];
  return `${model.id} (${facts.filter(Boolean).join(", ")})`;
}
