// Dark and light: what the system says, until the reader chooses.
const key = "holdfast.theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export function follow_theme(button) {
    const show = () => {
        const chosen = localStorage.getItem(key);
        const is_dark = chosen ? chosen === "dark" : system.matches;
        document.documentElement.dataset.theme = is_dark ? "dark" : "light";
        button.setAttribute("aria-pressed", String(is_dark));
    };
    button.addEventListener("click", () => {
        localStorage.setItem(key, document.documentElement.dataset.theme === "dark" ? "light" : "dark");
        show();
    });
    system.addEventListener("change", show);
    show();
}
