// The phone as the one who asks: requests, their repetition, what their responses mean (RFC 3261 §13.2, §14.1, §17.1).
#include <algorithm>

#include "base/text.hpp"
#include "sip/message/cseq.hpp"
#include "sip/message/name_addr.hpp"
#include "sip/message/via.hpp"
#include "tests/simulation/phone/fields.hpp"
#include "tests/simulation/phone/phone.hpp"
#include "tests/simulation/phone/transactions.hpp"

namespace simulation {

std::string Phone::make_request(const std::string& method, std::uint32_t cseq, const std::string& branch,
                                const std::string& uri, const std::string& headers, const std::string& type,
                                const std::string& body) const {
    std::string text = method + " " + uri + " SIP/2.0\r\nVia: " + via(branch) + "\r\nMax-Forwards: 70\r\n";
    text += "From: " + local_uri_ + (local_tag_.empty() ? "" : ";tag=" + local_tag_) + "\r\n";
    text += "To: " + remote_uri_ + (remote_tag_.empty() ? "" : ";tag=" + remote_tag_) + "\r\n";
    text += "Call-ID: " + call_id_ + "\r\nCSeq: " + std::to_string(cseq) + " " + method + "\r\n";
    if (method == "INVITE" || method == "UPDATE") { text += "Contact: " + contact() + "\r\n" + abilities(); }
    if (method == "REFER" || method == "NOTIFY") { text += "Contact: " + contact() + "\r\n"; }
    if (method == "INVITE" && requires_100rel) { text += "Require: 100rel\r\n"; }
    text += headers;
    if (!body.empty()) { text += "Content-Type: " + type + "\r\n"; }
    return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

Phone::Client Phone::start_client(const std::string& method, std::uint32_t cseq, const std::string& uri,
                                  const std::string& headers, const std::string& type, const std::string& body) {
    const auto client = std::make_shared<ClientTransaction>();
    client->method = method;
    client->cseq = cseq;
    client->branch = "z9hG4bK" + token(12);
    client->uri = uri;
    client->to = target_endpoint_;
    client->text = make_request(method, cseq, client->branch, uri, headers, type, body);
    clients_.push_back(client);
    send(client->text, client->to);
    if (!identity_.stream) { retransmit(client, t1); }
    ground_.clock.after(give_up_after, [this, client] { give_up(client); });
    return client;
}

void Phone::retransmit(const Client& client, Duration interval) {
    ground_.clock.after(interval, [this, client, interval] {
        const bool is_invite = client->method == "INVITE";
        if (client->done() || (is_invite && client->provisional)) { return; }
        send(client->text, client->to);
        const Duration next = client->provisional ? t2 : is_invite ? interval * 2 : std::min(interval * 2, t2);
        if (next < give_up_after) { retransmit(client, next); }
    });
}

// Timer B or F: no final response.
void Phone::give_up(const Client& client) {
    if (client->done() || (client->method == "INVITE" && client->provisional && !client->cancel_sent)) { return; }
    client->status = 408;
    if (client->method == "INVITE") { client->is_initial ? end() : on_refused_change(client, 408); }
    if (client->method == "UPDATE") { on_refused_change(client, 408); }
    remember();
}

std::uint32_t Phone::invite(const std::string& user, const Sdp& offer, const std::string& headers) {
    call_id_ = token(16) + "@" + identity_.sip.address.to_uri_host();
    owns_call_id_ = true;
    local_uri_ = "\"" + identity_.name + "\" <sip:" + identity_.user + "@" + identity_.sip.address.to_uri_host() + ">";
    const std::string uri = "sip:" + user + "@" + server_.to_string() + transport_parameter(identity_) + uri_parameters;
    remote_uri_ = "<sip:" + user + "@" + server_.address.to_uri_host() + ">";
    target_ = uri;
    state_ = State::calling;
    return start_invite(uri, offer, headers, true);
}

std::uint32_t Phone::reinvite(const Sdp& offer, const std::string& headers) {
    return start_invite(target_, offer, headers, false);
}

std::uint32_t Phone::start_invite(const std::string& uri, const Sdp& offer, const std::string& headers,
                                  bool is_initial) {
    const std::string sdp = offer.kind == Sdp::Kind::none ? std::string{} : write_sdp(offer, nullptr);
    const Client client = start_client("INVITE", ++local_cseq_, uri, timer_wish() + headers, "application/sdp", sdp);
    client->headers = headers;
    client->is_initial = is_initial;
    client->plan = offer;
    client->sdp = sdp;
    client->supports_100rel = supports_100rel || requires_100rel;
    client->demands_100rel = requires_100rel;
    remember();
    return client->cseq;
}

void Phone::cancel() {
    const auto found = std::find_if(clients_.rbegin(), clients_.rend(),
                                    [](const Client& client) { return client->method == "INVITE"; });
    if (found == clients_.rend()) { return; }
    const Client invite = *found;  // the list grows below
    invite->cancel_wanted = true;
    if (invite->provisional) { send_cancel(invite); }
}

// RFC 3261 §9.1: not before a provisional response; as the INVITE, with its branch.
void Phone::send_cancel(const Client& client) {
    if (client->done() || client->cancel_sent) { return; }
    client->cancel_sent = true;
    const auto cancel = std::make_shared<ClientTransaction>();
    cancel->method = "CANCEL";
    cancel->cseq = client->cseq;
    cancel->branch = client->branch;
    cancel->to = client->to;
    const std::string tag = std::exchange(remote_tag_, client->is_initial ? std::string{} : remote_tag_);
    cancel->text = make_request("CANCEL", client->cseq, client->branch, client->uri, {}, {}, {});
    remote_tag_ = tag;
    clients_.push_back(cancel);
    send(cancel->text, cancel->to);
    if (!identity_.stream) { retransmit(cancel, t1); }
    ground_.clock.after(give_up_after, [this, cancel, client] {
        give_up(cancel);
        give_up(client);
    });
}

std::uint32_t Phone::bye() {
    const Client client = start_client("BYE", ++local_cseq_, target_, {}, {}, {});
    end();
    return client->cseq;
}

std::uint32_t Phone::request(const std::string& method, const std::string& headers, const std::string& type,
                             const std::string& body) {
    if (call_id_.empty()) {
        call_id_ = token(16);
        local_uri_ = "<sip:" + identity_.user + "@" + identity_.sip.address.to_uri_host() + ">";
        remote_uri_ = "<sip:" + server_.address.to_uri_host() + ">";
        target_ = "sip:" + server_.to_string();
    }
    return start_client(method, ++local_cseq_, target_, headers, type, body)->cseq;
}

void Phone::resend(const std::string& method) {
    const auto found = std::find_if(clients_.rbegin(), clients_.rend(),
                                    [&](const Client& client) { return client->method == method; });
    if (found != clients_.rend()) { send((*found)->text, (*found)->to); }
}

std::string Phone::last_ack() const { return acks_.empty() ? std::string{} : acks_.rbegin()->second; }

// As those do that take a 2xx for a failure.
std::string Phone::last_ack_with_branch_of_invite() const {
    const auto invite = std::find_if(clients_.rbegin(), clients_.rend(),
                                     [](const Client& client) { return client->method == "INVITE"; });
    std::string text = last_ack();
    if (invite == clients_.rend() || text.empty()) { return text; }
    const auto begin = text.find("branch=") + std::string_view{"branch="}.size();
    return text.replace(begin, text.find(';', begin) - begin, (*invite)->branch);
}

void Phone::on_response(const sip::Message& response, const std::string& text) {
    const auto via = sip::Via::parse(response.first(sip::HeaderId::via).value_or(""));
    const auto cseq = sip::CSeq::parse(response.first(sip::HeaderId::cseq).value_or(""));
    const auto found = std::find_if(clients_.begin(), clients_.end(), [&](const Client& client) {
        return via && cseq && client->branch == via->branch && client->method == cseq->method_text;
    });
    if (found == clients_.end()) {
        complain("responses match a request", summary(text));
        return;
    }
    const Client client = *found;
    client->statuses.push_back(response.status());
    if (response.status() < 200) {
        on_provisional(client, response, text);
        return;
    }
    const std::string tag{sip::tag_of(response.first(sip::HeaderId::to).value_or(""))};
    if (client->done() && client->status != 408 && (client->status != response.status() || client->final_tag != tag)) {
        complain("F.1 one final response", std::to_string(response.status()) + " after " +
                                               std::to_string(client->status) + " to " + client->method);
        return;
    }
    const bool is_first = !client->done();
    client->status = response.status();
    client->final_tag = tag;
    client->final_text = text;
    if (client->method == "BYE" && is_first) { bye_settled_at_ = ground_.clock.now(); }
    if (client->method == "UPDATE" && is_first) { on_update_final(client, response); }
    if (client->method == "PRACK" && is_first) { on_prack_final(client, response); }
    if (client->method == "REFER" && is_first) { on_refer_final(client, response); }
    if (client->method == "REGISTER" && is_first) { proves_itself(client, response); }
    if (client->method != "INVITE") { return; }
    if (response.status() >= 300) {
        acknowledge_failure(client, response);
        if (is_first) { on_failure(client, response); }
        return;
    }
    on_success(client, response);
}

void Phone::on_provisional(const Client& client, const sip::Message& response, const std::string& text) {
    if (client->done()) { return; }
    client->provisional = true;
    if (client->cancel_wanted) { send_cancel(client); }
    if (client->method != "INVITE" || response.status() == 100) { return; }
    if (client->is_initial) {
        if (state_ == State::calling) { state_ = State::ringing; }
        const std::string tag = to_tag(response);
        if (!remote_tag_.empty() && tag != remote_tag_ && !takes_forks) {
            complain("one dialog towards the caller", "another To tag in a " + std::to_string(response.status()));
        }
        enter(tag);
        if (response.first(sip::HeaderId::contact)) { take_target(response); }
    }
    if (response.first(sip::HeaderId::rseq) || lists(response, sip::HeaderId::require, "100rel")) {
        on_reliable(client, response, text);
        return;
    }
    if (client->demands_100rel) { complain("reliable where the INVITE demands it (RFC 3262 §3)", text); }
    take_preview(client, response);
}

void Phone::take_preview(const Client& client, const sip::Message& response) {
    const bool is_preview = client->is_initial && !client->sdp.empty() && !client->early[to_tag(response)].settled;
    if (!is_preview || response.body().empty()) { return; }
    const auto preview = read(response.body());
    if (check_answer(*read(client->sdp), preview, "a provisional response")) {
        commit(Role::offered, client->sdp, preview, dialog_of(response));
    }
}

void Phone::acknowledge_failure(const Client& client, const sip::Message& response) {
    if (client->failure_ack.empty()) {
        const std::string to{response.first(sip::HeaderId::to).value_or("")};
        client->failure_ack = "ACK " + client->uri + " SIP/2.0\r\nVia: " + via(client->branch) +
                              "\r\nMax-Forwards: 70\r\nFrom: " + local_uri_ +
                              (local_tag_.empty() ? "" : ";tag=" + local_tag_) + "\r\nTo: " + to +
                              "\r\nCall-ID: " + call_id_ + "\r\nCSeq: " + std::to_string(client->cseq) +
                              " ACK\r\nContent-Length: 0\r\n\r\n";
    }
    send(client->failure_ack, client->to);
}

void Phone::on_failure(const Client& client, const sip::Message& response) {
    if (tries_longer(client, response) || proves_itself(client, response)) { return; }
    if (client->is_initial) {
        end();
        return;
    }
    on_refused_change(client, response.status());
}

// RFC 3261 §14.1, §12.2.1.2, RFC 3311 §5.3: the session is as before; after 481 or 408 the dialog is gone; 491 is tried
// again.
void Phone::on_refused_change(const Client& client, int status) {
    const bool is_early = client->method == "UPDATE" && (state_ == State::calling || state_ == State::ringing);
    rtp_ = agreed_rtp_;  // it speaks from where it was
    if (state_ != State::up && !is_early) { return; }
    if (status == 481 || status == 408) {
        if (!is_early) { bye(); }
        return;
    }
    if (status == 491 && retries_glare) { try_again(client); }
}

void Phone::try_again(const Client& client) {
    const Duration step = 10ms;
    const auto steps = static_cast<int>(ground_.random.below(owns_call_id_ ? 191 : 201));
    ground_.clock.after((owns_call_id_ ? Duration{2100ms} : Duration{}) + steps * step, [this, client] {
        if (client->method == "UPDATE") {
            if (state_ != State::over && !has_open_offer() && !owes_answer()) { update(client->plan); }
            return;
        }
        if (state_ == State::up && quiet()) { reinvite(client->plan); }
    });
}

void Phone::on_success(const Client& client, const sip::Message& response) {
    const auto known = acks_.find(client->cseq);
    if (known != acks_.end()) {
        if (ack.send && client->acked) { send(known->second, target_endpoint_); }
        return;
    }
    take_target(response);
    if (response.count(sip::HeaderId::record_route) != 0) { complain("no topology", "Record-Route from a B2BUA"); }
    if (client->is_initial) {
        if (!remote_tag_.empty() && remote_tag_ != client->final_tag && !takes_forks) {
            complain("one dialog towards the caller", "another To tag in the 2xx");
        }
        dialogs_.clear();
        enter(client->final_tag);
        remote_tags_.push_back(remote_tag_);
        if (state_ != State::over) { state_ = State::up; }
        ever_up_ = true;
        if (prack_was_late_) { complain("a PRACK that matches gets a 2xx (RFC 3262 §3)", "481"); }
    }
    take_timer(client, response);
    std::string answer;
    take_session(client, response, answer);
    const std::string text =
        make_request("ACK", client->cseq, "z9hG4bK" + token(12), target_, {}, "application/sdp", answer);
    acks_[client->cseq] = text;
    const auto acknowledge = [this, client, text] {
        client->acked = true;
        send(text, target_endpoint_);
    };
    if (ack.send && ack.after == Duration{}) { acknowledge(); }
    if (ack.send && ack.after != Duration{}) { ground_.clock.after(ack.after, acknowledge); }
    if (client->is_initial && client->cancel_wanted && state_ == State::up) { bye(); }
    remember();
}

}  // namespace simulation
