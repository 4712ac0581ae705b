#include "server/b2bua/words.hpp"

#include "sip/message/reason_phrase.hpp"
#include "sip/message/uri.hpp"

namespace server::words {
namespace {

std::string target(const Target& target) {
    if (target.kind == Target::Kind::trunk) { return "trunk " + target.name; }
    if (target.kind == Target::Kind::user) {
        return target.name == "*" ? "the user of that name" : "user " + target.name;
    }
    if (target.kind == Target::Kind::app) { return "the built-in " + target.name; }
    const auto uri = sip::Uri::parse(target.name);
    return uri ? uri->host : "a URI that cannot be read";
}

std::string purpose(std::string_view kind, const std::string& near, const std::string& far) {
    if (kind == "hold") { return near + " puts " + far + " on hold"; }
    if (kind == "resume") { return near + " takes " + far + " off hold"; }
    if (kind == "video") { return near + " changes the streams beside the audio"; }
    return near + (kind == "refresh" ? " refreshes its session" : " changes its media");
}

}  // namespace

std::string peer(const Leg& leg) { return leg.side == media::Side::a ? "A" : "B"; }

std::string partner(const Leg& leg) {
    if (leg.party.user != nullptr) { return leg.party.user->name; }
    return leg.party.trunk == nullptr ? peer(leg) : leg.party.trunk->name();
}

std::string status(int status) { return std::to_string(status) + ' ' + std::string{sip::reason_phrase(status)}; }

std::string started(const Leg& a, std::string_view dialled, bool with_offer) {
    const std::string whom = dialled.empty() ? "without a number" : std::string{dialled};
    return "A calls " + whom + (a.party.user == nullptr ? " over trunk " : " as user ") + partner(a) +
           (with_offer ? "" : " and leaves the offer to us");
}

std::string routed(std::string_view dialled, const RouteResult& result) {
    if (result.targets.empty()) { return "no route takes " + std::string{dialled}; }
    std::string words = result.name + " takes " + std::string{dialled} + " to ";
    for (std::size_t i = 0; i < result.targets.size(); ++i) {
        words += (i == 0 ? "" : ", then ") + target(result.targets[i]);
    }
    return words;
}

std::string tried_last(const Attempt& attempt) {
    const std::string port = attempt.uri.port == 0 ? "" : ':' + std::to_string(attempt.uri.port);
    return attempt.party.trunk_name() + " at " + attempt.uri.host + port + " does not answer pings: tried last";
}

std::string trying(const Leg& b) {
    const std::string_view kind = b.party.user != nullptr ? "user " : b.party.trunk != nullptr ? "trunk " : "";
    return "trying " + std::string{kind} + device(b);
}

std::string device(const Leg& leg) {
    const std::string way = leg.flow.remote.to_string() + " over " + std::string{sip::to_text(leg.flow.transport)};
    return partner(leg) + " at " + way;
}

std::string ring_together(const Leg& leg, std::size_t count) {
    return count == 1 ? "one device of " + partner(leg) + " is called"
                      : std::to_string(count) + " devices of " + partner(leg) + " are called together";
}

std::string challenged(const Leg& leg) { return partner(leg) + " wants credentials: asked again with the trunk's own"; }

std::string refused_with(int code) { return "refused with " + status(code); }

std::string told_refusal(int code, std::string_view why) {
    return "A is refused with " + status(code) + (why.empty() ? "" : ": ") + std::string{why};
}

std::string asked(const Leg& near, const Leg* far, std::string_view kind, bool relayed) {
    const std::string words = purpose(kind, peer(near), far == nullptr ? "the built-in end" : peer(*far));
    if (far == nullptr) { return words; }
    return words + ": " + partner(*far) + (relayed ? " is asked" : " need not know");
}

std::string asked_for_offer(const Leg& near, const Leg* far, const config::Config& config) {
    const bool relayed = far != nullptr && near.renegotiation(config).offerless == config::Offerless::relay;
    return peer(near) + " asks for an offer: " + (relayed ? partner(*far) + " is asked for one" : "it is made here");
}

std::string not_now(const Leg& far, int code, base::Duration wait) {
    const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(wait).count() / 100;
    const std::string seconds = std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
    return partner(far) + " cannot now (" + status(code) + "): to be asked again in " + seconds + " s";
}

std::string agreed(const Leg& near, const Leg* far, bool relayed) {
    if (far == nullptr) { return peer(near) + " is answered"; }
    if (relayed) { return peer(near) + " and " + peer(*far) + " agree"; }
    return peer(near) + " is answered here, the session of " + peer(*far) + " stays as it is";
}

std::string not_agreed(const Leg& near, const Leg* far, Negotiation::Refusal why, int code, std::string_view fault) {
    using Why = Negotiation::Refusal;
    const std::string asked = far == nullptr ? "the built-in end" : partner(*far);
    std::string words = asked + " did not answer in time";
    if (why == Why::relayed && code != 0) { words = asked + " refused with " + status(code); }
    if (why == Why::cancelled) { words = peer(near) + " took its re-INVITE back"; }
    if (why == Why::bad_answer) { words = asked + "'s answer cannot be used: " + std::string{fault}; }
    return words + ": both sessions stay as they were";
}

std::string healed(const Leg& near, const Leg* far, Negotiation::Cause cause, int code, std::string_view by,
                   std::string_view fault) {
    using Cause = Negotiation::Cause;
    const std::string asked = far == nullptr ? "the built-in end" : partner(*far);
    const std::string whose = far == nullptr ? "its" : peer(*far) + "'s";
    std::string words = asked + (code != 0 ? " refused with " + status(code) : " has refused that before");
    if (!fault.empty()) { words = asked + "'s answer cannot be used: " + std::string{fault}; }
    if (cause == Cause::timed_out) { words = asked + " did not answer in time"; }
    if (cause == Cause::glare) { words = asked + " had a change of its own under way"; }
    words += "; kept " + whose + " session";
    if (by == "music") { words += " and played music"; }
    if (by == "transcoding") { words += " and bridged the codec"; }
    if (by == "stream") { words += " and left the stream out"; }
    if (by == "offer") { words += " and made the offer here"; }
    return words + (by == "direction" ? " and answered " + peer(near) + " for it" : "");
}

std::string queued(const Leg& near, const Leg& far) {
    return "the change of " + peer(near) + " waits until " + partner(far) + " is free";
}

std::string bad_ack(const Leg& near, std::string_view why, bool tolerated) {
    return "the ACK of " + peer(near) + " brings no usable answer: " + std::string{why} +
           (tolerated ? "; tolerated, nothing changes" : "");
}

std::string silence(bool timed_out) { return timed_out ? "did not respond in time" : "could not be reached"; }

std::string acknowledged_as_refusal(const Leg& leg) {
    return peer(leg) + " acknowledges our 200 with the branch of its INVITE, as a refusal: that does not count";
}

std::string transport_failed(const Leg& leg, media::TransportFailure why) {
    using Failure = media::TransportFailure;
    switch (why) {
        case Failure::none:
            break;
        case Failure::checks:
            return "no ICE check of " + peer(leg) + " came through";
        case Failure::handshake_time:
            return "the DTLS handshake with " + peer(leg) + " did not end in time";
        case Failure::handshake:
            return "the DTLS handshake with " + peer(leg) + " was refused";
        case Failure::profile:
            return peer(leg) + " knows none of our SRTP suites";
        case Failure::fingerprint:
            return "the certificate of " + peer(leg) + " is not the one of its description";
    }
    return {};
}

std::string fell_silent(const Leg& leg) {
    const auto time = std::chrono::duration_cast<std::chrono::seconds>(leg.armed);
    return "nothing came from " + peer(leg) + " for " + std::to_string(time.count()) + " s";
}

std::string ended(std::string_view reason) {
    const auto begin = reason.find('"');
    const auto end = reason.rfind('"');
    const auto text = end == begin ? reason : reason.substr(begin + 1, end - begin - 1);
    return "the server ends the call: " + std::string{text};
}

std::string hears(const Leg& leg, const Leg* from, media::Source source) {
    const std::string hearer = peer(leg);
    const std::string speaker = from == nullptr ? "the built-in end" : peer(*from);
    switch (source) {
        case media::Source::none:
            return hearer + " hears nothing";
        case media::Source::peer:
            return hearer + " hears " + speaker;
        case media::Source::peer_or_music:
            return hearer + " hears " + speaker + ", and music while " + speaker + " is silent";
        case media::Source::music:
            return hearer + " hears music" + (from == nullptr ? "" : " and not " + speaker);
        case media::Source::server:
            return hearer + " hears the music server";
        case media::Source::peer_or_server:
            return hearer + " hears " + speaker + ", and the music server while " + speaker + " is silent";
        case media::Source::echo:
            return hearer + " hears itself";
        case media::Source::milliwatt:
            return hearer + " hears a test tone";
    }
    return {};
}

}  // namespace server::words
