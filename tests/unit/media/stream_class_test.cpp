#include "media/stream_class.hpp"

#include <gtest/gtest.h>

namespace media {
namespace {

StreamKind kind_of(std::vector<PayloadFormat> formats) {
    LegDescription description;
    description.receive_formats = std::move(formats);
    return class_of(description).kind;
}

TEST(StreamClass, KnowsPicturesByTheirClock) {
    EXPECT_EQ(kind_of({{Codec::pcma, 8}, {Codec::telephone_event, 101}}), StreamKind::audio);
    EXPECT_EQ(kind_of({{Codec::relayed, 96, 90'000, 0}}), StreamKind::video);
    EXPECT_EQ(kind_of({{Codec::relayed, 96, 1000, 0}, {Codec::relayed, 97, 90'000, 1}}), StreamKind::video);
    EXPECT_EQ(kind_of({{Codec::relayed, 96, 1000, 0}}), StreamKind::other);
    EXPECT_EQ(kind_of({}), StreamKind::audio);
}

TEST(StreamClass, KnowsTheProfileByWhereKeysComeFrom) {
    LegDescription description;
    EXPECT_EQ(label(class_of(description).profile), "RTP/AVP");
    description.dtls = DtlsParameters{1, DtlsRole::client, {}};
    EXPECT_EQ(label(class_of(description).profile), "UDP/TLS/RTP/SAVP");
    description.bundled = BundledLine{"0", 0};
    EXPECT_EQ(label(class_of(description).profile), "UDP/TLS/RTP/SAVPF");
    base::SeededRandom random{1};
    description = {};
    description.srtp = SrtpKeys{SrtpKey::make(SrtpSuite::aead_aes_128_gcm, random),
                                SrtpKey::make(SrtpSuite::aead_aes_128_gcm, random)};
    EXPECT_EQ(label(class_of(description).profile), "RTP/SAVP");
}

}  // namespace
}  // namespace media
