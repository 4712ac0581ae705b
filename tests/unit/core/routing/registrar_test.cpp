#include "server/routing/registrar.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/routing/user_authority.hpp"
#include "sip/auth/digest_client.hpp"
#include "sip/transaction/layer.hpp"
#include "tests/unit/core/routing/register_text.hpp"

namespace server {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr base::Instant start{};

const std::string browser = "<sip:a@x.invalid;transport=ws>;reg-id=1;+sip.instance=\"<urn:uuid:1>\";expires=600";

sip::Flow from(const char* address) {
    sip::Flow flow;
    flow.transport = sip::Transport::ws;
    flow.remote = {*base::IpAddress::parse(address), 40'000};
    flow.connection = 1;
    return flow;
}

config::User with(const char* password) {
    config::User user;
    user.password = password;
    return user;
}

struct Office {
    std::vector<std::string> domains;
    base::SeededRandom random{1};
    UserAuthority authority{{.realm = "example.org"}, {.in_hand = 3}, random};
    Registrar registrar{settings()};
    base::Instant now = start;
    sip::Flow flow = from("192.0.2.1");
    std::string user = "alice";
    std::string password = "secret";

    explicit Office(std::vector<std::string> ours = {"example.org"}) : domains{std::move(ours)} {
        authority.set_users({{"alice", with("secret")}, {"bob", with("other")}});
    }
    RegistrarSettings settings() const { return {.domains = domains}; }
    // As the core does: who asks comes before what is asked.
    sip::Message ask(const sip::Message& request) {
        const auto proved = authority.prove(now, request, flow.remote.address, UserAuthority::Challenge::www);
        if (const auto* const name = std::get_if<std::string>(&proved)) {
            return registrar.respond(now, request, flow, *name, "tag");
        }
        const Refusal& refusal = std::get<Refusal>(proved);
        sip::Message response = sip::make_response(request, refusal.status, "tag");
        for (const auto& [name, value] : refusal.fields) { response.add(name, value); }
        return response;
    }
    // As a phone does: once without credentials, once with.
    sip::Message register_with(sip::Message request) {
        sip::DigestClient client{user, password};
        if (!client.on_challenge(ask(request))) { return sip::Message::response(999); }
        client.authorize(request, "0123456789abcdef");
        return ask(request);
    }
};

std::vector<std::string> values(const sip::Message& message, sip::HeaderId id) {
    std::vector<std::string> list;
    message.for_each(id, [&list](std::string_view value) { list.emplace_back(value); });
    return list;
}

TEST(Registrar, ChallengesBrowsersWithMd5LastWhichAloneTheyKeep) {
    Office office;
    const auto challenges = values(office.ask(register_of_alice(browser)), sip::HeaderId::www_authenticate);
    ASSERT_THAT(challenges, SizeIs(3));
    EXPECT_THAT(challenges.back(), HasSubstr("algorithm=MD5"));
}

TEST(Registrar, ChallengesWithMd5First) {
    Office office;
    sip::Message request = register_of_alice(browser);
    request.set(sip::HeaderId::via, "SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1");
    const sip::Message response = office.ask(request);
    EXPECT_EQ(response.status(), 401);
    const auto challenges = values(response, sip::HeaderId::www_authenticate);
    ASSERT_THAT(challenges, SizeIs(3));
    EXPECT_THAT(challenges.front(), HasSubstr("algorithm=MD5"));
    EXPECT_THAT(office.registrar.find(start, "alice"), IsEmpty());
}

TEST(Registrar, ListsTheBindingsAndTheirTimes) {
    Office office;
    const sip::Message response = office.register_with(register_of_alice(browser));
    EXPECT_EQ(response.status(), 200);
    EXPECT_THAT(values(response, sip::HeaderId::contact), testing::ElementsAre(browser));
    const auto found = office.registrar.find(start, "alice");
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found.front().flow, office.flow);
}

TEST(Registrar, SaysHowMuchTimeIsLeft) {
    Office office;
    office.register_with(register_of_alice(browser));
    office.now += 100s;
    const sip::Message response = office.register_with(register_of_alice("", 2));
    EXPECT_THAT(values(response, sip::HeaderId::contact).at(0), HasSubstr(";expires=500"));
}

TEST(Registrar, SaysThatItKeepsTheFlow) {  // RFC 5626 §6
    Office office;
    sip::Message request = register_of_alice(browser);
    EXPECT_THAT(values(office.register_with(request), sip::HeaderId::require), IsEmpty());
    sip::Message outbound = register_of_alice(browser, 2);
    outbound.add(sip::HeaderId::supported, "path, outbound");
    EXPECT_THAT(values(office.register_with(outbound), sip::HeaderId::require), testing::ElementsAre("outbound"));
}

TEST(Registrar, GivesADeviceAnAddressOfItsOwn) {  // RFC 5627 §5.3
    Office office;
    sip::Message request = register_of_alice(browser);
    request.add(sip::HeaderId::supported, "path, gruu, outbound");
    request.set(sip::HeaderId::to, "\"A\" <sip:alice@example.org:8080;transport=ws>");
    EXPECT_THAT(values(office.register_with(request), sip::HeaderId::contact),
                testing::ElementsAre(browser + ";pub-gruu=\"sip:alice@example.org:8080;gr=urn:uuid:1\""));
}

TEST(Registrar, GivesNoneWhereNoInstanceCanBeNamed) {
    for (const char* const instance : {"", ";+sip.instance=\"<urn:uuid:1;x>\"", ";+sip.instance=\"<urn uuid>\""}) {
        Office office;
        sip::Message request = register_of_alice("<sip:a@x.invalid>" + std::string{instance});
        request.add(sip::HeaderId::supported, "gruu");
        EXPECT_THAT(values(office.register_with(request), sip::HeaderId::contact).at(0), Not(HasSubstr("gruu")));
    }
}

TEST(Registrar, AWrongPasswordAndNoSuchUserLookTheSame) {
    const auto answer_to = [](const std::string& user, const std::string& password) {
        Office office;
        office.user = user;
        office.password = password;
        sip::Message request = register_of_alice(browser);
        request.set(sip::HeaderId::to, "<sip:" + user + "@example.org>");
        sip::Message response = office.register_with(request);
        EXPECT_THAT(office.authority.failures(), testing::ElementsAre(testing::Pair("wrong", 1)));
        response.remove(sip::HeaderId::to);
        return response.to_string();
    };
    EXPECT_EQ(answer_to("alice", "wrong"), answer_to("mallory", "wrong"));
    EXPECT_THAT(answer_to("alice", "wrong"), StartsWith("SIP/2.0 401"));
}

TEST(Registrar, NobodyRegistersAnother) {
    Office office;
    office.user = "bob";
    office.password = "other";
    EXPECT_EQ(office.register_with(register_of_alice(browser)).status(), 403);
    EXPECT_THAT(office.registrar.find(start, "alice"), IsEmpty());
}

TEST(Registrar, WhoFailsTooOftenIsNotLookedAt) {
    Office office;
    office.password = "wrong";
    for (int i = 0; i < 3; ++i) { EXPECT_EQ(office.register_with(register_of_alice(browser)).status(), 401); }
    office.password = "secret";
    const sip::Message blocked = office.register_with(register_of_alice(browser));
    EXPECT_EQ(blocked.status(), 503);
    EXPECT_EQ(blocked.first(sip::HeaderId::retry_after), "6");
    EXPECT_EQ(office.authority.failures().at("throttled"), 1U);
    office.flow = from("192.0.2.2");
    EXPECT_EQ(office.register_with(register_of_alice(browser)).status(), 200) << "others are not harmed";
    office.flow = from("192.0.2.1");
    office.now += 6s;
    EXPECT_EQ(office.register_with(register_of_alice(browser, 2)).status(), 200);
}

TEST(Registrar, RefusesAReplay) {
    Office office;
    sip::DigestClient client{"alice", "secret"};
    sip::Message request = register_of_alice(browser);
    ASSERT_TRUE(client.on_challenge(office.ask(request)));
    client.authorize(request, "0123456789abcdef");
    EXPECT_EQ(office.ask(request).status(), 200);
    const sip::Message again = office.ask(request);
    EXPECT_EQ(again.status(), 401);
    EXPECT_THAT(values(again, sip::HeaderId::www_authenticate).at(0), HasSubstr("stale=true"));
    EXPECT_EQ(office.authority.failures().at("replayed"), 1U);
}

TEST(Registrar, AReloadMayChangeTheRealmAndTheAlgorithms) {
    Office office;
    sip::DigestClient client{"alice", "secret"};
    sip::Message request = register_of_alice(browser);
    ASSERT_TRUE(client.on_challenge(office.ask(request)));
    client.authorize(request, "0123456789abcdef");
    office.authority.set_digest({.realm = "example.org"});
    EXPECT_EQ(office.ask(request).status(), 200) << "nothing has changed";
    office.authority.set_digest({.realm = "example.com", .algorithms = {sip::DigestAlgorithm::sha256}});
    const auto challenges = values(office.ask(request), sip::HeaderId::www_authenticate);
    EXPECT_THAT(challenges, testing::ElementsAre(
                                testing::AllOf(HasSubstr("realm=\"example.com\""), HasSubstr("algorithm=SHA-256"))));
    EXPECT_EQ(office.register_with(register_of_alice(browser, 2)).status(), 200);
}

TEST(Registrar, KnowsItsDomains) {
    Office office;
    sip::Message elsewhere = register_of_alice(browser);
    elsewhere.set(sip::HeaderId::to, "<sip:alice@example.net>");
    EXPECT_EQ(office.register_with(elsewhere).status(), 404);
    Office any{{}};
    EXPECT_EQ(any.register_with(elsewhere).status(), 200);
}

TEST(Registrar, WhatIsMalformedIsToldToUsersOnly) {
    Office office;
    EXPECT_EQ(office.ask(register_of_alice("<mailto:a@h>")).status(), 401);
    const sip::Message response = office.register_with(register_of_alice("<mailto:a@h>"));
    EXPECT_EQ(response.status(), 400);
    EXPECT_THAT(values(response, sip::HeaderId::warning).at(0), HasSubstr("RFC 3261 10.3"));
}

TEST(Registrar, TellsTheLeastTime) {
    Office office;
    const sip::Message response = office.register_with(register_of_alice("<sip:a@h>;expires=10"));
    EXPECT_EQ(response.status(), 423);
    EXPECT_EQ(response.first(sip::HeaderId::min_expires), "60");
}

TEST(Registrar, KnowsAgainWhomAServerBeforeKnew) {
    Office office;
    Binding binding;
    binding.uri = "sip:a@192.0.2.1";
    binding.expires = start + 24h;  // by a clock that was set back since
    office.registrar.restore(start, {"alice", std::make_shared<const std::vector<Binding>>(1, binding)});
    EXPECT_THAT(office.registrar.find(start + 1h - 1s, "alice"), SizeIs(1));
    EXPECT_EQ(office.registrar.next_timeout(), start + 1h) << "no longer than it may last";
    EXPECT_THAT(office.registrar.on_timeout(start + 1h), testing::ElementsAre("alice"));
}

TEST(Registrar, WhoIsNoUserAnyMoreIsNotReached) {
    Office office;
    office.register_with(register_of_alice(browser));
    office.authority.set_users({{"bob", with("other")}});
    EXPECT_THAT(office.registrar.replace(office.settings(), {{"bob", with("other")}}), testing::ElementsAre("alice"));
    EXPECT_THAT(office.registrar.find(start, "alice"), IsEmpty());
    EXPECT_EQ(office.register_with(register_of_alice(browser, 2)).status(), 401);
}

TEST(Registrar, TellsWhenToComeAgain) {
    Office office;
    office.register_with(register_of_alice(browser));
    EXPECT_EQ(office.registrar.next_timeout(), start + 600s);
    EXPECT_THAT(office.registrar.on_timeout(start + 599s), IsEmpty());
    EXPECT_THAT(office.registrar.on_timeout(start + 600s), testing::ElementsAre("alice"));
    EXPECT_EQ(office.registrar.next_timeout(), base::never);
    EXPECT_EQ(office.registrar.size(), 0U);
}

TEST(Registrar, SweepsNotForEachOneThatExpires) {
    Office office;
    office.register_with(register_of_alice(browser));
    office.now += 500ms;
    office.register_with(register_of_alice("<sip:another@h>;expires=600", 1, "two"));
    EXPECT_THAT(office.registrar.on_timeout(start + 600s), testing::ElementsAre("alice"));
    EXPECT_EQ(office.registrar.next_timeout(), start + 600s + Registrar::sweep_interval);
    EXPECT_THAT(office.registrar.find(start + 600s + 600ms, "alice"), IsEmpty()) << "expired is not found";
}

}  // namespace
}  // namespace server
