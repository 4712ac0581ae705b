#include "sip/io/resolver.hpp"

#include <condition_variable>
#include <mutex>

#include "sip/io/source_address.hpp"
#include "tests/unit/sip_io/sockets.hpp"

namespace sip::test {
namespace {

using std::chrono::milliseconds;

const base::IpAddress one = *base::IpAddress::parse("192.0.2.1");
const base::IpAddress two = *base::IpAddress::parse("192.0.2.2");

// A system's resolver that answers when the test says so, as a name server that is slow or dead does.
class NameServer {
public:
    NameServer() : state_{std::make_shared<State>()} {}
    ~NameServer() {
        const std::lock_guard lock{state_->mutex};
        state_->gone = true;
        state_->changed.notify_all();
    }

    LookupThreads::Lookup lookup() const {
        return [state = state_](const std::string& host) { return state->look_up(host); };
    }
    void set(const std::string& host, const LookupResult& result) {
        const std::lock_guard lock{state_->mutex};
        state_->results[host] = result;
        state_->changed.notify_all();
    }
    void set(const std::string& host, const base::IpAddress& address) {
        set(host, {LookupResult::Kind::found, address});
    }
    void silence(const std::string& host) {
        const std::lock_guard lock{state_->mutex};
        state_->results.erase(host);
    }
    int asked(const std::string& host) const {
        const std::lock_guard lock{state_->mutex};
        return state_->asked[host];
    }
    bool wait_until_asked(const std::string& host) const {
        return wait([&] { return state_->asked[host] != 0; });
    }
    bool wait_until_one_has_answered() const {
        return wait([&] { return state_->answered != 0; });
    }

private:
    struct State {
        std::mutex mutex;
        std::condition_variable changed;
        std::map<std::string, LookupResult> results;
        std::map<std::string, int> asked;
        int answered = 0;
        bool gone = false;

        LookupResult look_up(const std::string& host) {
            std::unique_lock lock{mutex};
            ++asked[host];
            changed.notify_all();
            changed.wait(lock, [&] { return gone || results.contains(host); });
            ++answered;
            changed.notify_all();
            return gone ? LookupResult{} : results[host];
        }
    };
    template <class Happened>
    bool wait(Happened happened) const {
        std::unique_lock lock{state_->mutex};
        return state_->changed.wait_for(lock, std::chrono::seconds{10}, happened);
    }
    std::shared_ptr<State> state_;
};

class ResolverOfSlowNames : public ::testing::Test {
protected:
    using Address = std::optional<base::IpAddress>;

    ~ResolverOfSlowNames() override { close(); }
    void start(ResolverLimits limits = {}) { resolver = std::make_unique<Resolver>(context, limits, names.lookup()); }
    // Nothing is left to be done once it is closed.
    void close() {
        resolver->close();
        context.restart();
        context.run();
    }
    void ask(const std::string& host) {
        resolver->resolve(host, [this](Address address) { answers.push_back(address); });
    }
    Address answer_for(const std::string& host) {
        const auto told = std::make_shared<std::optional<Address>>();
        resolver->resolve(host, [told](Address address) { *told = address; });
        EXPECT_TRUE(run_until(context, [&] { return told->has_value(); }));
        return told->value_or(std::nullopt);
    }
    // However long the lookup takes: past the time limit it is asked for again.
    Address answer_in_the_end_for(const std::string& host) {
        const auto deadline = base::Clock::now() + std::chrono::seconds{10};
        Address address;
        while (!address && base::Clock::now() < deadline) { address = answer_for(host); }
        return address;
    }
    // What is answered without waiting for anything.
    std::vector<Address> answers_at_once_for(const std::string& host) {
        answers.clear();
        ask(host);
        context.restart();
        context.poll();
        return answers;
    }
    asio::io_context context;
    NameServer names;
    std::unique_ptr<Resolver> resolver;
    std::vector<Address> answers;
};

// The system is asked anew for each question.
ResolverLimits forgetful() {
    ResolverLimits limits;
    limits.keep = {};
    limits.keep_failure = {};
    return limits;
}

ResolverLimits impatient() {
    ResolverLimits limits = forgetful();
    limits.time_limit = milliseconds{20};
    return limits;
}

TEST_F(ResolverOfSlowNames, AnswersOthersWhileANameIsDead) {
    start();
    names.set("alive", one);
    ask("dead");
    EXPECT_EQ(answer_for("alive"), one);
    EXPECT_TRUE(answers.empty());
}

TEST_F(ResolverOfSlowNames, AsksForANameThatIsDeadOnceAtATime) {
    start(impatient());
    for (int i = 0; i < 3; ++i) { EXPECT_EQ(answer_for("dead"), std::nullopt); }
    ASSERT_TRUE(names.wait_until_asked("dead"));
    EXPECT_EQ(names.asked("dead"), 1);
}

TEST_F(ResolverOfSlowNames, GivesALateAnswerToWhoeverAsksNext) {
    ResolverLimits limits = impatient();
    limits.keep = std::chrono::hours{1};
    start(limits);
    EXPECT_EQ(answer_for("slow"), std::nullopt);
    names.set("slow", one);
    EXPECT_EQ(answer_in_the_end_for("slow"), one);
    EXPECT_EQ(names.asked("slow"), 1);
}

TEST_F(ResolverOfSlowNames, AsksAgainOnceTheLookupHasEnded) {
    start(forgetful());
    names.set("moves", one);
    EXPECT_EQ(answer_for("moves"), one);
    names.set("moves", two);
    EXPECT_EQ(answer_for("moves"), two);
    EXPECT_EQ(names.asked("moves"), 2);
}

TEST_F(ResolverOfSlowNames, ServesTheLastGoodAddressWhereALookupFails) {
    start(forgetful());
    names.set("trunk", one);
    EXPECT_EQ(answer_for("trunk"), one);
    names.set("trunk", LookupResult{});
    EXPECT_EQ(answer_for("trunk"), one);
    EXPECT_EQ(answer_for("trunk"), one);
    EXPECT_EQ(names.asked("trunk"), 3);
}

TEST_F(ResolverOfSlowNames, ServesTheLastGoodAddressAtTheTimeLimitAndFromThenOnAtOnce) {
    start(impatient());
    names.set("trunk", one);
    EXPECT_EQ(answer_in_the_end_for("trunk"), one);
    names.silence("trunk");
    EXPECT_EQ(answer_for("trunk"), one);
    EXPECT_EQ(answers_at_once_for("trunk"), std::vector<Address>{one});
}

TEST_F(ResolverOfSlowNames, ForgetsTheLastGoodAddressAfterItsTime) {
    ResolverLimits limits = forgetful();
    limits.keep_last_good = {};
    start(limits);
    names.set("trunk", one);
    EXPECT_EQ(answer_for("trunk"), one);
    names.set("trunk", LookupResult{});
    EXPECT_EQ(answer_for("trunk"), std::nullopt);
}

TEST_F(ResolverOfSlowNames, ForgetsTheLastGoodAddressOfANameThatExistsNoMore) {
    start(forgetful());
    names.set("trunk", one);
    EXPECT_EQ(answer_for("trunk"), one);
    names.set("trunk", {LookupResult::Kind::no_such_name, {}});
    EXPECT_EQ(answer_for("trunk"), std::nullopt);
    names.set("trunk", LookupResult{});
    EXPECT_EQ(answer_for("trunk"), std::nullopt);
}

TEST_F(ResolverOfSlowNames, LooksUpAsManyNamesAtOnceAsItMayAndThenTheNext) {
    ResolverLimits limits;
    limits.lookups = 2;
    start(limits);
    ask("first");
    ask("second");
    ask("third");
    ASSERT_TRUE(names.wait_until_asked("first"));
    ASSERT_TRUE(names.wait_until_asked("second"));
    EXPECT_EQ(names.asked("third"), 0);
    names.set("second", one);
    ASSERT_TRUE(run_until(context, [&] { return answers.size() == 1; }));
    EXPECT_EQ(answers[0], one);
    EXPECT_TRUE(names.wait_until_asked("third"));
}

TEST_F(ResolverOfSlowNames, NeverAsksForANameWhoseTurnDidNotComeInTime) {
    ResolverLimits limits = impatient();
    limits.lookups = 1;
    start(limits);
    ask("dead");
    EXPECT_EQ(answer_for("late"), std::nullopt);
    names.set("late", one);
    names.set("dead", two);
    EXPECT_EQ(answer_in_the_end_for("dead"), two);
    EXPECT_EQ(names.asked("late"), 0);
    EXPECT_EQ(answer_in_the_end_for("late"), one);
}

TEST_F(ResolverOfSlowNames, WaitsForNoLookupAndCallsNobodyOnceClosed) {
    start();
    ask("dead");
    ASSERT_TRUE(names.wait_until_asked("dead"));
    close();
    names.set("dead", one);
    ASSERT_TRUE(names.wait_until_one_has_answered());
    context.restart();
    context.poll();
    EXPECT_TRUE(answers.empty());
}

TEST(Resolver, AnswersALiteralAndANameOfTheSystemAndNeverAtOnce) {
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
    const LookupResult known = system_lookup("localhost");  // a bare machine may not know it
    EXPECT_EQ(answers[1].has_value(), known.kind == LookupResult::Kind::found);
    EXPECT_EQ(answers[1].value_or(known.address), known.address);
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
    const auto known = [](const std::string&) { return LookupResult{LookupResult::Kind::found, loopback}; };
    Resolver resolver{context, {.waiting = 1}, known};
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
