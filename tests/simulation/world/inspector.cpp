#include "tests/simulation/world/inspector.hpp"

#include <algorithm>
#include <initializer_list>

#include "sip/message/parser.hpp"

namespace simulation {
namespace {

std::string key(const Glance& seen) { return seen.branch + " " + seen.method; }
std::string success_key(const Glance& seen) { return std::to_string(seen.cseq) + " " + seen.to_tag; }
bool is_success(const Glance& seen) { return seen.status >= 200 && seen.status < 300; }
// Of a challenge, which is made anew for each copy of a request of nobody known.
std::string sans_nonce(std::string_view message) {
    constexpr std::string_view name = "nonce=\"";
    std::string text{message};
    for (auto at = text.find(name); at != text.npos; at = text.find(name, at + name.size())) {
        const auto begin = at + name.size();
        text.erase(begin, text.find('"', begin) - begin);
    }
    return text;
}

std::string_view sans_tag(std::string_view value) { return value.substr(0, value.find(";tag=")); }

}  // namespace

void Inspector::violation(std::string_view rule, const std::string& text) {
    if (checks) { trace_.violation(rule, "S: " + text); }
}

// Requests of whoever called come from its end, and so do its responses to requests of the other.
Inspector::Leg& Inspector::leg_of(const Datagram& datagram, const Glance& seen, bool sent) {
    const bool loops = datagram.from == datagram.to && datagram.from.port != 0;  // by hand, neither has one
    if (!loops) { return legs_[seen.call_id]; }
    const auto& caller = loops_.try_emplace(seen.call_id, seen.from_tag).first->second;
    const bool from_caller = (seen.from_tag == caller) == seen.is_request;
    return legs_[seen.call_id + (from_caller == sent ? " calling" : " called")];
}

void Inspector::on_received(const Datagram& datagram) {
    const Glance seen = glance(datagram.bytes);
    if (seen.call_id.empty()) { return; }
    Leg& leg = leg_of(datagram, seen, false);
    if (seen.is_request) {
        receive_request(leg, seen, datagram);
    } else {
        receive_response(leg, seen, datagram);
    }
    note_busy(leg);
}

void Inspector::receive_request(Leg& leg, const Glance& seen, const Datagram& datagram) {
    if (seen.method == "ACK") {
        for (auto& [name, request] : leg.received) {
            if (request.final_seen.method != "INVITE" || request.final_seen.cseq != seen.cseq) { continue; }
            const bool offered = body_of(request.text).empty() && !body_of(request.final_text).empty();
            const bool answered = read(body_of(datagram.bytes)).has_value();
            if (offered && !request.acked && !answered) { ledger_of(leg, seen.from_tag).on_refused(); }
            request.acked = true;
        }
        leg.offers.on_ack(OfferWatch::Side::peer, seen);
        return;
    }
    const auto [found, is_new] = leg.received.try_emplace(key(seen));
    if (!is_new) { return; }
    found->second.text = datagram.bytes;
    found->second.is_initial = seen.to_tag.empty();
    leg.refers.on_request_received(seen);
    leg.provisionals.on_request_received(seen, datagram.bytes);
    leg.offers.on_request(OfferWatch::Side::peer, seen, datagram.bytes);
    if (seen.method == "INVITE") {
        // Whoever sends the next one has had our answer to this one, whatever became of its ACK.
        for (auto& [name, request] : leg.received) {
            const bool answered = request.final_seen.method == "INVITE" && request.final_seen.cseq < seen.cseq;
            const bool offered = body_of(request.text).empty() && !body_of(request.final_text).empty();
            request.shown = request.shown || (answered && !offered);
        }
        fresh_invites_.push_back(&found->second);
    }
    if (seen.method != "BYE") { return; }
    Dialog& dialog = leg.dialogs[seen.from_tag];
    dialog.byes_received.insert(seen.cseq);
    dialog.over = true;
}

void Inspector::receive_response(Leg& leg, const Glance& seen, const Datagram& datagram) {
    const auto found = leg.sent.find(key(seen));
    if (found == leg.sent.end() || has_timed_out(found->second)) { return; }
    bool counts = false;
    leg.provisionals.on_response_received(seen, datagram.bytes, counts);
    leg.offers.on_response(OfferWatch::Side::peer, seen, datagram.bytes, counts);
    if (seen.status < 200) {
        found->second.provisional = true;
    } else {
        Sent& request = found->second;
        if (!request.done && seen.status >= 300 && request.seen.has_sdp) {
            ledger_of(leg, request.seen.to_tag).on_refused();
        }
        request.refused = request.refused || seen.status >= 300;
        request.done = true;
    }
    if (seen.method == "BYE" && (seen.status == 401 || seen.status == 407)) {  // it ended nothing: it may come again
        leg.dialogs[seen.to_tag].byes_sent.erase(seen.cseq);
        leg.dialogs[seen.to_tag].over = false;
    }
    // A proxy refuses when all its branches have ended (RFC 3261 §16.7): what answers after that belongs to nothing.
    if (seen.method != "INVITE" || !is_success(seen)) { return; }
    if (found->second.refused) {
        leg.successes[success_key(seen)].is_stray = true;
        return;
    }
    leg.dialogs[seen.to_tag].confirmed = true;
    Success& success = leg.successes[success_key(seen)];
    if (!found->second.seen.has_sdp) { success.offer = body_of(datagram.bytes); }
    if (success.first == Instant{}) { success.first = clock_.now(); }
    if (clock_.now() - success.first > 32s) { return; }
    success.unanswered = success.acked == Instant{} ? 1 : success.unanswered + 1;
}

// Timer B has ended an INVITE that nobody answered; what comes after that is discarded (RFC 3261 §17.1.1.2, §18.1.2).
bool Inspector::has_timed_out(const Sent& request) const {
    const bool unanswered = request.seen.method == "INVITE" && !request.provisional && !request.done;
    return unanswered && clock_.now() - request.at >= 32s;
}

void Inspector::on_sent(const Datagram& datagram) {
    const Glance seen = glance(datagram.bytes);
    check_form(seen, datagram);
    Leg& leg = leg_of(datagram, seen, true);
    if (!seen.is_request) {
        send_response(leg, seen, datagram);
    } else if (seen.method == "ACK") {
        send_ack(leg, seen, datagram.bytes);
    } else {
        send_request(leg, seen, datagram);
    }
    note_busy(leg);
}

void Inspector::check_form(const Glance& seen, const Datagram& datagram) {
    const auto parsed = sip::parse_message(datagram.bytes, true);
    if (parsed.error) { violation("well-formed messages", parsed.error->detail + "\n" + datagram.bytes); }
    const auto lacks = [&](std::string_view name) {
        if (header_value(datagram.bytes, name).empty()) {
            violation("header fields (RFC 3261 §8.1.1)", "no " + std::string{name} + " in " + summary(datagram.bytes));
        }
    };
    for (const std::string_view name : {"Via", "From", "To", "Call-ID", "CSeq"}) { lacks(name); }
    if (seen.is_request) { lacks("Max-Forwards"); }
    const auto is_of = [&](std::initializer_list<std::string_view> methods) {
        return std::find(methods.begin(), methods.end(), seen.method) != methods.end();
    };
    // RFC 3261 §12.1, RFC 3311 §5, RFC 3515 §2.2, RFC 6665 §8.2.1.
    const bool sets_target = is_of({"INVITE", "UPDATE", "REFER"}) && (seen.is_request || is_success(seen));
    if (sets_target || (seen.is_request && seen.method == "NOTIFY")) { lacks("Contact"); }
    if (!seen.is_request && seen.status > 100 && seen.to_tag.empty()) {
        violation("To tag of a response (RFC 3261 §8.2.6.2)", summary(datagram.bytes));
    }
    if (!secrets) { return; }
    for (const std::string& word : secrets(datagram.to)) {
        if (!word.empty() && datagram.bytes.find(word) != std::string::npos) {
            violation("no topology of the other leg", "\"" + word + "\" in\n" + datagram.bytes);
        }
    }
}

void Inspector::send_request(Leg& leg, const Glance& seen, const Datagram& datagram) {
    const auto [found, is_new] = leg.sent.try_emplace(key(seen), Sent{seen, clock_.now(), false, false});
    if (!is_new) { return; }  // a repetition
    if (seen.method == "CANCEL") {
        const auto invite = leg.sent.find(seen.branch + " INVITE");
        if (invite == leg.sent.end() || !invite->second.provisional || invite->second.done) {
            violation("CANCEL after a provisional, before a final (RFC 3261 §9.1)", summary(datagram.bytes));
        }
        return;
    }
    check_new_request(leg, seen, datagram.bytes);
}

void Inspector::check_new_request(Leg& leg, const Glance& seen, const std::string& text) {
    Dialog& dialog = leg.dialogs[seen.to_tag];
    const bool outlives = seen.method == "NOTIFY" && leg.refers.owes_notice();  // RFC 5057 §4.2
    if (dialog.over && !outlives) { violation("F.1 nothing new after the end", summary(text)); }
    if (seen.cseq <= dialog.last_cseq) { violation("CSeq rises (RFC 3261 §12.2.1.1)", summary(text)); }
    dialog.last_cseq = seen.cseq;
    if (seen.method == "BYE") { check_bye(leg, dialog, seen, text); }
    if (seen.method == "INVITE") { check_turn(leg, seen, text); }
    check_refer(leg.refers.on_request_sent(seen, text), text);
    check_provisional(leg.provisionals.on_request_sent(seen, text), text);
    check_offer(leg.offers.on_request(OfferWatch::Side::server, seen, text), text);
    check_session(leg, seen, text);
}

void Inspector::check_bye(const Leg& leg, Dialog& dialog, const Glance& seen, const std::string& text) {
    dialog.byes_sent.insert(seen.cseq);
    dialog.over = true;
    if (dialog.byes_sent.size() > 1) { violation("F.1 exactly one BYE", summary(text)); }
    for (const auto& [name, request] : leg.received) {
        // RFC 3261 §15: the callee waits for the ACK of its 2xx, or for 64·T1.
        const bool waits = request.is_initial && request.final_seen.method == "INVITE" &&
                           is_success(request.final_seen) && !request.acked && !request.shown &&
                           clock_.now() - request.final_at < 32s;
        if (waits && dialog.byes_received.empty()) { violation("no BYE before the ACK (RFC 3261 §15)", summary(text)); }
    }
}

void Inspector::check_turn(const Leg& leg, const Glance& seen, const std::string& text) {
    for (const auto& [name, other] : leg.sent) {
        if (name != key(seen) && other.seen.method == "INVITE" && !other.done) {
            violation("one INVITE at a time (RFC 3261 §14.1)", summary(text));
        }
    }
    for (const auto& [name, request] : leg.received) {
        if (request.text.starts_with("INVITE ") && request.final_text.empty()) {
            violation("no INVITE while the peer's is open (RFC 3261 §14.1)", summary(text));
        }
    }
}

void Inspector::check_offer(const std::string& wrong, std::string_view text) {
    if (!wrong.empty()) {
        violation("offers and their answers (RFC 3264 §4, RFC 3311 §5)", wrong + ": " + summary(text));
    }
}

void Inspector::check_provisional(const std::string& wrong, std::string_view text) {
    if (!wrong.empty()) { violation("reliable provisionals (RFC 3262)", wrong + ": " + summary(text)); }
}

void Inspector::check_refer(const std::string& wrong, std::string_view text) {
    if (!wrong.empty()) { violation("REFER and NOTIFY (RFC 3515 §2.4)", wrong + ": " + summary(text)); }
}

SdpLedger& Inspector::ledger_of(Leg& leg, const std::string& tag) {
    const SdpLedger& invite = leg.told[""];
    return leg.told.try_emplace(tag, invite).first->second;
}

void Inspector::check_session(Leg& leg, const Glance& seen, const std::string& text, std::string_view offer) {
    SdpLedger& told = ledger_of(leg, seen.is_request ? seen.to_tag : seen.from_tag);
    const std::string wrong = seen.has_sdp ? told.check(body_of(text), offer) : "";
    if (!wrong.empty()) { violation("F.5 what a leg was told", wrong + "\n" + text); }
}

void Inspector::send_ack(Leg& leg, const Glance& seen, const std::string& text) {
    const auto found = leg.successes.find(success_key(seen));
    if (found == leg.successes.end()) { return; }  // of a failure: within its transaction
    Success& success = found->second;
    const std::string body{body_of(text)};
    leg.offers.on_ack(OfferWatch::Side::server, seen);
    if (success.acked == Instant{}) {
        success.ack_body = body;
        check_session(leg, seen, text, success.offer);
    } else if (success.ack_body != body) {
        violation("the same ACK for each 2xx (RFC 3261 §13.2.2.4)", text);
    }
    success.acked = clock_.now();
    --success.unanswered;
    if (success.unanswered < 0 && !success.is_stray) {
        violation("an ACK for each 2xx, no more (RFC 3261 §13.2.2.4)", summary(text));
    }
}

void Inspector::send_response(Leg& leg, const Glance& seen, const Datagram& datagram) {
    const auto found = leg.received.find(key(seen));
    if (found == leg.received.end()) {
        if (checks && seen.status != 400) { violation("responses answer a request", summary(datagram.bytes)); }
        return;
    }
    Received& request = found->second;
    request.answered = true;
    for (const std::string_view name : {"From", "CSeq"}) {
        if (header_value(request.text, name) != header_value(datagram.bytes, name)) {
            violation("fields copied into a response (RFC 3261 §8.2.6.2)", datagram.bytes);
        }
    }
    if (sans_tag(header_value(request.text, "To")) != sans_tag(header_value(datagram.bytes, "To"))) {
        violation("fields copied into a response (RFC 3261 §8.2.6.2)", datagram.bytes);
    }
    if (!request.final_text.empty()) {
        if (seen.status < 200 || sans_nonce(request.final_text) != sans_nonce(datagram.bytes)) {
            violation("F.1 one final response", summary(datagram.bytes) + " after " + summary(request.final_text));
        }
        return;
    }
    leg.refers.on_response_sent(seen, datagram.bytes);
    bool counts = false;
    const bool is_over = leg.dialogs[seen.from_tag].over;
    check_provisional(leg.provisionals.on_response_sent(seen, datagram.bytes, is_over, counts), datagram.bytes);
    const bool repeated = !counts && !header_value(datagram.bytes, "RSeq").empty();  // judged when it was new
    if (!repeated) { check_session(leg, seen, datagram.bytes, body_of(request.text)); }
    check_offer(leg.offers.on_response(OfferWatch::Side::server, seen, datagram.bytes, counts), datagram.bytes);
    if (seen.status < 200) { return; }
    request.final_text = datagram.bytes;
    request.final_seen = seen;
    request.final_at = clock_.now();
    if (seen.method == "INVITE" && is_success(seen)) { leg.dialogs[seen.from_tag].confirmed = true; }
}

void Inspector::on_step_end() {
    for (const Received* invite : fresh_invites_) {
        if (!invite->answered) { violation("100 at once", summary(invite->text)); }
    }
    fresh_invites_.clear();
}

void Inspector::on_end() {
    for (const auto& [call_id, leg] : legs_) {
        for (const auto& [name, request] : leg.received) {
            if (request.final_text.empty()) {
                violation("F.1 every request gets a final response", summary(request.text));
            }
        }
        for (const auto& [name, success] : leg.successes) {
            if (success.unanswered > 0) { violation("F.1 an ACK for each 2xx", "CSeq and tag " + name); }
        }
        check_provisional(leg.provisionals.on_end(), call_id);
        check_refer(leg.refers.on_end(), call_id);
        for (const auto& [tag, dialog] : leg.dialogs) {
            if (dialog.confirmed && dialog.byes_sent.empty() && dialog.byes_received.empty()) {
                violation("F.1 a confirmed dialog ends by a BYE", "Call-ID " + call_id + " tag " + tag);
            }
        }
    }
}

bool Inspector::compute_busy(const Leg& leg) {
    for (const auto& [tag, dialog] : leg.dialogs) {
        if (dialog.over) { return true; }
    }
    if (leg.offers.is_open() || leg.refers.is_replaced()) { return true; }
    const auto open = [](const auto& item) { return item.second.seen.method == "INVITE" && !item.second.done; };
    if (std::any_of(leg.sent.begin(), leg.sent.end(), open)) { return true; }
    return std::any_of(leg.received.begin(), leg.received.end(), [](const auto& item) {
        const Received& request = item.second;
        const bool answered = !request.final_text.empty();  // our BYE may wait for its ACK
        return request.text.starts_with("INVITE ") && (!answered || !request.acked);
    });
}

void Inspector::note_busy(Leg& leg) {
    const bool busy = compute_busy(leg);
    if (leg.busy.empty() || leg.busy.back().busy != busy) { leg.busy.push_back({clock_.now(), busy}); }
}

bool Inspector::is_busy(const std::string& call_id) const {
    const auto found = legs_.find(call_id);
    return found != legs_.end() && compute_busy(found->second);
}

const std::vector<Inspector::Change>& Inspector::busy_history(const std::string& call_id) const {
    static const std::vector<Change> nothing;
    const auto found = legs_.find(call_id);
    return found == legs_.end() ? nothing : found->second.busy;
}

}  // namespace simulation
