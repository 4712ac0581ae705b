// Header extensions and estimates between browsers: each sees its own numbers only, whatever the other one has. The
// phones complain of a packet that lacks what was agreed, or has more (phone/phone_extensions).
#include <gmock/gmock.h>

#include "tests/simulation/office.hpp"

namespace simulation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Use = PhoneSecurity::Use;

constexpr ExtensionIds ours{4, 2, 1};
constexpr ExtensionIds others{9, 5, 7};

// alice in her browser calls bob in his, or at a telephone. She has numbers of her own.
struct BrowserPair {
    Office office;
    Phone& a = office.world.add_device("alice", Kind::websocket);
    Phone& b;

    explicit BrowserPair(Use of_b = Use::browser)
        : b{office.world.add_device("bob", of_b == Use::browser ? Kind::websocket : Kind::udp)} {
        a.security.use = Use::browser;
        a.security.extensions = others;
        b.security.use = of_b;
        b.register_here();
        pass(1s);
        office.world.pair(a, b);
    }
    void pass(Duration time) { office.world.pass(time); }
    void up() {
        a.invite("bob");
        pass(3s);
        EXPECT_TRUE(a.up() && b.up());
    }
    bool sees(const Phone& phone, const Phone& other) const {
        const Instant now = office.world.clock.now();
        return phone.seen().count({Sound::Kind::tone, other.identity().tone}, now - 500ms, now) > 0;
    }
    void expect_conversation() const { EXPECT_TRUE(office.talk(a, b)); }
    static ExtensionIds told(const Phone& phone) { return phone.belief().remote->extensions; }
    static ExtensionIds told_of_video(const Phone& phone) { return phone.belief().remote->video()->extensions; }
};

TEST(BrowserExtensions, EachHasItsOwnNumbersAndHearsHowLoudTheOtherIs) {
    BrowserPair run;
    run.up();
    run.expect_conversation();
    EXPECT_EQ(run.told(run.a), others);
    EXPECT_EQ(run.told(run.b), ours);
    EXPECT_THAT(run.a.levels(), ElementsAre(run.b.level()));
    EXPECT_THAT(run.b.levels(), ElementsAre(run.a.level()));
}

TEST(BrowserExtensions, NothingOfThemReachesATelephone) {
    BrowserPair run{Use::none};
    run.up();
    run.expect_conversation();
    EXPECT_EQ(run.told(run.b), ExtensionIds{});
    EXPECT_EQ(run.told(run.a), others);
    EXPECT_THAT(run.a.levels(), IsEmpty()) << "a telephone says none";
}

TEST(BrowserExtensions, HaveTheTwoByteFormWhereANumberNeedsIt) {
    BrowserPair run;
    run.a.security.extensions = {9, 5, 200};
    run.up();
    run.expect_conversation();
    EXPECT_THAT(run.a.levels(), ElementsAre(run.b.level()));
    EXPECT_THAT(run.b.levels(), ElementsAre(run.a.level()));
}

TEST(BrowserExtensions, AreThoseThatItOfferedOnly) {
    BrowserPair run;
    run.a.security.extensions = {3, 0, 0};
    run.up();
    run.expect_conversation();
    EXPECT_EQ(run.told(run.a), (ExtensionIds{3, 0, 0}));
    EXPECT_THAT(run.a.levels(), IsEmpty());
    EXPECT_THAT(run.b.levels(), IsEmpty());
}

TEST(BrowserExtensions, AreInMusicToo) {
    BrowserPair run;
    run.up();
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(2s);
    EXPECT_TRUE(run.office.hears(run.b, {Sound::Kind::music, 0}));
    EXPECT_EQ(run.told(run.a), others);
    run.a.reinvite();
    run.pass(2s);
    run.expect_conversation();
    EXPECT_EQ(run.told(run.a), others);
    EXPECT_EQ(run.told(run.b), ours);
}

TEST(BrowserExtensions, KeepTheirNumbersWhenEachIsAskedForAnOfferAndForAPicture) {
    BrowserPair run;
    run.a.takes_video = run.b.takes_video = true;
    run.up();
    run.b.reinvite(Sdp::none());
    run.pass(3s);
    EXPECT_EQ(run.told(run.b), ours);
    run.b.reinvite(Sdp::with_video());
    run.pass(3s);
    ASSERT_TRUE(run.a.has_video() && run.b.has_video());
    EXPECT_EQ(run.told(run.a), others);
    EXPECT_EQ(run.told_of_video(run.a), (ExtensionIds{9, 5, 0}))
        << "a line that we added has the numbers of the dialog";
    EXPECT_EQ(run.told_of_video(run.b), (ExtensionIds{4, 2, 0}));
    EXPECT_TRUE(run.sees(run.a, run.b));
    EXPECT_TRUE(run.sees(run.b, run.a));
    run.expect_conversation();
}

// Exponent 3, mantissa 125,000: 1 Mbit/s.
constexpr std::uint32_t one_megabit = 3U << 18 | 125'000U;

struct Estimated : BrowserPair {
    explicit Estimated(Use of_b = Use::browser) : BrowserPair{of_b} {
        for (Phone* phone : {&a, &b}) { phone->takes_video = phone->takes_feedback = phone->takes_estimates = true; }
    }
    void show() {
        up();
        a.reinvite(Sdp::with_video());
        pass(2s);
        EXPECT_TRUE(a.has_video() && b.has_video());
    }
};

TEST(BrowserEstimates, GoToWhoeverSendsThePicture) {
    Estimated run;
    run.show();
    run.b.estimate(one_megabit);
    run.pass(200ms);
    ASSERT_EQ(run.a.viewer().estimates().size(), 1U);
    EXPECT_EQ(run.a.viewer().estimates()[0].bits, one_megabit);
    EXPECT_THAT(run.b.viewer().estimates(), IsEmpty());
    run.a.estimate(one_megabit + 1);
    run.pass(200ms);
    ASSERT_EQ(run.b.viewer().estimates().size(), 1U);
    EXPECT_EQ(run.b.viewer().estimates()[0].bits, one_megabit + 1);
}

TEST(BrowserEstimates, AreNotAgreedOnWhereATelephoneKnowsNone) {
    Estimated run{Use::none};
    run.show();
    EXPECT_FALSE(run.a.belief().remote->video()->estimates);
    run.a.estimate(one_megabit);
    run.pass(200ms);
    EXPECT_THAT(run.b.viewer().estimates(), IsEmpty());
}

TEST(BrowserEstimates, ThatTheOtherBrowserDoesNotTakeEndHere) {
    Estimated run;
    run.b.takes_estimates = false;
    run.show();
    run.a.estimate(one_megabit);
    run.pass(200ms);
    EXPECT_THAT(run.b.viewer().estimates(), IsEmpty());
}

}  // namespace
}  // namespace simulation
