// What kind of stream a leg carries, and over what: the labels of holdfast_media_streams.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "media/engine.hpp"

namespace media {

enum class StreamKind : std::uint8_t { audio, video, other };
inline constexpr std::size_t stream_kind_count = 3;
enum class StreamProfile : std::uint8_t { plain, sdes, dtls, browser };
inline constexpr std::size_t stream_profile_count = 4;

constexpr std::string_view label(StreamKind kind) {
    constexpr std::array<std::string_view, stream_kind_count> labels{"audio", "video", "other"};
    return labels[static_cast<std::size_t>(kind)];
}

// As the description of such a leg says, if that asks for feedback or not.
constexpr std::string_view label(StreamProfile profile) {
    constexpr std::array<std::string_view, stream_profile_count> labels{"RTP/AVP", "RTP/SAVP", "UDP/TLS/RTP/SAVP",
                                                                        "UDP/TLS/RTP/SAVPF"};
    return labels[static_cast<std::size_t>(profile)];
}

struct StreamClass {
    StreamKind kind = StreamKind::audio;
    StreamProfile profile = StreamProfile::plain;
};

// Of streams that are relayed those with the clock of pictures are video (RFC 3551 §5).
constexpr bool is_picture(const PayloadFormat& format) {
    return format.codec == Codec::relayed && format.clock_hz == 90'000;
}

inline StreamClass class_of(const LegDescription& description) {
    const auto& formats = description.receive_formats;
    const auto is_relayed = [](const PayloadFormat& format) { return format.codec == Codec::relayed; };
    StreamClass out;
    if (std::ranges::any_of(formats, is_relayed)) { out.kind = StreamKind::other; }
    if (std::ranges::any_of(formats, is_picture)) { out.kind = StreamKind::video; }
    if (description.srtp) { out.profile = StreamProfile::sdes; }
    if (description.dtls) { out.profile = StreamProfile::dtls; }
    if (description.bundled) { out.profile = StreamProfile::browser; }
    return out;
}

using StreamCounts = std::array<std::array<std::size_t, stream_profile_count>, stream_kind_count>;

}  // namespace media
