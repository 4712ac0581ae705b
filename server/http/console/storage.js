// What the browser keeps for the console. Where site data is blocked already asking for it throws: then it is kept until
// the page is left.
function in_memory() {
    const kept = new Map();
    return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

// `name`: localStorage or sessionStorage.
export function storage(name) {
    try {
        globalThis[name].setItem("holdfast.probe", "");
        globalThis[name].removeItem("holdfast.probe");
        return globalThis[name];
    } catch {
        return in_memory();
    }
}
