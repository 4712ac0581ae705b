// Dark and light: what the system says, until the reader chooses.
import { storage } from "./storage.js";

const key = "holdfast.theme";
const kept = storage("localStorage");
const system = matchMedia("(prefers-color-scheme: dark)");

export function follow_theme(button) {
    const show = () => {
        const chosen = kept.getItem(key);
        const is_dark = chosen ? chosen === "dark" : system.matches;
        document.documentElement.dataset.theme = is_dark ? "dark" : "light";
        button.setAttribute("aria-pressed", String(is_dark));
    };
    button.addEventListener("click", () => {
        kept.setItem(key, document.documentElement.dataset.theme === "dark" ? "light" : "dark");
        show();
    });
    system.addEventListener("change", show);
    show();
}
