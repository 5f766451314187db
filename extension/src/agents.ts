/** The agents as a person sees them. Shared by the extension and the webviews. */

const NAMES: Record<string, string> = {
  project_manager: "Project Manager",
  spec_builder: "Spec Builder",
  architect: "Architect",
  tester: "Tester",
  developer: "Developer",
  resource_director: "Resource Director",
};

/** Name of an agent type; a type that this version does not know is made readable. */
export function agentName(type: string): string {
  const words = type.replaceAll("_", " ");
  return NAMES[type] ?? (words ? words.charAt(0).toUpperCase() + words.slice(1) : "Tenon");
}

/** Figures of a step: "34 tok/s · 12 s · about 20 s left". Missing ones are left out. */
export function figures(step: {
  tokensPerSecond?: number | null;
  elapsedSeconds?: number | null;
  remainingSeconds?: number | null;
}): string {
  const parts: string[] = [];
  if (step.tokensPerSecond) {
    parts.push(`${Math.round(step.tokensPerSecond)} tok/s`);
  }
  if (step.elapsedSeconds && step.elapsedSeconds >= 1) {
    parts.push(duration(step.elapsedSeconds));
  }
  if (step.remainingSeconds && step.remainingSeconds >= 1) {
    parts.push(`about ${duration(step.remainingSeconds)} left`);
  }
  return parts.join(" · ");
}

/** Seconds as a person says them: "12 s", "3 min 5 s". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  const rest = whole % 60;
  return rest ? `${Math.floor(whole / 60)} min ${rest} s` : `${whole / 60} min`;
}
