// As much of a browser's page as the console's views need to be asked in node. Nothing is laid out: where something
// stands only a browser knows (tests/browser).
const name_of = (property) => `data-${property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
const part = /([.#]?)([\w-]+)|\[([\w-]+)(?:="([^"]*)")?\]/g;  // of "tr.up[role=\"row\"]"

class PageElement extends EventTarget {
    #attributes = new Map();
    children = [];
    parent = null;
    text = "";
    scrollTop = 0;
    clientHeight = 340;
    offsetTop = 0;
    style = { setProperty() {} };
    value = "";
    hidden = false;

    constructor(tag) {
        super();
        this.tagName = tag.toUpperCase();
        this.dataset = new Proxy({}, {
            get: (_, property) => this.#attributes.get(name_of(property)),
            set: (_, property, value) => { this.setAttribute(name_of(property), value); return true; },
            deleteProperty: (_, property) => { this.#attributes.delete(name_of(property)); return true; },
        });
        this.classList = {
            contains: (one) => this.#classes().includes(one),
            toggle: (one, wanted) => {
                const others = this.#classes().filter((name) => name !== one);
                this.setAttribute("class", [...others, ...(wanted ? [one] : [])].join(" "));
            },
            add: (one) => this.classList.toggle(one, true),
        };
    }

    #classes() { return (this.getAttribute("class") ?? "").split(" "); }
    get id() { return this.getAttribute("id") ?? ""; }
    get isConnected() { return this === document.body || Boolean(this.parent?.isConnected); }
    get firstChild() { return this.children[0] ?? null; }
    get lastChild() { return this.children.at(-1) ?? null; }
    get textContent() { return this.text + this.children.map((one) => one.textContent).join(""); }
    set textContent(text) {
        this.replaceChildren();
        this.text = String(text);
    }
    getAttribute(name) { return this.#attributes.get(name) ?? null; }
    setAttribute(name, value) {
        this.#attributes.set(name, String(value));
        if (name === "value") { this.value = String(value); }
    }

    append(...children) {
        for (const child of children) {
            const is_text = !(child instanceof PageElement);
            const one = is_text ? Object.assign(new PageElement("#text"), { text: String(child) }) : child;
            one.remove();
            one.parent = this;
            this.children.push(one);
        }
    }
    replaceChildren(...children) {
        this.text = "";
        this.children.slice().forEach((one) => one.remove());
        this.append(...children);
    }
    remove() {
        if (this.contains(document.activeElement)) { document.activeElement = document.body; }
        if (this.parent) { this.parent.children = this.parent.children.filter((one) => one !== this); }
        this.parent = null;
    }
    contains(one) { return one === this || Boolean(one?.parent && this.contains(one.parent)); }

    matches(selector) {
        return [...selector.matchAll(part)].every(([, mark, name, attribute, value]) => {
            const found = attribute && this.getAttribute(attribute);
            if (attribute) { return value === undefined ? found !== null : found === value; }
            if (mark === ".") { return this.#classes().includes(name); }
            return mark === "#" ? this.id === name : this.tagName === name.toUpperCase();
        });
    }
    closest(selector) { return this.matches(selector) ? this : this.parent?.closest(selector) ?? null; }
    querySelectorAll(selector) {
        return this.children.flatMap((one) => [...(one.matches(selector) ? [one] : []), ...one.querySelectorAll(selector)]);
    }
    querySelector(selector) { return this.querySelectorAll(selector)[0] ?? null; }

    // To it and all around it.
    send(type, more = {}) {
        for (let one = this; one; one = one.parent) {
            const event = Object.assign(new Event(type), more);
            Object.defineProperty(event, "target", { value: this });
            one.dispatchEvent(event);
        }
    }
    click(more = {}) { this.send("click", { detail: 0, ...more }); }
    focus() { document.activeElement = this; }
    select() {}
    getBoundingClientRect() { return this.box; }
    showModal() { this.open = true; }
    close() { this.open = false; this.send("close"); }
}

// A fresh page, in place of the one before.
export function new_page() {
    globalThis.document = new EventTarget();
    Object.assign(document, { hidden: false, activeElement: null,
        createElement: (tag) => new PageElement(tag), createElementNS: (_, tag) => new PageElement(tag) });
    document.body = document.activeElement = new PageElement("body");
    Object.assign(globalThis, {
        ResizeObserver: class { observe() {} }, requestAnimationFrame: (draw) => setImmediate(draw), scrollTo() {},
        getComputedStyle: () => ({ getPropertyValue: () => "34" }), getSelection: () => "", location: { hash: "" },
    });
}

export async function settled(turns = 20) { for (let i = 0; i < turns; ++i) { await new Promise(setImmediate); } }

export const texts = (elements) => elements.filter((one) => !one.hidden).map((one) => one.textContent);
