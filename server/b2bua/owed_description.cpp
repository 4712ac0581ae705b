#include "server/b2bua/owed_description.hpp"

#include <string>
#include <utility>

#include "sip/message/body.hpp"
#include "sip/sdp/parser.hpp"

namespace server {
namespace {

constexpr int warn_transport = 302;
constexpr int warn_format = 305;  // RFC 3261 §20.43
constexpr int warn_other = 399;

std::string_view section_of(sip::Method method) {
    if (method == sip::Method::update) { return "RFC 3311 §5.2"; }
    return method == sip::Method::prack ? "RFC 3262 §5" : "RFC 3261 §13.2.1";
}

}  // namespace

sip::sdp::Result<sip::sdp::Session> read_owed(const sip::Message& message, Owed what) {
    const auto sdp = sip::session_description(message);
    if (!sdp.empty()) { return sip::sdp::parse(sdp); }
    const std::string owed = what == Owed::answer ? "answer" : "offer";
    const std::string in = message.is_request() ? std::string{message.method_text()} : "2xx";
    return sip::sdp::Refusal{
        488, warn_other, "the " + in + " brings no " + owed + " (" + std::string{section_of(message.method())} + ")",
        "missing_" + owed};
}

std::optional<sip::sdp::Refusal> take_owed_answer(Leg& leg, const sip::Message& message,
                                                  const std::vector<std::string>& codecs) {
    auto answer = read_owed(message, Owed::answer);
    if (!answer) { return answer.error(); }
    const auto taken = leg.offer_answer.on_remote_answer(std::move(*answer), codecs);
    return taken ? std::nullopt : std::optional{taken.error()};
}

sip::sdp::Refusal no_audio_line(const sip::sdp::Session& offer, const LineRules& rules) {
    const auto* const line = find_unprotected(offer, rules);
    if (line == nullptr) {
        return {488, warn_format, "no audio stream with a codec of ours (RFC 3264 §6)", "no_codec"};
    }
    if (is_secure(*line) && rules.security.use != config::Srtp::off) {
        return {488, warn_transport, line->protocol + " without a key of a suite of ours (RFC 4568 §5.1.2)",
                "no_srtp_key"};
    }
    const bool in_the_clear = rules.security.use == config::Srtp::required;
    return {488, warn_transport,
            line->protocol + (in_the_clear ? ", where SRTP is required" : ", which is not served here"),
            "mline_profile"};
}

}  // namespace server
