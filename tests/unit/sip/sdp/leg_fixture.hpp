// An offer/answer machine and the phrases that tests of it are made of.
#pragma once

#include <gmock/gmock.h>

#include <sstream>

#include "sdp_text.hpp"
#include "sip/sdp/offer_answer.hpp"

namespace sip::sdp::testing {

inline const std::string pcmu = "m=audio 4000 RTP/AVP 0\r\n";
inline const std::string video = "m=video 4002 RTP/AVP 31\r\n";
inline const std::string disabled_video = "m=video 0 RTP/AVP 31\r\n";
inline const std::vector<std::string> usable{"PCMU", "PCMA", "H261"};

struct Leg {
    OfferAnswer machine{4711, *base::IpAddress::parse("198.51.100.9")};

    // "changed", "unchanged", or "488 399 rule: text".
    static std::string outcome(const Result<OfferAnswer::RemoteOffer>& result) {
        if (result) { return result->unchanged ? "unchanged" : "changed"; }
        const Refusal& refusal = result.error();
        return std::to_string(refusal.status) + " " + std::to_string(refusal.warning_code) + " " + refusal.rule + ": " +
               refusal.text;
    }
    std::string peer_offers(std::string_view body) {
        return outcome(machine.on_remote_offer(session_with(body), usable));
    }
    std::string peer_answers(std::string_view body) {
        return outcome(machine.on_remote_answer(session_with(body), usable));
    }

    // Whole exchanges, which must succeed; what we sent comes back.
    Session peer_calls(std::string_view offer, std::string_view our_answer) {
        EXPECT_THAT(peer_offers(offer), ::testing::HasSubstr("changed"));
        return machine.answer(session_with(our_answer));
    }
    Session we_call(std::string_view our_offer, std::string_view answer) {
        auto sent = machine.offer(session_with(our_offer));
        EXPECT_THAT(peer_answers(answer), ::testing::HasSubstr("changed"));
        return sent;
    }

    // All that the machine lets be seen.
    std::string snapshot() const {
        std::ostringstream text;
        text << static_cast<int>(machine.state()) << '\n';
        if (const auto* pending = machine.pending_offer()) { text << write(*pending) << '\n'; }
        if (const auto& agreed = machine.agreed()) { text << write(agreed->local) << write(agreed->remote) << '\n'; }
        for (const LineLedger& line : machine.ledger()) {
            for (const auto& [number, format] : line.local_formats) {
                text << "l" << +number << format.encoding << ' ';
            }
            for (const auto& [number, format] : line.remote_formats) {
                text << "r" << +number << format.encoding << ' ';
            }
        }
        return text.str();
    }
};

}  // namespace sip::sdp::testing
