#include "sip/io/resolver.hpp"

#include "sip/io/source_address.hpp"
#include "tests/unit/sip_io/sockets.hpp"

namespace sip::test {
namespace {

TEST(Resolver, AnswersALiteralAndALocalNameAndNeverAtOnce) {
    asio::io_context context;
    Resolver resolver{context};
    std::vector<std::optional<base::IpAddress>> answers;
    const auto note = [&](std::optional<base::IpAddress> address) { answers.push_back(address); };
    resolver.resolve("192.0.2.1", note);
    EXPECT_TRUE(answers.empty());
    ASSERT_TRUE(run_until(context, [&] { return answers.size() == 1; }));
    EXPECT_EQ(answers[0], base::IpAddress::parse("192.0.2.1"));
    resolver.resolve("LocalHost", note);
    resolver.resolve("localhost", note);
    ASSERT_TRUE(run_until(context, [&] { return answers.size() == 3; }));
    EXPECT_TRUE(answers[1] && answers[1]->is_loopback());
    EXPECT_EQ(answers[1], answers[2]);
    resolver.close();
}

TEST(Resolver, SaysThatANameDoesNotExist) {
    asio::io_context context;
    Resolver resolver{context};
    bool asked = false;
    resolver.resolve("no-such-host.invalid", [&](std::optional<base::IpAddress> address) {
        asked = true;
        EXPECT_EQ(address, std::nullopt);
    });
    EXPECT_TRUE(run_until(context, [&] { return asked; }));
    resolver.close();
}

TEST(Resolver, RefusesOneQuestionPastItsLimit) {
    asio::io_context context;
    Resolver resolver{context, {.waiting = 1}};
    std::optional<std::optional<base::IpAddress>> first;
    std::optional<std::optional<base::IpAddress>> past;
    resolver.resolve("localhost", [&](std::optional<base::IpAddress> address) { first = address; });
    resolver.resolve("localhost", [&](std::optional<base::IpAddress> address) { past = address; });
    ASSERT_TRUE(run_until(context, [&] { return first && past; }));
    EXPECT_TRUE(*first);
    EXPECT_FALSE(*past);
    resolver.close();
}

TEST(SourceAddress, IsTheLoopbackAddressTowardsLoopback) {
    SourceAddress source;
    const base::Instant now = base::Clock::now();
    EXPECT_EQ(source.of(now, loopback), loopback);
    EXPECT_EQ(source.of(now, loopback6), loopback6);
    EXPECT_EQ(source.of(now, loopback), loopback);
    EXPECT_EQ(source.kept(), 2u);
}

TEST(SourceAddress, ForgetsRatherThanGrows) {
    SourceAddress source;
    for (std::size_t i = 0; i <= SourceAddress::max_kept; ++i) {
        source.of({}, base::IpAddress::v4({127, 1, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}));
    }
    EXPECT_EQ(source.kept(), 1u);
}

}  // namespace
}  // namespace sip::test
