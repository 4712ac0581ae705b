// The phone's offers and answers (RFC 3264, RFC 3261 §13.2.1): descriptions written and read, what was agreed.
#include <algorithm>

#include "tests/simulation/phone/fields.hpp"
#include "tests/simulation/phone/phone.hpp"
#include "tests/simulation/phone/transactions.hpp"

namespace simulation {

// The text of a description by plan; o='s version rises where anything else changed (RFC 3264 §8).
std::string Phone::write_sdp(const Sdp& plan, const View* offer) {
    if (plan.rtp && *plan.rtp != rtp_) { move_to(*plan.rtp); }
    Sdp made = plan;
    if (plan.kind == Sdp::Kind::automatic) {
        made = Sdp::with(offer == nullptr ? wish : sip::sdp::intersect(wish, sip::sdp::reverse(offer->direction)));
        if (offer != nullptr && !offer->enabled) { made.port_zero = true; }
        made.video = plan.video || (takes_video && (offer != nullptr || has_video()));
        made.video_direction = made.direction;
    } else if (offer != nullptr && plan.kind == Sdp::Kind::described) {
        made.direction = sip::sdp::intersect(plan.direction, sip::sdp::reverse(offer->direction));
    }
    const std::size_t lines = std::max(offer == nullptr ? 1 : offer->lines, belief_.local ? belief_.local->lines : 1);
    Voice spoken;
    spoken.rtp = rtp_;
    spoken.video_port = video_endpoint().port;
    spoken.laws = identity_.laws;
    spoken.session_id = session_id_;
    spoken.noise = takes_noise;
    spoken.events = has_events;
    spoken.feedback = takes_feedback;
    if (security.use == PhoneSecurity::Use::required) { spoken.protocol = "RTP/SAVP"; }
    spoken.key = security.described();
    if (security.use == PhoneSecurity::Use::dtls) {
        spoken.protocol = "UDP/TLS/RTP/SAVP";
        spoken.more = dtls_lines(offer) + "a=rtcp-mux\r\n";
    }
    if (is_browser()) { be_browser(spoken, offer); }
    std::string text = write(spoken, made, version_, lines, offer);
    note_video(text);
    if (made.kind == Sdp::Kind::raw) { return text; }
    const std::string bare = without_version(text);
    if (bare != last_sdp_ && !last_sdp_.empty() && !plan.keep_version) {
        text = write(spoken, made, ++version_, lines, offer);
    }
    last_sdp_ = bare;
    if (const auto view = read(text)) {
        for (const Payload& payload : view->payloads) {
            if (payload.encoding == "pcma/8000") { my_payloads_[payload.number] = Law::a; }
            if (payload.encoding == "pcmu/8000") { my_payloads_[payload.number] = Law::mu; }
            if (payload.encoding == "telephone-event/8000") { my_events_.insert(payload.number); }
            if (payload.encoding == "cn/8000") { my_noises_.insert(payload.number); }
        }
    }
    return text;
}

void Phone::note_video(std::string_view sdp) {
    const auto view = read(sdp);
    if (!view) { return; }
    for (const Line& line : view->further) {
        if (const Payload* const payload = line.payload(picture)) { viewer_.numbers.insert(payload->number); }
    }
}

void Phone::commit(Role role, const std::string& local, const std::optional<View>& remote, const std::string& dialog) {
    Belief& belief = beliefs_[dialog];
    const bool was_held = belief.remote && !belief.remote->sends();
    belief.local = read(local);
    belief.remote = remote;
    if (dialog != (owns_call_id_ ? remote_tag_ : local_tag_)) { return; }
    belief_ = belief;
    const bool has_place = belief_.local && belief_.local->enabled && !belief_.local->zero_address;
    if (has_place) { agreed_rtp_ = belief_.local->rtp; }
    if (has_place && role == Role::offered) { rtp_ = agreed_rtp_; }  // a change refused meanwhile took it elsewhere
    offered_last_ = role != Role::answered;
    if (security.use == PhoneSecurity::Use::dtls) { associate(); }
    if (is_browser()) { connect_transport(); }
    had_no_choice_ = role == Role::offered ? false : role == Role::asked ? was_held : remote && !remote->sends();
    tick();
}

bool Phone::is_latest(const Client& client, const std::string& dialog) {
    std::uint32_t& latest = answered_cseqs_[dialog];
    latest = std::max(latest, client->cseq);
    return latest == client->cseq;
}

// Of two requests of ours the later one counts, in whatever order their answers come: the other side took them in the
// order of their CSeq (RFC 3261 §12.2.2).
void Phone::commit_answer(const Client& client, const std::optional<View>& answer, const std::string& dialog) {
    if (!is_latest(client, dialog)) { return; }
    commit(Role::offered, client->sdp, answer, dialog);
}

// Those beside the audio.
void Phone::check_answered_lines(const View& offer, const View& answer) const {
    for (std::size_t i = 0; i < answer.further.size(); ++i) {
        const Line& line = answer.further[i];
        const Line& asked = offer.further[i];
        const std::string name = "line " + std::to_string(i + 2);
        if (line.kind != asked.kind) { complain("m-lines of an answer (RFC 3264 §6)", name + " is " + line.kind); }
        if (!line.enabled) { continue; }
        if (!asked.enabled) { complain("m-lines of an answer (RFC 3264 §6)", name + " was off"); }
        const Direction allowed = sip::sdp::reverse(asked.direction);
        if (sip::sdp::intersect(line.direction, allowed) != line.direction) {
            complain("direction of an answer (RFC 3264 §6.1)", name);
        }
        for (const Payload& payload : line.payloads) {
            const Payload* const offered = asked.payload(payload.encoding);
            if (offered == nullptr) { complain("formats of an answer (RFC 3264 §6.1)", name + " " + payload.encoding); }
        }
    }
}

bool Phone::check_answer(const View& offer, const std::optional<View>& answer, const std::string& where) const {
    if (!answer) {
        complain("an answer to every offer (RFC 3264 §5)", "no readable answer in " + where);
        return false;
    }
    if (answer->lines != offer.lines) {
        complain("m-lines of an answer (RFC 3264 §6)", "another number of them in " + where);
        return false;
    }
    check_answered_lines(offer, *answer);
    if (!answer->enabled) { return true; }
    const Direction allowed = sip::sdp::reverse(offer.direction);
    if (sip::sdp::intersect(answer->direction, allowed) != answer->direction) {
        complain("direction of an answer (RFC 3264 §6.1)", std::string{sip::sdp::to_text(answer->direction)} + " to " +
                                                               std::string{sip::sdp::to_text(offer.direction)});
    }
    // More than was offered may stand there where it stood before.
    const bool repeats = belief_.remote && belief_.remote->payloads == answer->payloads;
    for (const Payload& payload : answer->payloads) {
        if (offer.payload(payload.encoding) == nullptr && !repeats) {
            complain("formats of an answer (RFC 3264 §6.1)", payload.encoding + " was not offered");
        }
    }
    return true;
}

// The session description of a request.
void Phone::take_offer(const Server& server) {
    server->offer = read(server->request.body());
    if (!server->offer) { complain("a readable offer", server->text); }
    if (server->offer && !server->is_initial && belief_.remote && server->offer->lines < belief_.remote->lines) {
        complain("F.5 the number of m-lines never falls", server->text);
    }
    last_offer_ = server->offer;
}

bool Phone::awaits_answer() const {
    return std::any_of(servers_.begin(), servers_.end(), [](const Server& server) {
        if (server->acked || server->given_up != Instant{}) { return false; }
        return std::any_of(server->early.begin(), server->early.end(),
                           [](const auto& told) { return !told.second.offered.empty() && !told.second.settled; });
    });
}

bool Phone::has_open_offer() const {
    const bool offered = std::any_of(clients_.begin(), clients_.end(), [](const Client& client) {
        return !client->sdp.empty() && !client->done() && !client->settled();
    });
    return offered || awaits_answer();
}

bool Phone::owes_answer() const {
    return std::any_of(servers_.begin(), servers_.end(), [](const Server& server) {
        const bool settled = std::any_of(server->early.begin(), server->early.end(),
                                         [](const auto& told) { return told.second.settled; });
        return server->offer && server->status == 0 && !settled;
    });
}

// Takes part in the session: the answer to an offer, or an offer of our own. What is said in an unreliable 18x is a
// preview only (RFC 6337 §2).
std::string Phone::session_for(const Server& server, const Reply& reply, bool numbered) {
    const bool counts = numbered || (reply.status >= 200 && reply.status < 300);
    const bool by_itself = reply.sdp.kind == Sdp::Kind::automatic;
    const bool may_answer = server->method == "INVITE" || server->offer || (server->method == "UPDATE" && !by_itself);
    if (!may_answer || reply.sdp.kind == Sdp::Kind::none || (by_itself && !counts)) { return {}; }
    if (reply.status >= 300) { return {}; }
    EarlyTold& told = server->early[local_tag_];
    if (by_itself && (told.settled || !told.offered.empty())) { return {}; }
    if (checks && told.settled && !counts && reply.sdp.kind == Sdp::Kind::described) { return {}; }
    const View* const offer = server->offer ? &*server->offer : nullptr;
    if (offer == nullptr) {
        std::string made = write_sdp(reply.sdp, nullptr);
        if (counts && server->method == "INVITE") { told.offered = made; }
        return made;
    }
    const bool as_previewed = by_itself && !told.answered.empty();
    std::string sdp = as_previewed ? told.answered : write_sdp(reply.sdp, offer);
    if (reply.sdp.kind == Sdp::Kind::raw) { return sdp; }
    told.answered = sdp;
    told.settled = told.settled || counts;
    const std::string dialog = server->is_initial ? local_tag_ : dialog_of(server->request);
    if (counts || server->is_initial) { commit(Role::answered, sdp, server->offer, dialog); }
    return sdp;
}

// To what an UPDATE or a PRACK of ours offered.
void Phone::take_answer(const Client& client, const sip::Message& response) {
    const std::string where = "a 2xx to " + client->method;
    if (client->sdp.empty()) {
        if (!response.body().empty()) { complain("no answer without an offer (RFC 3264 §5)", "in " + where); }
        return;
    }
    const auto offer = read(client->sdp);
    const auto answer = read(response.body());
    if (offer && check_answer(*offer, answer, where)) { commit_answer(client, answer, dialog_of(response)); }
}

// Answer to our offer, or offer that our ACK answers (RFC 3261 §13.2.1).
void Phone::take_session(const Client& client, const sip::Message& response, std::string& answer) {
    const std::string dialog = dialog_of(response);
    const EarlyHeard& heard = client->early[to_tag(response)];
    if (heard.has_sdp && !heard.pracked) { complain("no 2xx before the PRACK of a description (RFC 3262 §3)", "2xx"); }
    if (heard.settled) {
        const bool adds = !response.body().empty() && response.body() != heard.sdp;
        if (adds) { complain("one exchange in an INVITE (RFC 6337 §2)", "another description in the 2xx"); }
        return;
    }
    const auto theirs = read(response.body());
    if (!client->sdp.empty()) {
        const auto offer = read(client->sdp);
        if (offer && check_answer(*offer, theirs, "a 2xx")) { commit_answer(client, theirs, dialog); }
        return;
    }
    if (!theirs) {
        complain("an offer in the 2xx to an offerless INVITE (RFC 3261 §14.2)", "none that can be read");
        return;
    }
    last_offer_ = theirs;
    if (ack.answer.kind == Sdp::Kind::none) { return; }
    answer = write_sdp(ack.answer, &*theirs);
    const bool counts = is_latest(client, dialog);
    if (counts && ack.answer.kind != Sdp::Kind::raw) { commit(Role::answered, answer, theirs, dialog); }
}

}  // namespace simulation
