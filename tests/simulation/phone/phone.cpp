#include "tests/simulation/phone/phone.hpp"

#include <algorithm>

#include "sip/message/name_addr.hpp"
#include "tests/simulation/phone/transactions.hpp"

namespace simulation {

Phone::Phone(Ground ground, Identity identity, base::Endpoint server)
    : ground_{ground}, identity_{std::move(identity)}, server_{server}, rtp_{identity_.rtp}, agreed_rtp_{rtp_} {
    local_tag_ = token(10);
    contact_user_ = "ct" + token(8);
    session_id_ = ground_.random.below(1'000'000'000);
    version_ = ground_.random.below(1000);
    ssrc_ = static_cast<std::uint32_t>(ground_.random.next());
    sequence_ = static_cast<std::uint16_t>(ground_.random.next());
    target_endpoint_ = server_;
    ground_.trace.name(identity_.sip, identity_.name);
    ground_.network.attach(identity_.sip, [this](const Datagram& datagram) { on_datagram(datagram); });
    attach_media();
}

Phone::~Phone() {
    ground_.network.detach(identity_.sip);
    for (const base::Endpoint& ear : ears_) { ground_.network.detach(ear); }
}

void Phone::complain(std::string_view rule, const std::string& text) const {
    if (checks) { ground_.trace.violation(rule, identity_.name + ": " + text); }
}

void Phone::on_datagram(const Datagram& datagram) {
    const auto parsed = sip::parse_message(datagram.bytes, identity_.stream);
    if (parsed.error) {
        complain("well-formed messages", parsed.error->detail + "\n" + datagram.bytes);
        return;
    }
    if (parsed.message.is_request()) {
        on_request(parsed.message, datagram.bytes);
    } else {
        on_response(parsed.message, datagram.bytes);
    }
    remember();
}

void Phone::send(const std::string& text, const base::Endpoint& to) {
    Datagram datagram;
    datagram.kind = identity_.stream ? Datagram::Kind::sip_stream : Datagram::Kind::sip;
    datagram.from = identity_.sip;
    datagram.to = to;
    datagram.bytes = text;
    ground_.network.send(std::move(datagram));
}

// What goes into requests and responses that open a dialog or change it (RFC 3261 §20.5, RFC 3311 §4).
std::string Phone::abilities() const {
    const bool reliable = supports_100rel || requires_100rel;
    return std::string{"Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO"} + (allows_update ? ", UPDATE" : "") +
           (reliable ? ", PRACK" : "") + (allows_refer ? ", REFER, NOTIFY" : "") + "\r\n" +
           (reliable ? "Supported: 100rel\r\n" : "") + (timer.expires == Duration{} ? "" : "Supported: timer\r\n");
}

// What tells the dialogs of one INVITE apart: the tag of whoever was asked.
std::string Phone::dialog_of(const sip::Message& message) const {
    const bool is_from = message.is_request() == owns_call_id_;
    return std::string{sip::tag_of(message.first(is_from ? sip::HeaderId::from : sip::HeaderId::to).value_or(""))};
}

void Phone::enter(const std::string& dialog) {
    (owns_call_id_ ? remote_tag_ : local_tag_) = dialog;
    dialogs_.insert(dialog);
    const auto known = beliefs_.find(dialog);
    if (known != beliefs_.end()) { belief_ = known->second; }
}

// Where the other side is to be reached from now on (RFC 3261 §12.1, §12.2, RFC 3311 §5.1).
void Phone::take_target(const sip::Message& message) {
    const auto contact = sip::NameAddr::parse(message.first(sip::HeaderId::contact).value_or(""));
    if (!contact) {
        complain("Contact in an INVITE, an UPDATE and their 2xx (RFC 3261 §12.1, RFC 3311 §5.1)", "none");
        return;
    }
    const auto address = base::IpAddress::parse(contact->uri.host);
    if (!address) { return; }
    target_ = contact->uri.to_string();
    target_endpoint_ = {*address, contact->uri.port == 0 ? std::uint16_t{5060} : contact->uri.port};
}

void Phone::end() {
    if (state_ == State::over) { return; }
    state_ = State::over;
    remember();
}

std::string Phone::via(const std::string& branch) const {
    return "SIP/2.0/" +
           std::string{identity_.websocket ? "WS "
                       : identity_.stream  ? "TCP "
                                           : "UDP "} +
           identity_.sip.to_string() + ";branch=" + branch + ";rport";
}

std::string Phone::contact() const {
    if (!other_contact.empty()) { return other_contact; }
    return "<sip:" + contact_user_ + "@" + identity_.sip.to_string() + transport_parameter(identity_) + ">";
}

bool Phone::quiet() const {
    if (has_open_offer() || owes_answer()) { return false; }
    const bool asks = std::any_of(clients_.begin(), clients_.end(),
                                  [](const Client& client) { return client->method == "INVITE" && !client->done(); });
    const bool asked = std::any_of(servers_.begin(), servers_.end(), [](const Server& server) {
        return server->method == "INVITE" && !server->acked && server->given_up == Instant{};
    });
    return !asks && !asked;
}

void Phone::remember() {
    Moment now{};
    now.at = ground_.clock.now();
    now.is_settled = state_ == State::up && quiet();
    now.hears = belief_.hears();
    now.sees = has_video() && belief_.local->video()->receives() && belief_.remote->video()->sends();
    const bool one_way = belief_.speaks() && !belief_.local->receives();
    const bool holds = is_browser() && one_way && !had_no_choice_;  // what its microphone says then is for nobody
    now.speaks = talks && belief_.speaks() && !holds;
    now.keeps_quiet = !belief_.speaks() || holds;
    now.may_have_music = one_way && !had_no_choice_ && !holds;
    now.unsure = one_way && had_no_choice_;
    now.voice = voice;
    if (!history_.empty()) {
        const Moment& last = history_.back();
        const bool same = last.is_settled == now.is_settled && last.hears == now.hears && last.sees == now.sees &&
                          last.speaks == now.speaks && last.keeps_quiet == now.keeps_quiet &&
                          last.may_have_music == now.may_have_music && last.unsure == now.unsure &&
                          last.voice == now.voice;
        if (same) { return; }
    }
    history_.push_back(now);
}

int Phone::final_of(const std::string& method, std::uint32_t cseq) const {
    for (auto client = clients_.rbegin(); client != clients_.rend(); ++client) {
        if ((*client)->method == method && (cseq == 0 || (*client)->cseq == cseq)) { return (*client)->status; }
    }
    return 0;
}

std::string Phone::final_text(const std::string& method) const {
    for (auto client = clients_.rbegin(); client != clients_.rend(); ++client) {
        if ((*client)->method == method) { return (*client)->final_text; }
    }
    return {};
}

std::vector<int> Phone::statuses_of(const std::string& method) const {
    std::vector<int> all;
    for (const Client& client : clients_) {
        if (client->method == method) { all.insert(all.end(), client->statuses.begin(), client->statuses.end()); }
    }
    return all;
}

std::size_t Phone::received(const std::string& method) const {
    return static_cast<std::size_t>(std::count_if(servers_.begin(), servers_.end(),
                                                  [&](const Server& server) { return server->method == method; }));
}

std::string Phone::last_request(const std::string& method) const {
    for (auto server = servers_.rbegin(); server != servers_.rend(); ++server) {
        if ((*server)->method == method) { return (*server)->text; }
    }
    return {};
}

std::string Phone::describe() const {
    constexpr const char* names[] = {"idle", "calling", "ringing", "up", "over"};
    std::string text = identity_.name + " is " + names[static_cast<int>(state_)] + (quiet() ? "" : ", INVITE open");
    text += belief_.hears() ? ", may hear" : ", may not hear";
    text += belief_.speaks() ? ", may speak" : ", may not speak";
    return text + "; heard " + hearing_.story(ground_.clock.now() - ground_.clock.since_start());
}

}  // namespace simulation
