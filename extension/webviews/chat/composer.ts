import { h, replace } from "../common/dom";
import { icon } from "../common/icons";

interface Events {
  send: (text: string) => void;
  cancel: () => void;
  draft: (text: string) => void;
}

/** The input at the foot of the chat: a text that grows, and one button. */
export class Composer {
  readonly element: HTMLElement;
  readonly #input: HTMLTextAreaElement;
  readonly #button: HTMLButtonElement;
  #mode: "send" | "cancel" | "off" = "off";

  constructor(private readonly events: Events) {
    this.#input = h("textarea", {
      attributes: {
        rows: "1",
        "aria-label": "Message to the team",
        placeholder: "Tell the team what to build",
      },
    });
    this.#button = h("button", {
      class: "round",
      attributes: { type: "button" },
      onClick: () => {
        this.#press();
      },
    });
    this.#input.addEventListener("input", () => {
      this.#changed();
    });
    this.#input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#submit();
      }
    });
    const hint = h("p", { class: "hint faint" }, "Enter to send, Shift+Enter for a new line");
    const box = h("div", { class: "box" }, this.#input, this.#button);
    this.element = h(
      "section",
      { class: "composer", attributes: { "aria-label": "Your message" } },
      box,
      hint,
    );
    this.setMode("off");
  }

  /** `cancel` while a reply is written, `off` while nothing can be sent. */
  setMode(mode: "send" | "cancel" | "off"): void {
    this.#mode = mode;
    const label = mode === "cancel" ? "Cancel" : "Send";
    replace(this.#button, icon(mode === "cancel" ? "stop" : "send"));
    this.#button.title = label;
    this.#button.setAttribute("aria-label", label);
    this.#enable();
  }

  /** Put a text into the input and move there. */
  fill(text: string): void {
    this.#input.value = text;
    this.#changed();
    this.#input.focus();
  }

  #press(): void {
    if (this.#mode === "cancel") {
      this.events.cancel();
    } else {
      this.#submit();
    }
  }

  #submit(): void {
    const text = this.#input.value.trim();
    if (this.#mode === "send" && text) {
      this.#input.value = "";
      this.#changed();
      this.events.send(text);
    }
  }

  #changed(): void {
    this.events.draft(this.#input.value);
    this.#enable();
  }

  #enable(): void {
    const empty = !this.#input.value.trim();
    this.#button.disabled = this.#mode === "off" || (this.#mode === "send" && empty);
  }
}
