#include "media/ice/stun.hpp"

#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "tests/unit/media/support/hex.hpp"

namespace media::test {
namespace {

constexpr std::string_view password = "VOkJxbRl1RmTxUk/WvJxBt";  // RFC 5769 §2
constexpr StunTransactionId id{std::byte{1}, std::byte{2}, std::byte{3}};

Bytes sample_request() {  // RFC 5769 §2.1
    return hex(
        "000100582112a442b7e7a701bc34d686fa87dfae 802200105354554e207465737420636c69656e74 002400046e0001ff"
        "80290008932ff9b151263b36 000600096576746a3a68367659202020 000800149aeaa70cbfd8cb56781ef2b5b2d3f249"
        "c1b571a2 80280004e57a3bcf");
}
Bytes sample_v4() {  // §2.2
    return hex(
        "0101003c2112a442b7e7a701bc34d686fa87dfae 8022000b7465737420766563746f7220 002000080001a147e112a643"
        "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7 80280004c07d4c96");
}
Bytes sample_v6() {  // §2.3
    return hex(
        "010100482112a442b7e7a701bc34d686fa87dfae 8022000b7465737420766563746f7220"
        "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9 00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
        "80280004c8fb0b4c");
}

Bytes bytes_of(const StunWriter& writer) {
    const auto written = writer.bytes();
    return Bytes(written.begin(), written.end());
}
// A request with these bytes as attributes.
Bytes request_of(const Bytes& attributes) {
    Bytes out = bytes_of(StunWriter{StunClass::request, id});
    out.insert(out.end(), attributes.begin(), attributes.end());
    base::write_u16(out, 2, static_cast<std::uint16_t>(attributes.size()));
    return out;
}

TEST(Stun, ReadsTheSampleRequestOfRfc5769) {
    const Bytes message = sample_request();
    const auto view = StunView::parse(message);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->message_class(), StunClass::request);
    EXPECT_EQ(view->username(), "evtj:h6vY");
    EXPECT_EQ(view->priority(), 0x6e0001ffU);
    EXPECT_EQ(view->controlled(), 0x932ff9b151263b36U);
    EXPECT_EQ(view->controlling(), std::nullopt);
    EXPECT_TRUE(view->has_fingerprint());
    EXPECT_TRUE(view->is_authentic(password));
    EXPECT_FALSE(view->is_authentic("VOkJxbRl1RmTxUk/WvJxBT"));
    EXPECT_TRUE(view->unknown_required().empty());
}

TEST(Stun, ReadsTheSampleResponsesOfRfc5769) {
    const Bytes v4 = sample_v4();
    const auto first = StunView::parse(v4);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->message_class(), StunClass::success);
    EXPECT_EQ(first->mapped_address(), endpoint("192.0.2.1:32853"));
    EXPECT_TRUE(first->is_authentic(password));
    const Bytes v6 = sample_v6();
    const auto second = StunView::parse(v6);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->mapped_address(), endpoint("[2001:db8:1234:5678:11:2233:4455:6677]:32853"));
    EXPECT_TRUE(second->is_authentic(password));
}

TEST(Stun, RefusesTheSamplesWithAnyBitOfThemChanged) {
    for (const Bytes& sample : {sample_request(), sample_v4(), sample_v6()}) {
        for (std::size_t i = 0; i < sample.size() * 8; ++i) {
            Bytes forged = sample;
            forged[i / 8] ^= static_cast<std::byte>(1U << i % 8);
            const auto view = StunView::parse(forged);
            const bool is_taken = view && view->has_fingerprint() && view->is_authentic(password);
            EXPECT_FALSE(is_taken) << "bit " << i;
        }
    }
}

TEST(Stun, NeverLooksBehindAShortDatagram) {
    const Bytes sample = sample_request();
    for (std::size_t size = 0; size < sample.size(); ++size) {
        const Bytes piece(sample.begin(), sample.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_FALSE(StunView::parse(piece)) << size;
    }
    Bytes longer = sample;
    longer.resize(longer.size() + 4);
    EXPECT_FALSE(StunView::parse(longer));
}

TEST(Stun, RefusesLengthsThatPointPastTheEnd) {
    EXPECT_TRUE(StunView::parse(request_of(hex("80220004 61626364"))));
    EXPECT_TRUE(StunView::parse(request_of(hex("80220001 61000000"))));
    EXPECT_FALSE(StunView::parse(request_of(hex("80220005 61626364"))));
    EXPECT_FALSE(StunView::parse(request_of(hex("8022ffff 61626364"))));
    EXPECT_FALSE(StunView::parse(request_of(hex("8022fffd 61626364")))) << "whose padding wraps";
    EXPECT_FALSE(StunView::parse(request_of(hex("00080010 00000000 00000000 00000000 00000000"))));
}

TEST(Stun, SeesNothingBehindTheIntegrityButTheFingerprint) {
    StunWriter writer{StunClass::request, id};
    writer.text(StunAttribute::username, "a:b").integrity("secret").flag(StunAttribute::use_candidate).fingerprint();
    const Bytes message = bytes_of(writer);
    const auto view = StunView::parse(message);
    ASSERT_TRUE(view);
    EXPECT_TRUE(view->is_authentic("secret"));
    EXPECT_FALSE(view->wants_nomination()) << "anyone may have added it";
}

TEST(Stun, RefusesWhatFollowsTheFingerprint) {
    StunWriter writer{StunClass::request, id};
    writer.fingerprint().flag(StunAttribute::use_candidate);
    EXPECT_FALSE(StunView::parse(bytes_of(writer)));
}

TEST(Stun, ReadsAsManyAttributesAsItsLimit) {
    Bytes attributes;
    for (std::size_t i = 0; i < StunView::max_attributes; ++i) {
        for (const std::byte byte : hex("80220000")) { attributes.push_back(byte); }
    }
    EXPECT_TRUE(StunView::parse(request_of(attributes)));
    for (const std::byte byte : hex("80220000")) { attributes.push_back(byte); }
    EXPECT_FALSE(StunView::parse(request_of(attributes)));
}

TEST(Stun, NamesWhatItMustKnowAndDoesNot) {
    const Bytes message = request_of(hex("001a0000 80550000 7fff0000 00240004 00000001"));
    const auto view = StunView::parse(message);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->unknown_required(), (StunView::Unknown{0x001a, 0x7fff}));
    Bytes many;
    for (std::size_t i = 0; i <= StunView::max_unknown; ++i) {
        for (const std::byte byte : hex("7fff0000")) { many.push_back(byte); }
    }
    const Bytes longer = request_of(many);
    EXPECT_EQ(StunView::parse(longer)->unknown_required().size(), StunView::max_unknown);
}

TEST(Stun, ReadsValuesOnlyInTheirOwnLength) {
    const Bytes message =
        request_of(hex("00240003 00000000 80290004 00000000 00200008 00030000 00000000"
                       "00090004 00000700"));
    const auto view = StunView::parse(message);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->priority(), std::nullopt);
    EXPECT_EQ(view->controlled(), std::nullopt);
    EXPECT_EQ(view->mapped_address(), std::nullopt);
    EXPECT_EQ(view->error_code(), std::nullopt);
    EXPECT_EQ(view->username(), std::nullopt);
}

TEST(Stun, ReadsBackWhatItWrites) {
    StunWriter writer{StunClass::error, id};
    writer.error(487, "Role Conflict").unknown({0x7fff}).number(StunAttribute::priority, std::uint32_t{7});
    writer.number(StunAttribute::ice_controlling, std::uint64_t{1} << 63).mapped_address(endpoint("[::1]:9"));
    writer.text(StunAttribute::username, "abcd:efg").flag(StunAttribute::use_candidate).integrity("pw").fingerprint();
    const Bytes message = bytes_of(writer);
    const auto view = StunView::parse(message);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->message_class(), StunClass::error);
    EXPECT_EQ(view->transaction(), id);
    EXPECT_EQ(view->error_code(), 487);
    EXPECT_EQ(view->priority(), 7U);
    EXPECT_EQ(view->controlling(), std::uint64_t{1} << 63);
    EXPECT_EQ(view->mapped_address(), endpoint("[::1]:9"));
    EXPECT_EQ(view->username(), "abcd:efg");
    EXPECT_TRUE(view->wants_nomination());
    EXPECT_TRUE(view->is_authentic("pw"));
}

TEST(Stun, WritesNothingRatherThanHalf) {
    StunWriter full{StunClass::request, id};
    full.text(StunAttribute::username, std::string(max_stun_message - stun_header_size - 4, 'x'));
    EXPECT_EQ(full.bytes().size(), max_stun_message);
    full.flag(StunAttribute::use_candidate);
    EXPECT_TRUE(full.bytes().empty());
    StunWriter nearly{StunClass::request, id};
    nearly.text(StunAttribute::username, std::string(max_stun_message - stun_header_size - 8, 'x')).integrity("pw");
    EXPECT_TRUE(nearly.bytes().empty());
}

}  // namespace
}  // namespace media::test
