// What a line of one leg becomes on the other, for every stream beside the audio: relayed as it is, its numbers mapped
// by meaning (RFC 3264 §5.1, §6.1, §8.3.2), feedback (RFC 4585 §4) and bandwidth passed only in kind. Pure functions
// over lines. Leaves out: which lines belong together (streams.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/ip.hpp"
#include "media/engine.hpp"
#include "sip/sdp/offer_answer.hpp"
#include "sip/sdp/session.hpp"

namespace server {

// The formats of a stream: what each is called on leg a and on leg b. A number keeps its meaning for the life of the
// dialog, so a pair is never taken back.
class NumberPairs {
public:
    using Side = media::Side;
    // The number on the other leg of what is `format` on leg `side`; nullopt: never paired.
    std::optional<std::uint8_t> across(Side side, const sip::sdp::Format& format) const;
    // The same, paired now if need be: with the same number where `ledger`, of the other leg's line, allows it.
    // Nullopt: no number is left, or there are max_meanings pairs.
    std::optional<std::uint8_t> pair(Side side, const sip::sdp::Format& format, const sip::sdp::LineLedger* ledger);
    // What media calls it: below media::max_meanings.
    std::optional<std::uint8_t> meaning(Side side, const sip::sdp::Format& format) const;

private:
    struct Pair {
        std::uint8_t on_a;
        std::uint8_t on_b;
        sip::sdp::Format format;
        std::uint8_t on(Side side) const { return side == Side::a ? on_a : on_b; }
    };
    bool is_taken(Side side, std::uint8_t number) const;
    std::vector<Pair> pairs_;
};

// Live, and over RTP in the clear or on a browser's transport: the only kinds of line that are bridged beside the
// audio.
bool is_stream(const sip::sdp::Media& line);
// Neither side has switched it off.
bool is_live(const sip::sdp::Agreed& agreed, std::size_t line);

// Ours on one leg.
struct StreamFace {
    base::Endpoint rtp;  // as announced
    sip::sdp::Direction direction = sip::sdp::Direction::sendrecv;
    bool webrtc = false;  // of a browser's leg
};

// `theirs`, a line of the peer of leg `from`, as the other leg is offered it. `ledger`: of that leg's line. Without
// formats if none can be offered.
sip::sdp::Media offered_line(const sip::sdp::Media& theirs, media::Side from, NumberPairs& pairs,
                             const sip::sdp::LineLedger* ledger, const StreamFace& face);

// The answer to `offer`, a line of the peer of leg `to`: what of it the other leg's peer, whose session and line these
// are, takes too, in that peer's order. Without formats if that is nothing.
sip::sdp::Media answered_line(const sip::sdp::Media& offer, media::Side to, const sip::sdp::Agreed& far,
                              std::size_t far_line, const NumberPairs& pairs, const sip::sdp::LineLedger* ledger,
                              const StreamFace& face);

// The answer to `offer`, a line of a browser, that nobody else has taken yet, or nobody takes: it may come later, and
// what a browser was told by port 0 is off for good. `to_a_browser`: who may take it is one. Without formats if it has
// none that could be bridged.
sip::sdp::Media promised_line(const sip::sdp::Media& offer, const StreamFace& face, bool to_a_browser);

// The answer to line `index` of `offer` that changes as little as it can: what was agreed, as far as the offer allows.
// Nullopt: the line is off then.
std::optional<sip::sdp::Media> kept_line(const sip::sdp::Agreed& agreed, const sip::sdp::Session& offer,
                                         std::size_t index);

}  // namespace server
