#include "server/routing/bindings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/routing/register_text.hpp"

namespace server {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr base::Instant start{};

sip::Flow stream(std::uint64_t connection) {
    sip::Flow flow;
    flow.transport = sip::Transport::ws;
    flow.connection = connection;
    return flow;
}

struct Book {
    Bindings bindings{{.per_user = 3, .grace = 30s}};

    int put(base::Instant now, const sip::Message& request, const sip::Flow& flow = stream(1)) {
        const auto read = read_register(request, {});
        const auto refusal = bindings.apply(now, std::get<RegisterRequest>(read), flow);
        return refusal ? refusal->status : 200;
    }
    int put(base::Instant now, const std::string& contact, std::uint32_t cseq = 1, const std::string& call_id = "one") {
        return put(now, register_of_alice(contact, cseq, call_id));
    }
    std::vector<std::string> uris(base::Instant now) const {
        std::vector<std::string> list;
        for (const Binding& binding : bindings.of_user(now, "alice")) { list.push_back(binding.uri); }
        return list;
    }
};

const std::string browser = ";reg-id=1;+sip.instance=\"<urn:uuid:1>\"";

TEST(Bindings, LastUntilTheyExpire) {
    Book book;
    book.put(start, "<sip:a@h>;expires=60");
    EXPECT_THAT(book.uris(start + 59s), ElementsAre("sip:a@h"));
    EXPECT_THAT(book.uris(start + 60s), IsEmpty());
    EXPECT_EQ(book.bindings.next_timeout(), start + 60s);
    book.bindings.drop_expired(start + 60s);
    EXPECT_EQ(book.bindings.size(), 0U);
    EXPECT_THAT(book.bindings.users(), IsEmpty());
    EXPECT_EQ(book.bindings.next_timeout(), base::never);
}

TEST(Bindings, AreRefreshedByAnEquivalentContact) {
    Book book;
    book.put(start, "<sip:a@h;transport=tcp>;expires=60");
    book.put(start + 30s, "<sip:a@H;transport=TCP>;expires=60", 2);
    EXPECT_EQ(book.bindings.size(), 1U);
    EXPECT_THAT(book.uris(start + 80s), ElementsAre("sip:a@H;transport=TCP"));
}

TEST(Bindings, ABrowserThatComesBackTakesItsPlace) {
    Book book;
    book.put(start, "<sip:old@x.invalid;transport=ws>" + browser);
    book.put(start + 1s, register_of_alice("<sip:new@y.invalid;transport=ws>" + browser, 1, "two"), stream(2));
    EXPECT_THAT(book.uris(start + 1s), ElementsAre("sip:new@y.invalid;transport=ws"));
    EXPECT_EQ(book.bindings.of_user(start + 1s, "alice").front().flow, stream(2));
}

TEST(Bindings, SeveralFlowsOfOneInstanceAreSeveral) {
    Book book;
    book.put(start, "<sip:a@h>;reg-id=1;+sip.instance=\"<urn:uuid:1>\"");
    book.put(start, "<sip:a@h>;reg-id=2;+sip.instance=\"<urn:uuid:1>\"", 2);
    EXPECT_EQ(book.bindings.size(), 2U);
}

TEST(Bindings, OldNewsChangeNothing) {  // RFC 3261 §10.3 step 7
    Book book;
    book.put(start, "<sip:a@h>", 5);
    EXPECT_EQ(book.put(start, "<sip:a@h>;expires=0", 4), 500);
    EXPECT_EQ(book.put(start, "<sip:a@h>;expires=0", 5), 500);
    EXPECT_THAT(book.uris(start), ElementsAre("sip:a@h"));
    EXPECT_EQ(book.put(start, "<sip:a@h>;expires=0", 1, "another"), 200);
    EXPECT_THAT(book.uris(start), IsEmpty());
}

TEST(Bindings, AllOfARequestOrNothing) {
    Book book;
    book.put(start, "<sip:a@h>", 5);
    sip::Message late = register_of_alice("<sip:b@h>", 4);
    late.add(sip::HeaderId::contact, "<sip:a@h>");
    EXPECT_EQ(book.put(start, late), 500);
    EXPECT_THAT(book.uris(start), ElementsAre("sip:a@h"));
}

TEST(Bindings, TheStarRemovesAll) {
    Book book;
    book.put(start, "<sip:a@h>", 1);
    book.put(start, "<sip:b@h>", 1, "two");
    sip::Message all = register_of_alice("*", 9, "three");
    all.add(sip::HeaderId::expires, "0");
    EXPECT_EQ(book.put(start, all), 200);
    EXPECT_EQ(book.bindings.size(), 0U);
}

TEST(Bindings, TheOldestGoesWhereThereAreTooMany) {
    Book book;
    for (int i = 0; i < 4; ++i) {
        book.put(start + i * 1s, "<sip:a" + std::to_string(i) + "@h>", 1, std::to_string(i));
    }
    EXPECT_THAT(book.uris(start + 4s), ElementsAre("sip:a3@h", "sip:a2@h", "sip:a1@h"));
}

TEST(Bindings, OfAServerThatRanBeforeAreThereUntilTheyExpire) {
    Book book;
    const auto expiring = [](const char* uri, base::Duration after) {
        Binding binding;
        binding.uri = uri;
        binding.expires = start + after;
        return binding;
    };
    const std::vector<Binding> kept{expiring("sip:gone@h", 10s), expiring("sip:a@h", 60s), expiring("sip:b@h", 60s),
                                    expiring("sip:c@h", 60s), expiring("sip:one-too-many@h", 60s)};
    book.bindings.restore(start + 10s, {"alice", std::make_shared<const std::vector<Binding>>(kept)});
    EXPECT_THAT(book.uris(start + 59s), ElementsAre("sip:a@h", "sip:b@h", "sip:c@h"));
    EXPECT_THAT(book.uris(start + 60s), IsEmpty());
    book.bindings.restore(start + 60s, {"bob", std::make_shared<const std::vector<Binding>>(kept)});
    EXPECT_THAT(book.bindings.users(), ElementsAre("alice"));
}

TEST(Bindings, AreTriedByPriorityThenTheLatestFirst) {
    Book book;
    book.put(start, "<sip:low@h>;q=0.1", 1, "1");
    book.put(start + 1s, "<sip:high@h>;q=0.9", 1, "2");
    book.put(start + 2s, "<sip:later@h>;q=0.9", 1, "3");
    EXPECT_THAT(book.uris(start + 2s), ElementsAre("sip:later@h", "sip:high@h", "sip:low@h"));
}

TEST(Bindings, OutliveTheirConnectionAsLongAsIsSet) {
    Book book;
    book.put(start, register_of_alice("<sip:a@h>" + browser), stream(1));
    book.bindings.set({.per_user = 3, .grace = 5s});
    book.bindings.on_connection_lost(start + 10s, 1);
    EXPECT_THAT(book.uris(start + 14s), ElementsAre("sip:a@h"));
    EXPECT_THAT(book.uris(start + 15s), IsEmpty());
}

TEST(Bindings, OutliveTheirConnectionForAWhile) {
    Book book;
    book.put(start, register_of_alice("<sip:a@h>" + browser), stream(1));
    book.bindings.on_connection_lost(start + 10s, 1);
    ASSERT_THAT(book.uris(start + 39s), ElementsAre("sip:a@h"));
    EXPECT_TRUE(book.bindings.of_user(start + 39s, "alice").front().is_lost);
    EXPECT_THAT(book.uris(start + 40s), IsEmpty());
}

TEST(Bindings, AreFoundAgainOnTheNextConnection) {
    Book book;
    book.put(start, register_of_alice("<sip:a@h>" + browser, 1), stream(1));
    book.bindings.on_connection_lost(start + 10s, 1);
    book.put(start + 20s, register_of_alice("<sip:a@h>" + browser, 2), stream(2));
    EXPECT_THAT(book.uris(start + 100s), ElementsAre("sip:a@h"));
    EXPECT_FALSE(book.bindings.of_user(start + 100s, "alice").front().is_lost);
    book.bindings.on_connection_lost(start + 100s, 1);  // told late
    EXPECT_FALSE(book.bindings.of_user(start + 100s, "alice").front().is_lost);
}

TEST(Bindings, TellWhoseHaveChanged) {
    Book book;
    book.put(start, register_of_alice("<sip:a@h>;expires=60"), stream(7));
    EXPECT_THAT(book.bindings.on_connection_lost(start, 8), IsEmpty());
    EXPECT_THAT(book.bindings.on_connection_lost(start, 7), ElementsAre("alice"));
    EXPECT_THAT(book.bindings.on_connection_lost(start, 7), IsEmpty());
    EXPECT_THAT(book.bindings.drop_expired(start + 29s), IsEmpty());
    EXPECT_THAT(book.bindings.drop_expired(start + 30s), ElementsAre("alice"));
}

TEST(Bindings, OfSeveralUsersMayShareAConnection) {
    Book book;
    auto of_bob = register_of_alice("<sip:b@h>", 1, "bob");
    of_bob.set(sip::HeaderId::to, "<sip:bob@example.org>");
    book.put(start, register_of_alice("<sip:a@h>", 1, "1"), stream(7));
    book.put(start, register_of_alice("<sip:also@h>", 1, "2"), stream(7));
    book.put(start, of_bob, stream(7));
    auto of_carol = of_bob;
    of_carol.set(sip::HeaderId::to, "<sip:carol@example.org>");
    book.put(start, of_carol, stream(7));
    of_carol.set(sip::HeaderId::cseq, "2 REGISTER");
    book.put(start + 1s, of_carol, stream(8));
    EXPECT_THAT(book.bindings.on_connection_lost(start + 2s, 7), ElementsAre("alice", "bob"));
    EXPECT_THAT(book.bindings.on_connection_lost(start + 3s, 8), ElementsAre("carol"));
}

TEST(Bindings, OfDatagramsHaveNoConnectionToLose) {
    Book book;
    book.put(start, register_of_alice("<sip:a@h>"), stream(0));
    book.bindings.on_connection_lost(start, 0);
    EXPECT_FALSE(book.bindings.of_user(start, "alice").front().is_lost);
}

TEST(Bindings, TheLostAreTriedLast) {
    Book book;
    book.put(start, register_of_alice("<sip:one@h>", 1, "1"), stream(1));
    book.put(start + 1s, register_of_alice("<sip:two@h>", 1, "2"), stream(2));
    book.bindings.on_connection_lost(start + 2s, 2);
    EXPECT_THAT(book.uris(start + 2s), ElementsAre("sip:one@h", "sip:two@h"));
}

}  // namespace
}  // namespace server
