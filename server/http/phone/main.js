// The page: who registers, whom to call, one card for each call.
import { Agent } from "./agent.js";
import { Card } from "./card.js";

const [account, dial] = [document.getElementById("account"), document.getElementById("dial")];
const calls = new Set();
let agent;

const trouble = (text) => { document.getElementById("trouble").textContent = text; };
const state = (text) => { document.getElementById("state").textContent = text; };

function on_registration(text, registered) {
    state(registered ? `${account.user.value} is ${text}` : text);
    account.hidden ||= registered;
    dial.hidden &&= !registered;
    if (registered && !calls.size) { dial.target.focus(); }
}

function on_call(call) {
    calls.add(call);
    call.addEventListener("change", () => { if (call.over) { calls.delete(call); } });
    const others = (self) => [...calls].filter((other) => other !== self && other.up);
    document.getElementById("calls").prepend(new Card(call, { uri: (text) => agent.uri(text), others, trouble }).element);
}

function use(settings) {
    account.addEventListener("submit", (event) => {
        event.preventDefault();
        trouble("");
        agent?.stop();
        agent = new Agent({ ...settings, user: account.user.value, password: account.password.value },
            { state: on_registration, call: on_call, trouble });
        agent.start();
    });
    dial.addEventListener("submit", (event) => {
        event.preventDefault();
        trouble("");
        try { agent.call(dial.target.value, event.submitter?.name === "video"); } catch (error) { trouble(error.message); }
    });
    const suggestions = settings.numbers.map((number) => new Option(number, number));
    document.getElementById("suggestions").replaceChildren(...suggestions);
    state("not registered");
    const user = new URLSearchParams(location.search).get("user") ?? settings.users[0] ?? "";
    account.user.value = user;
    if (!settings.users.includes(user)) { return account.user.focus(); }
    account.password.value = settings.password;
    account.requestSubmit();
}

async function start() {
    if (!isSecureContext) { return state("A browser gives its microphone to pages of this machine (127.0.0.1) or of https only."); }
    const answer = await fetch("/phone/settings.json");
    const settings = await answer.json();
    if (!settings.websocket) { return state("This server takes no WebSockets: add ws://… to sip.listen."); }
    use(settings);
}

start().catch((error) => state(error.message));
