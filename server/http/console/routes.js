// Which page an address names.
function decoded(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        return "";  // not anything that the console has written
    }
}

// `names`: of the pages but that of a call. What names none is the list of calls.
export function route_of(hash, names) {
    const [name, rest = ""] = hash.replace(/^#\//, "").split("/");
    const id = decoded(rest);
    if (name === "calls" && id) { return { name: "call", id }; }
    return { name: names.includes(name) ? name : "calls", id: "" };
}
