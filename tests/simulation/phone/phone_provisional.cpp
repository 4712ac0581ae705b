// The phone's reliable provisional responses and PRACK (RFC 3262), of both sides, in each early dialog by itself.
#include <algorithm>

#include "tests/simulation/phone/fields.hpp"
#include "tests/simulation/phone/phone.hpp"
#include "tests/simulation/phone/transactions.hpp"

namespace simulation {
namespace {

constexpr std::uint32_t highest_first_rseq = (1U << 31) - 1;

}  // namespace

// ---- as the one who asked ----

// RFC 3262 §4: each once and in order; a gap is passed over.
void Phone::on_reliable(const Client& client, const sip::Message& response, const std::string& text) {
    const auto rseq = base::parse_number<std::uint32_t>(response.first(sip::HeaderId::rseq).value_or(""));
    if (!rseq || *rseq == 0 || !lists(response, sip::HeaderId::require, "100rel")) {
        complain("RSeq and Require: 100rel together (RFC 3262 §3)", text);
        return;
    }
    if (!client->supports_100rel) { complain("reliable only where the INVITE allows it (RFC 3262 §3)", text); }
    EarlyHeard& early = client->early[to_tag(response)];
    if (*rseq == early.rseq) {
        if (text != early.text) { complain("a repetition is the same (RFC 3262 §3)", text); }
        return;
    }
    if (*rseq < early.rseq) { return; }  // an old copy
    if (early.rseq == 0 && *rseq > highest_first_rseq) { complain("the first RSeq is below 2^31 (RFC 3262 §3)", text); }
    if (early.rseq != 0 && *rseq != early.rseq + 1) {
        complain("RSeq rises by one (RFC 3262 §3)", std::to_string(early.rseq) + " to " + std::to_string(*rseq));
        return;
    }
    if (early.rseq != 0 && !early.pracked) { complain("one at a time until its PRACK (RFC 3262 §3)", text); }
    early.rseq = *rseq;
    early.text = text;
    early.pracked = false;
    early.has_sdp = !response.body().empty();
    send_prack(client, response, early);
}

void Phone::send_prack(const Client& client, const sip::Message& response, EarlyHeard& early) {
    const bool answers_ours = !client->sdp.empty();
    if (answers_ours && early.has_sdp) { take_early_answer(client, response, early); }
    if (!answers_ours && !early.settled && !early.has_sdp) {
        complain("an offer in the first reliable response to an offerless INVITE (RFC 3262 §5)", "none");
    }
    if (!pracks) { return; }
    early.pracked = true;
    std::string session;
    const bool is_offer = answers_ours && early.settled && prack_offer.kind != Sdp::Kind::none;
    if (is_offer) { session = write_sdp(prack_offer, nullptr); }
    if (!answers_ours && !early.settled && early.has_sdp) { session = answer_early_offer(response, early); }
    const std::string rack = "RAck: " + std::to_string(early.rseq) + " " + std::to_string(client->cseq) + " INVITE\r\n";
    const Client prack = start_client("PRACK", ++local_cseq_, target_, rack, "application/sdp", session);
    if (is_offer) { prack->sdp = session; }
}

// RFC 3262 §5, RFC 6337 §2: the first one counts, and nothing in this INVITE can answer again.
void Phone::take_early_answer(const Client& client, const sip::Message& response, EarlyHeard& early) {
    if (early.settled) {
        if (response.body() != early.sdp) { complain("one answer to an offer (RFC 6337 §2)", "another in a 18x"); }
        return;
    }
    const auto answer = read(response.body());
    if (!check_answer(*read(client->sdp), answer, "a reliable response")) { return; }
    early.settled = true;
    early.sdp = response.body();
    commit_answer(client, answer, dialog_of(response));
}

std::string Phone::answer_early_offer(const sip::Message& response, EarlyHeard& early) {
    last_offer_ = read(response.body());
    if (!last_offer_) { complain("a readable offer", std::string{response.body()}); }
    if (!last_offer_ || ack.answer.kind == Sdp::Kind::none) { return {}; }
    early.settled = true;
    early.sdp = response.body();
    std::string answer = write_sdp(ack.answer, &*last_offer_);
    if (ack.answer.kind != Sdp::Kind::raw) { commit(Role::answered, answer, last_offer_, dialog_of(response)); }
    return answer;
}

void Phone::on_prack_final(const Client& client, const sip::Message& response) {
    const bool overtaken = response.status() == 500 && local_cseq_ > client->cseq;  // RFC 3261 §12.2.2
    if (response.status() >= 300) {
        const bool stays = state_ != State::over && dialogs_.contains(dialog_of(response));
        if (state_ == State::ringing && response.status() == 481) {  // the INVITE has failed, as will turn out
            prack_was_late_ = true;
        } else if (stays && !overtaken) {
            complain("a PRACK that matches gets a 2xx (RFC 3262 §3)", std::to_string(response.status()));
        }
        return;
    }
    take_answer(client, response);
}

// ---- as the one who is asked ----

bool Phone::is_reliable(const Server& server, const Reply& reply) const {
    if (server->method != "INVITE" || reply.status <= 100 || reply.status >= 200) { return false; }
    if (!reply.by_rule) { return reply.reliable; }
    const bool must = lists(server->request, sip::HeaderId::require, "100rel");
    return must || (reply.reliable && lists(server->request, sip::HeaderId::supported, "100rel"));
}

// RFC 3262 §3: a second one, and a 2xx behind a description, come after the PRACK.
bool Phone::is_blocked(const Server& server, const Reply& reply) const {
    const bool is_success = reply.status >= 200 && reply.status < 300;
    if (!reply.by_rule || server->method != "INVITE" || !(is_success || is_reliable(server, reply))) { return false; }
    const auto& sent = server->early[reply.tag.value_or(local_tag_)].sent;
    return std::any_of(sent.begin(), sent.end(),
                       [&](const Reliable& one) { return !one.acked && (one.has_sdp || !is_success); });
}

std::string Phone::number_reliable(const Server& server, const Reply& reply) {
    auto& sent = server->early[local_tag_].sent;
    Reliable made;
    made.rseq = sent.empty() ? 1 + static_cast<std::uint32_t>(ground_.random.below(highest_first_rseq))
                             : sent.back().rseq + reply.rseq_step;
    made.is_behind_gap = !sent.empty() && (reply.rseq_step != 1 || sent.back().is_behind_gap);
    sent.push_back(made);
    return "Require: 100rel\r\nRSeq: " + std::to_string(made.rseq) + "\r\n";
}

void Phone::keep_reliable(const Server& server, bool has_sdp) {
    auto& sent = server->early[local_tag_].sent;
    sent.back().has_sdp = has_sdp;
    sent.back().offers = has_sdp && !server->offer;
    sent.back().text = server->last_response;
    const std::size_t index = sent.size() - 1;
    repeat_reliable(server, local_tag_, index, t1);
    ground_.clock.after(give_up_after, [this, server, tag = local_tag_, index] {
        if (server->early[tag].sent[index].acked || server->status != 0 || server->over) { return; }
        respond(server, 504);  // RFC 3262 §3: no PRACK fails the INVITE
        remember();
    });
}

// RFC 3262 §3: intervals double without a limit.
void Phone::repeat_reliable(const Server& server, const std::string& tag, std::size_t index, Duration interval) {
    ground_.clock.after(interval, [this, server, tag, index, interval] {
        const Reliable& kept = server->early[tag].sent[index];
        if (kept.acked || server->status != 0 || server->over) { return; }
        send(kept.text, server->reply_to);
        repeat_reliable(server, tag, index, interval * 2);
    });
}

void Phone::on_prack_request(const Server& server) {
    Server invite;
    Reliable* const named = find_reliable(server, invite);
    if (named == nullptr || named->acked) {
        complain("RAck names a response that has no PRACK yet (RFC 3262 §4)", server->text);
        respond(server, 481);
        return;
    }
    if (named->is_behind_gap) { complain("what comes behind a gap is not acknowledged (RFC 3262 §4)", server->text); }
    named->acked = true;
    take_prack(server, invite, *named);
    play(server, on_prack);
    play_waiting(invite);
}

Phone::Reliable* Phone::find_reliable(const Server& prack, Server& invite) const {
    const auto rack = RAck::read(prack->request.first(sip::HeaderId::rack).value_or(""));
    for (const Server& server : servers_) {
        if (!rack || server->method != "INVITE" || server->cseq != rack->cseq) { continue; }
        invite = server;
        for (Reliable& one : server->early[to_tag(prack->request)].sent) {
            if (one.rseq == rack->rseq) { return &one; }
        }
    }
    return nullptr;
}

// RFC 3262 §5: the answer to an offer of ours, else an offer.
void Phone::take_prack(const Server& prack, const Server& invite, const Reliable& named) {
    const sip::Message& request = prack->request;
    if (!named.offers) {
        if (!request.body().empty()) { take_offer(prack); }
        return;
    }
    EarlyTold& told = invite->early[to_tag(request)];
    told.settled = true;
    const auto offer = read(told.offered);
    const auto answer = read(request.body());
    if (offer && check_answer(*offer, answer, "a PRACK")) {
        commit(Role::asked, told.offered, answer, dialog_of(request));
    }
}

void Phone::play_waiting(const Server& server) {
    while (!server->waiting.empty() && !is_blocked(server, server->waiting.front())) {
        const Reply next = server->waiting.front();
        server->waiting.pop_front();
        if (server->status != 0 || server->over || (state_ == State::over && server->is_initial)) { return; }
        respond(server, next);
    }
}

}  // namespace simulation
