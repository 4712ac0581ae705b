#include "server/b2bua/header_policy.hpp"

#include <gtest/gtest.h>

#include "server/b2bua/request_checks.hpp"

namespace server {
namespace {

sip::Message invite_of_a() {
    auto invite = sip::Message::request(sip::Method::invite, "sip:bob@198.51.100.1");
    invite.add(sip::HeaderId::via, "SIP/2.0/UDP 10.1.1.1;branch=z9hG4bKx");
    invite.add(sip::HeaderId::record_route, "<sip:10.1.1.2;lr>");
    invite.add(sip::HeaderId::contact, "<sip:alice@10.1.1.1>");
    invite.add(sip::HeaderId::user_agent, "phone/1");
    invite.add(sip::HeaderId::subject, "lunch");
    invite.add("X-Tenant", "acme");
    invite.add("X-Internal-Trace", "7");
    invite.add(sip::HeaderId::diversion, "\"Al\" <sip:+491@10.1.1.9:5060;transport=tcp>;reason=unconditional");
    invite.add(sip::HeaderId::p_asserted_identity, "<sip:+4930@10.1.1.1;user=phone>");
    invite.add(sip::HeaderId::privacy, "id");
    return invite;
}

HeaderPolicy policy() {
    HeaderPolicy policy;
    policy.own_host = "192.0.2.10";
    return policy;
}

TEST(HeaderPolicy, NothingOfTheTopologyCrosses) {
    auto to_b = sip::Message::request(sip::Method::invite, "sip:bob@203.0.113.1");
    auto trusting = policy();
    trusting.pass_identity = true;
    pass_headers(invite_of_a(), to_b, trusting);
    EXPECT_EQ(to_b.to_string().find("10.1.1"), std::string::npos) << to_b.to_string();
    EXPECT_FALSE(to_b.first(sip::HeaderId::user_agent));
    EXPECT_EQ(to_b.first(sip::HeaderId::subject), "lunch");
    EXPECT_EQ(to_b.first("x-tenant"), "acme");
    EXPECT_EQ(to_b.first(sip::HeaderId::diversion), "\"Al\" <sip:+491@192.0.2.10>;reason=unconditional");
    EXPECT_EQ(to_b.first(sip::HeaderId::p_asserted_identity), "<sip:+4930@192.0.2.10;user=phone>");
}

TEST(HeaderPolicy, IdentitiesCrossOnlyByTrust) {
    auto to_b = sip::Message::request(sip::Method::invite, "sip:bob@203.0.113.1");
    pass_headers(invite_of_a(), to_b, policy());
    EXPECT_FALSE(to_b.first(sip::HeaderId::p_asserted_identity));
    EXPECT_FALSE(to_b.first(sip::HeaderId::privacy));
}

TEST(HeaderPolicy, ATrunkRemovesByNameOrStemAndAddsItsOwn) {
    auto rules = policy();
    rules.remove = {"X-Internal-*", "subject"};
    rules.add = {{"X-Carrier", "one"}};
    auto to_b = sip::Message::request(sip::Method::invite, "sip:bob@203.0.113.1");
    pass_headers(invite_of_a(), to_b, rules);
    EXPECT_FALSE(to_b.first("X-Internal-Trace"));
    EXPECT_FALSE(to_b.first(sip::HeaderId::subject));
    EXPECT_EQ(to_b.first("X-Tenant"), "acme");
    EXPECT_EQ(to_b.first("X-Carrier"), "one");
}

TEST(Warning, QuotesAreEscapedAndTheFarSidesAgentDoesNotCross) {
    auto response = sip::Message::response(488);
    pass_warning("304 pbx.internal \"no \\\"video\\\" here\"", response);
    EXPECT_EQ(response.first(sip::HeaderId::warning), "304 holdfast \"no \\\"video\\\" here\"");
}

int status_of(const sip::Message& request) {
    const auto fault = check_request(request);
    const auto of_body = check_body(request);
    return fault ? fault->status : of_body ? of_body->status : 200;
}

TEST(RequestChecks, JudgeInTheOrderOfTheRfc) {
    auto request = sip::Message::request("PUBLISH", "http://x");
    EXPECT_EQ(status_of(request), 405);
    EXPECT_EQ(status_of(sip::Message::request("RE%47IST%45R", "sip:x@y")), 501);
    EXPECT_EQ(status_of(sip::Message::request(sip::Method::invite, "soap.beep://x")), 416);
    EXPECT_EQ(status_of(sip::Message::request(sip::Method::invite, "sips:x@y")), 416) << "it came in the clear";
    EXPECT_FALSE(check_request(sip::Message::request(sip::Method::invite, "sips:x@y"), true));
    auto invite = sip::Message::request(sip::Method::invite, "sip:x@y");
    EXPECT_EQ(status_of(invite), 200);
    invite.add(sip::HeaderId::max_forwards, "0");
    EXPECT_EQ(status_of(invite), 483);
    invite.set(sip::HeaderId::max_forwards, "1");
    invite.add(sip::HeaderId::require, "nothingSupportsThis");
    const auto fault = check_request(invite);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->status, 420);
    EXPECT_EQ(fault->header, "Unsupported");
    EXPECT_EQ(fault->value, "nothingSupportsThis");
}

TEST(RequestChecks, OfWhatIsRequiredOnlyWhatIsNotServedIsRefused) {
    auto invite = sip::Message::request(sip::Method::invite, "sip:x@y");
    invite.add(sip::HeaderId::require, "100REL");
    EXPECT_EQ(status_of(invite), 200);
    invite.add(sip::HeaderId::require, "100rel, precondition");
    const auto fault = check_request(invite);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->value, "precondition");
}

TEST(RequestChecks, AnInviteBringsADescriptionAndTakesOne) {
    auto invite = sip::Message::request(sip::Method::invite, "sip:x@y");
    invite.set_body("application/unknownformat", "<x/>");
    EXPECT_EQ(status_of(invite), 415);
    invite.set_body("Application/SDP;charset=utf-8", "v=0");
    EXPECT_EQ(status_of(invite), 200);
    invite.add(sip::HeaderId::accept, "text/nobodyKnowsThis");
    EXPECT_EQ(status_of(invite), 406);
    invite.add(sip::HeaderId::accept, "application/sdp;level=1");
    EXPECT_EQ(status_of(invite), 200);
}

}  // namespace
}  // namespace server
