import DOMPurify from "dompurify";
import MarkdownIt from "markdown-it";
import { h } from "./dom";

const markdown = new MarkdownIt({ html: false, breaks: true });
markdown.disable("image");

/** Markdown of a model as safe DOM: no markup of its own, no images, no styles, no handlers. */
export function renderMarkdown(text: string): DocumentFragment {
  return DOMPurify.sanitize(markdown.render(text), {
    RETURN_DOM_FRAGMENT: true,
    FORBID_TAGS: ["img", "style", "form", "input", "button", "svg", "math"],
    FORBID_ATTR: ["style", "class", "id"],
  });
}

/** An element that holds `text` as Markdown. */
export function markdownBlock(text: string, className = ""): HTMLElement {
  const block = h("div", { class: `markdown ${className}`.trim() });
  block.append(renderMarkdown(text));
  return block;
}
