// Elements without markup in strings: what peers sent is text wherever it is shown.
function set(element, name, value) {
    if (value === undefined || value === null || value === false) { return; }
    if (name.startsWith("on")) { return element.addEventListener(name.slice(2), value); }
    if (name === "text") { return void (element.textContent = value); }
    element.setAttribute(name, value === true ? "" : value);
}

function fill(element, properties, children) {
    for (const [name, value] of Object.entries(properties ?? {})) { set(element, name, value); }
    element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    return element;
}

export const h = (tag, properties, ...children) => fill(document.createElement(tag), properties, children);
export const svg = (tag, properties, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", tag), properties, children);
export const by_id = (id) => document.getElementById(id);

// Changes only what differs: a page that says the same again is not laid out again.
export function put_text(element, text) {
    if (element.textContent !== text) { element.textContent = text; }
}

export function put_attribute(element, name, value) {
    if (element.getAttribute(name) !== value) { element.setAttribute(name, value); }
}
