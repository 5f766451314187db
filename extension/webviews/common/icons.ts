/** Line icons on a 16 by 16 grid, drawn in the colour of the text around them. */

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  project_manager: "M2.5 3.5h11v7h-6l-3 2.5v-2.5h-2z",
  spec_builder: "M4 2h6l2.5 2.5V14H4zM6.2 7h4M6.2 9.3h4M6.2 11.6h2.4",
  architect: "M8 2.2v2M5 13.5 8 4.2l3 9.3M6 10.2h4",
  tester: "M6.5 2.2v4L3 12.6c-.3.6.1 1.2.8 1.2h8.4c.7 0 1.1-.6.8-1.2L9.5 6.2v-4M5.4 2.2h5.2M5 10h6",
  developer: "M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5",
  resource_director: "M2.2 11.5a5.8 5.8 0 1 1 11.6 0M8 11.5l2.8-3.6M2.2 11.5h11.6",
  user: "M8 8.2a2.9 2.9 0 1 0 0-5.8 2.9 2.9 0 0 0 0 5.8ZM2.8 14c.5-2.7 2.5-4 5.2-4s4.7 1.3 5.2 4",
  tenon: "M2 4h4v8H2zM6 6.2h4M6 9.8h4M14 4h-4v8h4z",
  send: "M2.5 8 13.5 2.8 10.6 13.2 8 8.8zM8 8.8l5.5-6",
  stop: "M4.5 4.5h7v7h-7z",
  warning: "M8 2.5 14.2 13.5H1.8zM8 6.5v3.2M8 11.4v.4",
  document: "M4 2h6l2.5 2.5V14H4zM9.8 2v2.8h2.7",
} as const;

export type IconName = keyof typeof PATHS;

/** An icon; it is decoration, so screen readers pass over it. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** The round sign of an agent, or of the person. */
export function avatar(type: string): HTMLElement {
  const known = type in PATHS ? (type as IconName) : "tenon";
  const element = document.createElement("span");
  element.className = `avatar avatar-${known.replaceAll("_", "-")}`;
  element.append(icon(known));
  return element;
}
