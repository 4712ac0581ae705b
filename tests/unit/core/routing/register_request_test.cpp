#include "server/routing/register_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/routing/register_text.hpp"

namespace server {
namespace {

using namespace std::chrono_literals;
using testing::SizeIs;

RegisterRequest good(const sip::Message& request) {
    auto read = read_register(request, {});
    const auto* const refusal = std::get_if<Refusal>(&read);
    EXPECT_EQ(refusal, nullptr) << (refusal == nullptr ? "" : refusal->warning);
    return refusal == nullptr ? std::get<RegisterRequest>(read) : RegisterRequest{};
}

int status_of(const sip::Message& request) {
    const auto read = read_register(request, {});
    const auto* const refusal = std::get_if<Refusal>(&read);
    return refusal == nullptr ? 200 : refusal->status;
}

ContactChange contact_of(const std::string& value) {
    const auto read = good(register_of_alice(value));
    EXPECT_THAT(read.contacts, SizeIs(1));
    return read.contacts.empty() ? ContactChange{} : read.contacts.front();
}

TEST(RegisterRequest, OfABrowser) {
    sip::Message request = register_of_alice(
        "<sip:jpcgs635@llr2usmtk8cq.invalid;transport=ws>;reg-id=1"
        ";+sip.instance=\"<urn:uuid:5ad6a3cb-612e-4bf3-a18b-11471ce827dd>\";expires=600");
    request.add(sip::HeaderId::supported, "path, gruu, outbound");
    const auto read = good(request);
    EXPECT_EQ(read.user, "alice");
    EXPECT_EQ(read.host, "example.org");
    EXPECT_TRUE(read.supports_outbound);
    ASSERT_THAT(read.contacts, SizeIs(1));
    const ContactChange& change = read.contacts.front();
    EXPECT_EQ(change.uri, "sip:jpcgs635@llr2usmtk8cq.invalid;transport=ws");
    EXPECT_EQ(change.instance, "urn:uuid:5ad6a3cb-612e-4bf3-a18b-11471ce827dd");
    EXPECT_EQ(change.reg_id, 1U);
    EXPECT_EQ(change.expires, 600s);
    EXPECT_EQ(change.parameters, ";reg-id=1;+sip.instance=\"<urn:uuid:5ad6a3cb-612e-4bf3-a18b-11471ce827dd>\"");
}

TEST(RegisterRequest, AnAddressIsTakenAsItIsWritten) {
    EXPECT_EQ(contact_of("\"a <b> c\" <sip:%61@H;x=1>;q=0.5").uri, "sip:%61@H;x=1");
    EXPECT_EQ(contact_of("sip:a@h;q=0.5").uri, "sip:a@h");
}

TEST(RegisterRequest, TheUserIsUnescaped) {
    sip::Message request = register_of_alice("");
    request.set(sip::HeaderId::to, "<sip:%61lice@EXAMPLE.org>");
    EXPECT_EQ(good(request).user, "alice");
    EXPECT_EQ(good(request).host, "example.org");
}

TEST(RegisterRequest, AsksOnlyWithoutContact) { EXPECT_THAT(good(register_of_alice("")).contacts, SizeIs(0)); }

TEST(RegisterRequest, ExpiresOfTheContactGoesBeforeTheField) {
    sip::Message request = register_of_alice("<sip:a@h>;expires=120");
    request.add(sip::HeaderId::expires, "600");
    EXPECT_EQ(good(request).contacts.front().expires, 120s);
    request.set(sip::HeaderId::contact, "<sip:a@h>");
    EXPECT_EQ(good(request).contacts.front().expires, 600s);
}

TEST(RegisterRequest, MalformedExpiresIsAnHour) {  // RFC 3261 §20.19
    EXPECT_EQ(contact_of("<sip:a@h>;expires=soon").expires, 3600s);
    EXPECT_EQ(contact_of("<sip:a@h>").expires, 3600s);
}

TEST(RegisterRequest, LongTimesAreShortened) {
    EXPECT_EQ(contact_of("<sip:a@h>;expires=86400").expires, 3600s);
    EXPECT_EQ(contact_of("<sip:a@h>;expires=99999999999999").expires, 3600s);
}

TEST(RegisterRequest, ShortTimesAreRefused) {
    const auto read = read_register(register_of_alice("<sip:a@h>;expires=59"), {});
    const auto* const refusal = std::get_if<Refusal>(&read);
    ASSERT_NE(refusal, nullptr);
    EXPECT_EQ(refusal->status, 423);
    EXPECT_EQ(refusal->fields.at(0), (std::pair<std::string, std::string>{"Min-Expires", "60"}));
    EXPECT_EQ(contact_of("<sip:a@h>;expires=60").expires, 60s);
    EXPECT_EQ(contact_of("<sip:a@h>;expires=0").expires, 0s);
}

TEST(RegisterRequest, Priorities) {
    EXPECT_EQ(contact_of("<sip:a@h>").priority, 1000U);
    EXPECT_EQ(contact_of("<sip:a@h>;q=0.7").priority, 700U);
    EXPECT_EQ(contact_of("<sip:a@h>;q=0.125").priority, 125U);
    EXPECT_EQ(contact_of("<sip:a@h>;q=0").priority, 0U);
    EXPECT_EQ(contact_of("<sip:a@h>;q=1.000").priority, 1000U);
    for (const char* const wrong : {"1.5", "2", "0.1234", "x", "-1", ""}) {
        EXPECT_EQ(contact_of(std::string{"<sip:a@h>;q="} + wrong).priority, 1000U) << wrong;
    }
}

TEST(RegisterRequest, FlowsNeedAnInstance) {  // RFC 5626 §6
    EXPECT_EQ(contact_of("<sip:a@h>;reg-id=1").reg_id, 0U);
    EXPECT_EQ(contact_of("<sip:a@h>;reg-id=1;+sip.instance=\"<urn:x>\"").reg_id, 1U);
    EXPECT_EQ(contact_of("<sip:a@h>;reg-id=no;+sip.instance=\"<urn:x>\"").reg_id, 0U);
}

TEST(RegisterRequest, TheStarStandsAloneWithExpires0) {  // RFC 3261 §10.3 step 6
    sip::Message request = register_of_alice("*");
    EXPECT_EQ(status_of(request), 400);
    request.add(sip::HeaderId::expires, "0");
    EXPECT_TRUE(good(request).removes_all);
    request.add(sip::HeaderId::contact, "<sip:a@h>");
    EXPECT_EQ(status_of(request), 400);
}

TEST(RegisterRequest, RefusesWhatCannotBeReached) {
    EXPECT_EQ(status_of(register_of_alice("<mailto:a@h>")), 400);
    EXPECT_EQ(status_of(register_of_alice("<sip:a@h")), 400);
    sip::Message nobody = register_of_alice("<sip:a@h>");
    nobody.set(sip::HeaderId::to, "<sip:example.org>");
    EXPECT_EQ(status_of(nobody), 400);
}

TEST(RegisterRequest, HasABound) {
    sip::Message request = register_of_alice("");
    for (int i = 0; i < 10; ++i) { request.add(sip::HeaderId::contact, "<sip:a" + std::to_string(i) + "@h>"); }
    EXPECT_THAT(good(request).contacts, SizeIs(10));
    request.add(sip::HeaderId::contact, "<sip:a10@h>");
    EXPECT_EQ(status_of(request), 400);
}

TEST(RegisterRequest, OneFlowARequest) {  // RFC 5626 §6
    sip::Message request = register_of_alice("<sip:a@h>;reg-id=1;+sip.instance=\"<urn:x>\"");
    request.add(sip::HeaderId::contact, "<sip:b@h>");
    EXPECT_EQ(status_of(request), 400);
}

}  // namespace
}  // namespace server
