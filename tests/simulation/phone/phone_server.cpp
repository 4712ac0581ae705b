// The phone as the one who is asked: requests, scripts of responses, finals repeated until their ACK (RFC 3261 §13.3,
// §14.2, §15.1.2, §17.2).
#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "sip/message/cseq.hpp"
#include "sip/message/name_addr.hpp"
#include "sip/message/via.hpp"
#include "tests/simulation/phone/fields.hpp"
#include "tests/simulation/phone/phone.hpp"
#include "tests/simulation/phone/transactions.hpp"

namespace simulation {
namespace {

std::string without_tag(std::string_view value) { return std::string{value.substr(0, value.find(";tag="))}; }

}  // namespace

Phone::Server Phone::find_server(const std::string& branch, const std::string& method) const {
    for (const Server& server : servers_) {
        if (server->branch == branch && server->method == method) { return server; }
    }
    return nullptr;
}

bool Phone::in_dialog(const sip::Message& request) const {
    if (call_id_.empty() || request.first(sip::HeaderId::call_id).value_or("") != call_id_) { return false; }
    const auto theirs = sip::tag_of(request.first(sip::HeaderId::from).value_or(""));
    const auto ours = sip::tag_of(request.first(sip::HeaderId::to).value_or(""));
    if ((owns_call_id_ ? ours : theirs) != (owns_call_id_ ? local_tag_ : remote_tag_)) { return false; }
    const std::string dialog = dialog_of(request);
    return dialog == (owns_call_id_ ? remote_tag_ : local_tag_) || dialogs_.contains(dialog);
}

void Phone::on_request(const sip::Message& request, const std::string& text) {
    const auto via = sip::Via::parse(request.first(sip::HeaderId::via).value_or(""));
    const auto cseq = sip::CSeq::parse(request.first(sip::HeaderId::cseq).value_or(""));
    if (!via || !cseq || !via->has_magic_cookie()) {
        complain("Via and CSeq of a request (RFC 3261 §8.1.1)", text);
        return;
    }
    const std::string method{request.method_text()};
    if (method == "ACK") {
        on_ack(request);
        return;
    }
    if (const Server known = find_server(via->branch, method)) {
        if (!known->last_response.empty()) { send(known->last_response, known->reply_to); }
        return;
    }
    const auto server = std::make_shared<ServerTransaction>();
    server->method = method;
    server->cseq = cseq->number;
    server->branch = via->branch;
    server->request = request;
    server->text = text;
    const auto host = base::IpAddress::parse(via->host);
    server->reply_to = {host.value_or(server_.address), via->port == 0 ? std::uint16_t{5060} : via->port};
    servers_.push_back(server);
    if (method == "CANCEL") {
        on_cancel(request);
        return;
    }
    on_new_request(request, server);
}

void Phone::on_new_request(const sip::Message& request, const Server& server) {
    const bool has_to_tag = !sip::tag_of(request.first(sip::HeaderId::to).value_or("")).empty();
    const bool tried_again =
        state_ == State::over && !ever_up_ && server->request.first(sip::HeaderId::call_id) == call_id_;
    if (server->method == "INVITE" && !has_to_tag && (call_id_.empty() || tried_again)) {
        on_new_invite(server);
        return;
    }
    if (server->method == "OPTIONS" && !has_to_tag && call_id_.empty()) {
        respond(server, 200);
        return;
    }
    const bool outlives = server->method == "NOTIFY" && awaits_notice();  // RFC 5057 §4.2
    if (!in_dialog(request) || (state_ == State::over && !outlives)) {
        respond(server, 481);
        return;
    }
    std::uint32_t& last_cseq = remote_cseqs_.try_emplace(dialog_of(request), invite_cseq_).first->second;
    if (server->cseq <= last_cseq) {
        respond(server, 500);  // overtaken on the way; RFC 3261 §12.2.2
        return;
    }
    last_cseq = server->cseq;
    on_request_in_dialog(server);
}

void Phone::on_request_in_dialog(const Server& server) {
    if (server->method == "INVITE") {
        on_reinvite_request(server);
    } else if (server->method == "UPDATE") {
        on_update_request(server);
    } else if (server->method == "PRACK") {
        on_prack_request(server);
    } else if (server->method == "REFER") {
        on_refer_request(server);
    } else if (server->method == "NOTIFY") {
        on_notify_request(server);
    } else if (server->method == "BYE") {
        on_bye_request(server);
    } else {
        const Reply answer = next_others.empty() ? reply({}, 200) : next_others.front();
        if (!next_others.empty()) { next_others.pop_front(); }
        respond(server, answer.status, answer.headers);
    }
}

void Phone::on_bye_request(const Server& server) {
    was_hung_up_ = true;
    if (!answers_bye) { return; }
    if (!bye_challenge.empty()) {
        respond(server, 401, std::exchange(bye_challenge, {}));
        return;
    }
    respond(server, 200);
    for (const Server& open : servers_) {
        if (open->method == "INVITE" && open->status == 0) { respond(open, 487); }
    }
    bye_settled_at_ = ground_.clock.now();
    end();
}

void Phone::on_new_invite(const Server& server) {
    const sip::Message& request = server->request;
    server->is_initial = true;
    call_id_ = request.first(sip::HeaderId::call_id).value_or("");
    remote_tag_ = sip::tag_of(request.first(sip::HeaderId::from).value_or(""));
    remote_uri_ = without_tag(request.first(sip::HeaderId::from).value_or(""));
    local_uri_ = without_tag(request.first(sip::HeaderId::to).value_or(""));
    invite_cseq_ = server->cseq;
    remote_cseqs_.clear();
    dialogs_.clear();
    local_cseq_ = static_cast<std::uint32_t>(ground_.random.below(1000));
    take_target(request);
    if (!request.body().empty()) { take_offer(server); }
    state_ = State::ringing;
    if (lists(request, sip::HeaderId::require, "100rel") && !supports_100rel) {
        respond(server, 420, "Unsupported: 100rel\r\n");
        return;
    }
    if (refuses_interval(server)) { return; }
    play(server, on_invite);
}

void Phone::on_reinvite_request(const Server& server) {
    const bool asks = std::any_of(clients_.begin(), clients_.end(),
                                  [](const Client& client) { return client->method == "INVITE" && !client->done(); });
    if (asks || has_open_offer()) {
        respond(server, 491);
        return;
    }
    const bool is_asked = std::any_of(servers_.begin(), servers_.end(), [&](const Server& open) {
        const bool may_be_open = open->method == "INVITE" || (open->method == "UPDATE" && open->offer);
        return open != server && may_be_open && open->status == 0;
    });
    if (is_asked) {
        respond(server, 500, "Retry-After: 3\r\n");
        return;
    }
    if (refuses_interval(server)) { return; }
    if (!server->request.body().empty()) { take_offer(server); }
    remember();
    Script script = on_reinvite;
    if (!next_reinvites.empty()) {
        script = next_reinvites.front();
        next_reinvites.pop_front();
    }
    play(server, script);
}

void Phone::play(const Server& server, const Script& script) {
    for (const Reply& step : script) {
        const auto act = [this, server, step] {
            if (server->status != 0 || server->over || (state_ == State::over && server->is_initial)) { return; }
            const bool queues = !server->waiting.empty() && step.by_rule && step.status < 300;
            if (queues || is_blocked(server, step)) {
                server->waiting.push_back(step);
                return;
            }
            respond(server, step);
            remember();
        };
        if (step.after == Duration{}) {
            act();
        } else {
            ground_.clock.after(step.after, act);
        }
    }
}

// RFC 3261 §9.2.
void Phone::on_cancel(const sip::Message& request) {
    const Server cancel = servers_.back();
    const Server invite = find_server(cancel->branch, "INVITE");
    if (invite == nullptr) {
        respond(cancel, 481);
        return;
    }
    if (request.first(sip::HeaderId::cseq).value_or("") != std::to_string(invite->cseq) + " CANCEL") {
        complain("CSeq of a CANCEL (RFC 3261 §9.1)", cancel->text);
    }
    respond(cancel, 200);
    if (invite->status != 0 || !answers_cancel) { return; }
    invite->over = true;
    if (cancel_status == 0) { return; }
    respond(invite, cancel_status);
    if (invite->is_initial) { end(); }
}

void Phone::turn_down() {
    for (const Server& server : servers_) {
        if (!server->is_initial || server->status != 0 || server->over) { continue; }
        server->over = true;
        respond(server, 480);
        return end();
    }
}

void Phone::on_ack(const sip::Message& request) {
    const auto cseq = sip::CSeq::parse(request.first(sip::HeaderId::cseq).value_or(""));
    const auto found = std::find_if(servers_.begin(), servers_.end(), [&](const Server& server) {
        return server->method == "INVITE" && server->cseq == cseq->number && server->status != 0;
    });
    if (found == servers_.end()) {
        complain("an ACK belongs to a final response", request.to_string());
        return;
    }
    const Server server = *found;
    ++acks_received_;
    received_ack_ = request.to_string();
    if (std::exchange(server->acked, true) || server->status >= 300) { return; }
    if (server->is_initial && state_ == State::ringing) { state_ = State::up; }
    const EarlyTold& told = server->early[server->tag];
    if (told.settled && !request.body().empty()) {
        complain("nothing in an ACK that is no answer (RFC 3261 §13.2.2.4)", received_ack_);
    }
    const auto offer = read(told.offered);
    if (!offer || told.settled) { return; }  // none, or nothing that anybody could answer
    const auto answer = read(request.body());
    if (check_answer(*offer, answer, "an ACK")) { commit(Role::asked, told.offered, answer, dialog_of(request)); }
}

void Phone::respond(const Server& server, int status, const std::string& headers) {
    Reply made = reply({}, status);
    made.headers = headers;
    respond(server, made);
}

void Phone::respond(const Server& server, const Reply& reply) {
    if (reply.tag) { local_tag_ = *reply.tag; }
    if (server->is_initial && reply.status > 100) { enter(local_tag_); }
    const bool numbered = is_reliable(server, reply);
    const std::string sdp = session_for(server, reply, numbered);
    const sip::Message& request = server->request;
    std::string text = "SIP/2.0 " + std::to_string(reply.status) + " As Told\r\n";
    request.for_each(sip::HeaderId::via,
                     [&](std::string_view value) { text += "Via: " + std::string{value} + "\r\n"; });
    text += "From: " + std::string{request.first(sip::HeaderId::from).value_or("")} + "\r\nTo: ";
    const std::string to{request.first(sip::HeaderId::to).value_or("")};
    const bool needs_tag = sip::tag_of(to).empty() && reply.status > 100 && !local_tag_.empty();
    text += to + (needs_tag ? ";tag=" + local_tag_ : "") + "\r\n";
    text += "Call-ID: " + std::string{request.first(sip::HeaderId::call_id).value_or("")} + "\r\n";
    text += "CSeq: " + std::string{request.first(sip::HeaderId::cseq).value_or("")} + "\r\n";
    const bool is_success = reply.status >= 200 && reply.status < 300;
    if ((server->method == "INVITE" && reply.status > 100 && reply.status < 300) ||
        (server->method == "UPDATE" && is_success)) {
        text += "Contact: " + contact() + "\r\n" + abilities();
        if (is_success && !server->is_initial) { take_target(request); }
        if (is_success) { text += timer_grant(server); }
    }
    if (server->method == "REFER" && is_success) { text += "Contact: " + contact() + "\r\n"; }
    text += reply.headers + (numbered ? number_reliable(server, reply) : "");
    if (!sdp.empty()) { text += "Content-Type: application/sdp\r\n"; }
    text += "Content-Length: " + std::to_string(sdp.size()) + "\r\n\r\n" + sdp;
    server->last_response = text;
    if (reply.status >= 200) {
        server->status = reply.status;
        server->tag = local_tag_;
    }
    send(text, server->reply_to);
    if (numbered) { keep_reliable(server, !sdp.empty()); }
    if (server->method == "REFER" && is_success) { tell_progress(server); }
    if (server->method != "INVITE" || reply.status < 200) { return; }
    accept_dialog(server, reply);
    repeat_final(server, t1);
    ground_.clock.after(give_up_after, [this, server] { give_up(server); });
}

void Phone::accept_dialog(const Server& server, const Reply& reply) {
    if (!server->is_initial) { return; }
    if (reply.status >= 300) {
        end();
        return;
    }
    remote_tags_.push_back(remote_tag_);
    dialogs_ = {local_tag_};
    ever_up_ = true;
}

// RFC 3261 §13.3.1.4 for a 2xx, §17.2.1 timer G otherwise.
void Phone::repeat_final(const Server& server, Duration interval) {
    if (server->status >= 300 && identity_.stream) { return; }
    ground_.clock.after(interval, [this, server, interval] {
        if (server->acked || server->given_up != Instant{}) { return; }
        send(server->last_response, server->reply_to);
        repeat_final(server, std::min(interval * 2, t2));
    });
}

void Phone::resend_final() {
    for (auto server = servers_.rbegin(); server != servers_.rend(); ++server) {
        if ((*server)->method != "INVITE" || (*server)->status == 0) { continue; }
        send((*server)->last_response, (*server)->reply_to);
        return;
    }
}

// A 2xx never acknowledged ends the call.
void Phone::give_up(const Server& server) {
    if (server->acked) { return; }
    server->given_up = ground_.clock.now();
    if (server->status < 300 && state_ != State::over) { bye(); }
    remember();
}

}  // namespace simulation
