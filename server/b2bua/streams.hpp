// The streams of a call beside its audio (renegotiation.md: slots): which line of leg a and which of leg b are one
// stream, what each peer wants of it, and its media session. A line keeps its place on its leg for ever; a stream that
// is off keeps its lines and may come back. Leaves out: what a line says (stream_rules.hpp), and when (call_streams).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "media/engine.hpp"
#include "server/b2bua/stream_rules.hpp"
#include "sip/sdp/direction.hpp"
#include "sip/sdp/offer_answer.hpp"

namespace server {

// Each takes two port pairs: further lines of a description stay off.
inline constexpr std::size_t max_streams = 8;

// What an offer changes in the streams, for the far leg: the most that one of them does.
enum class StreamNews : std::uint8_t { none, refused_before, direction, stream };
// And in all.
struct OfferNews {
    bool direction;  // of the audio
    bool codec;
    StreamNews streams;
    bool has_streams() const { return streams > StreamNews::refused_before; }
    bool concerns_far() const { return direction || codec || has_streams(); }
};

struct Stream {
    using Side = media::Side;
    // What a peer says of it.
    enum class Stand : std::uint8_t { unasked, wanted, declined };
    struct End {
        std::optional<std::size_t> line;       // of the leg's descriptions
        std::optional<std::size_t> speaks_on;  // of a browser with several: the one that its peer sends on
        Stand stand = Stand::unasked;
        sip::sdp::Direction wish = sip::sdp::Direction::sendrecv;  // while wanted
        std::optional<media::LegPorts> ports;
        media::SessionId apart;  // where these are, while the leg's media is (Leg::apart)
        std::uint32_t ssrc = 0;  // of a browser's leg: what its line sends
        std::optional<media::LegDescription> described;
        media::Source source = media::Source::none;
    };

    std::string kind;  // "video"
    std::array<End, 2> ends;
    NumberPairs numbers;
    media::SessionId session;  // while a leg has ports

    End& at(Side side) { return ends[side == Side::a ? 0 : 1]; }
    const End& at(Side side) const { return ends[side == Side::a ? 0 : 1]; }
    // One of the peers does not want it: nobody gets it.
    bool is_declined() const { return ends[0].stand == Stand::declined || ends[1].stand == Stand::declined; }
};

// The streams as they are towards one of several peers on the same side: one for each, in their order.
struct StreamFacet {
    Stream::End end;
    NumberPairs numbers;
};
using StreamFacets = std::vector<StreamFacet>;

// A line to be written, and its place in the description.
struct PlacedLine {
    std::size_t index;
    sip::sdp::Media media;
};
using PlacedLines = std::vector<PlacedLine>;

class Streams {
public:
    using Side = media::Side;
    auto begin() { return streams_.begin(); }
    auto end() { return streams_.end(); }
    auto begin() const { return streams_.begin(); }
    auto end() const { return streams_.end(); }
    std::size_t size() const { return streams_.size(); }

    // The streams that the peer of `side` offers beside its audio, line `slot`: those that are new become streams, up
    // to max_streams.
    void take(Side side, const sip::sdp::Session& offer, std::optional<std::size_t> slot);
    // A line of this leg for `stream`, which has none there: one that is off and that nobody needs, else the next.
    std::size_t place(Stream& stream, Side side, const std::optional<sip::sdp::Agreed>& agreed,
                      std::optional<std::size_t> slot);
    // Lines of this leg from `count` on were in an offer that was refused: they are nobody's.
    void forget_from(Side side, std::size_t count);
    // Another peer comes to this side: what the streams were towards the one so far is in `facets` then. No stream goes
    // while others wait there.
    void exchange(Side side, StreamFacets& facets);
    // Streams without a line and without media are gone.
    void drop_empty();

private:
    Stream* find(Side side, std::size_t line);
    bool has_line_of(Side side, const std::string& kind) const;
    std::vector<Stream> streams_;
};

}  // namespace server
