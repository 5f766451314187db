/** Small helpers to build DOM without markup in strings. */

export type Child = Node | string | undefined | false;

interface Options {
  class?: string;
  title?: string;
  /** Attributes by name; undefined ones are left out. */
  attributes?: Record<string, string | undefined>;
  onClick?: () => void;
}

/** An element with its attributes and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: Options = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (options.class) {
    element.className = options.class;
  }
  if (options.title) {
    element.title = options.title;
  }
  for (const [name, value] of Object.entries(options.attributes ?? {})) {
    if (value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  if (options.onClick) {
    element.addEventListener("click", options.onClick);
  }
  append(element, children);
  return element;
}

/** A push button. */
export function button(
  label: string,
  onClick: () => void,
  kind: "primary" | "secondary" = "primary",
  attributes: Record<string, string | undefined> = {},
): HTMLButtonElement {
  return h(
    "button",
    { class: `button ${kind}`, onClick, attributes: { type: "button", ...attributes } },
    label,
  );
}

/** Put `children` in the place of whatever `parent` holds. */
export function replace(parent: Element, ...children: Child[]): void {
  parent.replaceChildren();
  append(parent, children);
}

function append(parent: Element, children: Child[]): void {
  parent.append(...children.filter((child) => child !== undefined && child !== false));
}
