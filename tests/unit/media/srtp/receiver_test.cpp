#include "media/srtp/receiver.hpp"

#include <gtest/gtest.h>

#include "tests/unit/media/srtp/samples.hpp"

namespace media::test {
namespace {

using namespace std::chrono_literals;

constexpr SrtpSuite sha1_80 = SrtpSuite::aes_cm_128_hmac_sha1_80;
constexpr std::uint32_t voice = 0x11111111;

class SrtpKeyChange : public testing::TestWithParam<SrtpSuite> {
protected:
    const SrtpKey first_ = key_of(sha1_80, 1);
    const SrtpKey second_ = key_of(GetParam(), 2);
    SrtpSession out_ = sender(first_);
    SrtpReceiver in_;
    base::Instant now_ = base::Instant{} + 1h;

    SrtpDrop hear(const Bytes& wire) {
        SrtpDrop drop{};
        last_ = in_place(
            wire, [&](Bytes& storage, std::size_t& size) { return in_.unprotect_rtp(now_, storage, size); }, drop);
        return drop;
    }
    SrtpDrop hear_report(const Bytes& wire) {
        SrtpDrop drop{};
        in_place(
            wire, [&](Bytes& storage, std::size_t& size) { return in_.unprotect_rtcp(now_, storage, size); }, drop);
        return drop;
    }
    // The sequence wraps `turns` times.
    void talk_for(int turns) {
        std::uint16_t sequence = 0;
        for (int i = 0; i < turns * 8 + 1; ++i) {
            EXPECT_EQ(hear(protect_rtp(out_, rtp_numbered(sequence))), SrtpDrop::none);
            sequence = static_cast<std::uint16_t>(sequence + 0x2000);
        }
    }
    Bytes last_;
};

TEST_P(SrtpKeyChange, BeforeAnyKeyNothingIsHeard) {
    EXPECT_EQ(hear(protect_rtp(out_, rtp_numbered(1))), SrtpDrop::no_key);
    EXPECT_EQ(in_.drops()[static_cast<std::size_t>(SrtpDrop::no_key)], 1U);
    EXPECT_FALSE(in_.is_proven());
}

TEST_P(SrtpKeyChange, TheOldKeyIsHeardUntilTheFirstGoodPacketUnderTheNewOne) {
    ASSERT_TRUE(in_.set_key(now_, first_));
    talk_for(0);
    EXPECT_TRUE(in_.is_proven());
    ASSERT_TRUE(in_.set_key(now_, second_));
    EXPECT_FALSE(in_.is_proven());
    SrtpSession changed = sender(second_);
    EXPECT_EQ(hear(protect_rtp(out_, rtp_numbered(1))), SrtpDrop::none);
    EXPECT_EQ(last_, rtp_numbered(1));
    EXPECT_EQ(hear(protect_rtp(changed, rtp_numbered(2))), SrtpDrop::none);
    EXPECT_EQ(last_, rtp_numbered(2));
    EXPECT_TRUE(in_.is_proven());
    EXPECT_EQ(hear(protect_rtp(out_, rtp_numbered(3))), SrtpDrop::bad_tag) << "over";
    EXPECT_EQ(in_.drops()[static_cast<std::size_t>(SrtpDrop::none)], 3U);
}

TEST_P(SrtpKeyChange, TheOldKeyIsHeardForTwoSecondsAtMost) {
    ASSERT_TRUE(in_.set_key(now_, first_));
    talk_for(0);
    ASSERT_TRUE(in_.set_key(now_, second_));
    now_ += 1999ms;
    EXPECT_EQ(hear(protect_rtp(out_, rtp_numbered(1))), SrtpDrop::none);
    now_ += 1ms;
    EXPECT_EQ(hear(protect_rtp(out_, rtp_numbered(2))), SrtpDrop::bad_tag);
    SrtpSession changed = sender(second_);
    EXPECT_EQ(hear(protect_rtp(changed, rtp_numbered(3))), SrtpDrop::none);
}

TEST_P(SrtpKeyChange, ForgeriesEndNothing) {
    ASSERT_TRUE(in_.set_key(now_, first_));
    talk_for(0);
    ASSERT_TRUE(in_.set_key(now_, second_));
    Bytes forged = protect_rtp(out_, rtp_numbered(1));
    forged.back() ^= std::byte{1};
    for (int i = 0; i < 10; ++i) { EXPECT_EQ(hear(forged), SrtpDrop::bad_tag); }
    EXPECT_EQ(hear(protect_rtp(out_, rtp_numbered(2))), SrtpDrop::none);
    EXPECT_FALSE(in_.is_proven());
}

TEST_P(SrtpKeyChange, APeerThatKeepsItsRolloverCounterIsHeard) {
    ASSERT_TRUE(in_.set_key(now_, first_));
    talk_for(2);
    ASSERT_TRUE(in_.set_key(now_, second_));
    ASSERT_TRUE(out_.change_key(second_));
    EXPECT_EQ(out_.rollovers(voice), 2U);
    EXPECT_EQ(hear(protect_rtp(out_, rtp_numbered(5))), SrtpDrop::none);
    EXPECT_EQ(last_, rtp_numbered(5));
    EXPECT_EQ(hear(protect_rtp(out_, rtp_numbered(6))), SrtpDrop::none);
}

TEST_P(SrtpKeyChange, APeerThatStartsAgainFromZeroIsHeard) {
    ASSERT_TRUE(in_.set_key(now_, first_));
    talk_for(2);
    ASSERT_TRUE(in_.set_key(now_, second_));
    SrtpSession anew = sender(second_);
    EXPECT_EQ(hear(protect_rtp(anew, rtp_numbered(5))), SrtpDrop::none);
    EXPECT_EQ(last_, rtp_numbered(5));
    EXPECT_EQ(hear(protect_rtp(anew, rtp_numbered(6))), SrtpDrop::none);
}

TEST_P(SrtpKeyChange, TheCounterIsKeptEvenIfTheSequenceWrapsWithTheChange) {
    ASSERT_TRUE(in_.set_key(now_, first_));
    talk_for(1);
    for (const std::uint16_t sequence : std::array<std::uint16_t, 4>{0x4000, 0x8000, 0xc000, 0xfff0}) {
        EXPECT_EQ(hear(protect_rtp(out_, rtp_numbered(sequence))), SrtpDrop::none);
    }
    ASSERT_TRUE(in_.set_key(now_, second_));
    ASSERT_TRUE(out_.change_key(second_));
    EXPECT_EQ(hear(protect_rtp(out_, rtp_numbered(3))), SrtpDrop::none);
    EXPECT_EQ(out_.rollovers(voice), 2U);
}

TEST_P(SrtpKeyChange, TheSameKeyAgainChangesNothing) {
    ASSERT_TRUE(in_.set_key(now_, first_));
    const Bytes wire = protect_rtp(out_, rtp_numbered(1));
    EXPECT_EQ(hear(wire), SrtpDrop::none);
    ASSERT_TRUE(in_.set_key(now_, first_));
    EXPECT_TRUE(in_.is_proven());
    EXPECT_EQ(hear(wire), SrtpDrop::replayed);
}

TEST_P(SrtpKeyChange, BackToTheKeyOfBeforeItStillKnowsWhatItHasSeen) {
    ASSERT_TRUE(in_.set_key(now_, first_));
    const Bytes wire = protect_rtp(out_, rtp_numbered(1));
    EXPECT_EQ(hear(wire), SrtpDrop::none);
    ASSERT_TRUE(in_.set_key(now_, second_));
    ASSERT_TRUE(in_.set_key(now_, first_));
    EXPECT_EQ(hear(wire), SrtpDrop::replayed);
    EXPECT_EQ(hear(protect_rtp(out_, rtp_numbered(2))), SrtpDrop::none);
}

TEST_P(SrtpKeyChange, AReportProvesTheNewKeyToo) {
    ASSERT_TRUE(in_.set_key(now_, first_));
    EXPECT_EQ(hear_report(protect_rtcp(out_, rtcp_of())), SrtpDrop::none);
    ASSERT_TRUE(in_.set_key(now_, second_));
    EXPECT_EQ(hear_report(protect_rtcp(out_, rtcp_of())), SrtpDrop::none);
    ASSERT_TRUE(out_.change_key(second_));
    EXPECT_EQ(hear_report(protect_rtcp(out_, rtcp_of())), SrtpDrop::none);
    EXPECT_TRUE(in_.is_proven());
}

TEST_P(SrtpKeyChange, DatagramsBeyondTheLimitAreMalformed) {
    ASSERT_TRUE(in_.set_key(now_, first_));
    EXPECT_EQ(hear(Bytes(SrtpReceiver::max_datagram + 1, std::byte{0x80})), SrtpDrop::malformed);
    EXPECT_EQ(hear(Bytes(SrtpReceiver::max_datagram, std::byte{0x80})), SrtpDrop::bad_tag);
}

INSTANTIATE_TEST_SUITE_P(To, SrtpKeyChange,
                         testing::Values(SrtpSuite::aes_cm_128_hmac_sha1_80, SrtpSuite::aead_aes_256_gcm),
                         [](const auto& suite) { return std::string{numbers_of(suite.param).name}; });

}  // namespace
}  // namespace media::test
