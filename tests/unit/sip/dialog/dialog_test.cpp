#include "sip/dialog/dialog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sip/message/parser.hpp"

namespace sip {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using State = Dialog::State;

// The INVITE of alice to bob; one text for both sides of the dialog.
Message invite(std::string_view more = "Contact: <sip:alice@192.0.2.10>\r\n") {
    return parse_message(
               "INVITE sip:bob@example.org SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKa\r\n"
               "From: \"Alice\" <sip:alice@example.org>;tag=a1;x=y\r\nTo: <sip:bob@example.org>\r\n"
               "Call-ID: call\r\nCSeq: 10 INVITE\r\nMax-Forwards: 70\r\n" +
               std::string{more} + "Content-Length: 0\r\n\r\n")
        .message;
}

Message response(int status, std::string_view to_tag = ";tag=b1",
                 std::string_view more = "Contact: <sip:bob@192.0.2.20>\r\n") {
    return parse_message("SIP/2.0 " + std::to_string(status) +
                         " X\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKa\r\n"
                         "From: \"Alice\" <sip:alice@example.org>;tag=a1\r\nTo: <sip:bob@example.org>" +
                         std::string{to_tag} + "\r\nCall-ID: call\r\nCSeq: 10 INVITE\r\n" + std::string{more} +
                         "Content-Length: 0\r\n\r\n")
        .message;
}

// A request of the other side, within the dialog that as_caller() has.
Message from_bob(std::string_view method, std::uint32_t cseq, std::string_view more = {}) {
    return parse_message(std::string{method} + " sip:alice@192.0.2.10 SIP/2.0\r\n" +
                         "Via: SIP/2.0/UDP 192.0.2.20;branch=z9hG4bKb\r\nFrom: <sip:bob@example.org>;tag=b1\r\n"
                         "To: <sip:alice@example.org>;tag=a1\r\nCall-ID: call\r\nCSeq: " +
                         std::to_string(cseq) + " " + std::string{method} + "\r\nMax-Forwards: 70\r\n" +
                         std::string{more} + "Content-Length: 0\r\n\r\n")
        .message;
}

Dialog caller(const Message& answer = response(200)) { return Dialog::as_caller(invite(), answer).value(); }

std::vector<std::string> routes(const Message& request) {
    std::vector<std::string> values;
    request.for_each(HeaderId::route, [&](std::string_view value) { values.emplace_back(value); });
    return values;
}

const std::string two_proxies =
    "Record-Route: <sip:p2.example.org;lr>, <sip:p1.example.org;lr>\r\nContact: <sip:bob@192.0.2.20>\r\n";

TEST(Dialog, OfTheCallerTakesItsStateFromRequestAndResponse) {  // §12.1.2
    const Dialog dialog = caller(response(180));
    EXPECT_EQ(dialog.state(), State::early);
    EXPECT_EQ(dialog.call_id(), "call");
    EXPECT_EQ(dialog.local_tag(), "a1");
    EXPECT_EQ(dialog.remote_tag(), "b1");
    EXPECT_EQ(dialog.local_cseq(), 10U);
    EXPECT_EQ(dialog.remote_target().to_string(), "sip:bob@192.0.2.20");
    EXPECT_EQ(dialog.local_address().to_string(), "\"Alice\" <sip:alice@example.org>;tag=a1");
    EXPECT_EQ(caller(response(200)).state(), State::confirmed);
}

TEST(Dialog, OfTheCalleeTakesItsStateFromTheRequestAndOurTag) {  // §12.1.1
    const auto dialog = Dialog::as_callee(invite(), "ours");
    ASSERT_TRUE(dialog);
    EXPECT_EQ(dialog->state(), State::early);
    EXPECT_EQ(dialog->local_tag(), "ours");
    EXPECT_EQ(dialog->remote_tag(), "a1");
    EXPECT_EQ(dialog->local_address().to_string(), "<sip:bob@example.org>;tag=ours");
    EXPECT_EQ(dialog->remote_address().to_string(), "\"Alice\" <sip:alice@example.org>;tag=a1");
    EXPECT_EQ(dialog->remote_target().to_string(), "sip:alice@192.0.2.10");
}

TEST(Dialog, OfACalleeIsConfirmedByOurOwn2xxWithoutTakingAnythingFromIt) {
    auto dialog = Dialog::as_callee(invite(), "ours").value();
    dialog.confirm(response(200, ";tag=ours", two_proxies));
    EXPECT_EQ(dialog.state(), State::confirmed);
    EXPECT_EQ(dialog.remote_target().to_string(), "sip:alice@192.0.2.10");
    EXPECT_THAT(routes(dialog.make_request(Method::bye)), IsEmpty());
}

TEST(Dialog, IsNotMadeFromWhatCannotBeRead) {
    auto broken = invite();
    broken.set(HeaderId::cseq, "x INVITE");
    EXPECT_FALSE(Dialog::as_caller(broken, response(200)));
    EXPECT_FALSE(Dialog::as_callee(broken, "t"));
    auto no_from = invite();
    no_from.remove(HeaderId::from);
    EXPECT_FALSE(Dialog::as_caller(no_from, response(200)));
    EXPECT_FALSE(Dialog::as_callee(no_from, "t"));
}

TEST(Dialog, MakesRequestsWithTheNextCseq) {  // §12.2.1.1
    Dialog dialog = caller();
    const Message bye = dialog.make_request(Method::bye);
    EXPECT_EQ(bye.request_uri(), "sip:bob@192.0.2.20");
    EXPECT_EQ(*bye.first(HeaderId::cseq), "11 BYE");
    EXPECT_EQ(*bye.first(HeaderId::from), "\"Alice\" <sip:alice@example.org>;tag=a1");
    EXPECT_EQ(*bye.first(HeaderId::to), "<sip:bob@example.org>;tag=b1");
    EXPECT_EQ(*bye.first(HeaderId::call_id), "call");
    EXPECT_EQ(*bye.first(HeaderId::max_forwards), "70");
    EXPECT_FALSE(bye.first(HeaderId::contact));
    EXPECT_FALSE(bye.first(HeaderId::via));
    const Message reinvite = dialog.make_request(Method::invite, "<sip:us@192.0.2.1>");
    EXPECT_EQ(*reinvite.first(HeaderId::cseq), "12 INVITE");
    EXPECT_EQ(*reinvite.first(HeaderId::contact), "<sip:us@192.0.2.1>");
    EXPECT_EQ(dialog.local_cseq(), 12U);
}

TEST(Dialog, OfACalleeBeginsItsOwnCseq) {
    auto dialog = Dialog::as_callee(invite(), "ours").value();
    EXPECT_EQ(*dialog.make_request(Method::bye).first(HeaderId::cseq), "1 BYE");
}

TEST(Dialog, AcknowledgesWithTheNumberOfTheInvite) {  // §13.2.2.4
    Dialog dialog = caller(response(200, ";tag=b1", two_proxies));
    (void)dialog.make_request(Method::info);
    const Message ack = dialog.make_ack(10);
    EXPECT_EQ(*ack.first(HeaderId::cseq), "10 ACK");
    EXPECT_EQ(ack.request_uri(), "sip:bob@192.0.2.20");
    EXPECT_EQ(routes(ack).size(), 2U);
    EXPECT_EQ(dialog.local_cseq(), 11U);
}

TEST(Dialog, OfTheCallerReversesTheRecordedRoutes) {
    Dialog dialog = caller(response(200, ";tag=b1", two_proxies));
    const Message request = dialog.make_request(Method::bye);
    EXPECT_THAT(routes(request), ElementsAre("<sip:p1.example.org;lr>", "<sip:p2.example.org;lr>"));
    EXPECT_EQ(request.request_uri(), "sip:bob@192.0.2.20");
    EXPECT_EQ(dialog.next_hop().host, "p1.example.org");
}

TEST(Dialog, OfTheCalleeKeepsTheRecordedRoutesInOrder) {
    const auto request = invite(two_proxies);
    auto dialog = Dialog::as_callee(request, "ours").value();
    EXPECT_THAT(routes(dialog.make_request(Method::bye)),
                ElementsAre("<sip:p2.example.org;lr>", "<sip:p1.example.org;lr>"));
    EXPECT_EQ(dialog.next_hop().host, "p2.example.org");
}

TEST(Dialog, WithoutRoutesGoesToItsRemoteTarget) { EXPECT_EQ(caller().next_hop().host, "192.0.2.20"); }

TEST(Dialog, PutsAStrictRouterIntoTheRequestUriAndTheTargetLast) {  // §12.2.1.1
    Dialog dialog =
        caller(response(200, ";tag=b1",
                        "Record-Route: <sip:p2.example.org;lr>, <sip:p1.example.org;method=INVITE;x=1?Subject=s>\r\n"
                        "Contact: <sip:bob@192.0.2.20>\r\n"));
    const Message request = dialog.make_request(Method::bye);
    EXPECT_EQ(request.request_uri(), "sip:p1.example.org;x=1");
    EXPECT_THAT(routes(request), ElementsAre("<sip:p2.example.org;lr>", "<sip:bob@192.0.2.20>"));
    EXPECT_EQ(dialog.next_hop().host, "p1.example.org");
}

TEST(Dialog, NeverPutsHeadersOfAContactIntoARequestUri) {
    Dialog dialog = caller(response(200, ";tag=b1", "Contact: <sip:bob@192.0.2.20?Route=%3Csip:evil%3E>\r\n"));
    EXPECT_EQ(dialog.make_request(Method::bye).request_uri(), "sip:bob@192.0.2.20");
}

TEST(Dialog, TakesItsRouteSetAndTargetAnewFromThe2xxAndThenKeepsTheRouteSet) {  // §13.2.2.4, §12.2
    Dialog dialog = caller(response(180, ";tag=b1", two_proxies));
    dialog.confirm(
        response(200, ";tag=b1", "Record-Route: <sip:p3.example.org;lr>\r\nContact: <sip:bob@192.0.2.21>\r\n"));
    EXPECT_EQ(dialog.state(), State::confirmed);
    EXPECT_EQ(dialog.remote_target().host, "192.0.2.21");
    EXPECT_THAT(routes(dialog.make_request(Method::info)), ElementsAre("<sip:p3.example.org;lr>"));
    dialog.confirm(response(200, ";tag=b1", "Contact: <sip:bob@192.0.2.22>\r\n"));
    EXPECT_THAT(routes(dialog.make_request(Method::info)), ElementsAre("<sip:p3.example.org;lr>"));
    EXPECT_EQ(dialog.remote_target().host, "192.0.2.21");
}

TEST(Dialog, RefusesALowerCseqAndTakesGapsAndRepetitions) {  // §12.2.2
    Dialog dialog = caller();
    EXPECT_TRUE(dialog.accept(from_bob("INFO", 100)));  // the first sets the number
    EXPECT_TRUE(dialog.accept(from_bob("INFO", 105)));
    EXPECT_FALSE(dialog.accept(from_bob("BYE", 104)));
    EXPECT_TRUE(dialog.accept(from_bob("BYE", 105)));
}

TEST(Dialog, OfTheCalleeCountsFromTheCseqOfTheInvite) {
    auto dialog = Dialog::as_callee(invite(), "ours").value();
    EXPECT_FALSE(dialog.accept(from_bob("BYE", 9)));
    EXPECT_TRUE(dialog.accept(from_bob("BYE", 11)));
}

TEST(Dialog, NeverChecksTheNumberOfAckAndCancel) {
    auto dialog = Dialog::as_callee(invite(), "ours").value();
    EXPECT_TRUE(dialog.accept(from_bob("INFO", 20)));
    EXPECT_TRUE(dialog.accept(from_bob("ACK", 10)));
    EXPECT_TRUE(dialog.accept(from_bob("CANCEL", 10)));
    EXPECT_FALSE(dialog.accept(from_bob("INFO", 19)));
}

TEST(Dialog, FollowsItsPeerToANewContact) {  // §12.2.1.2, §12.2.2
    Dialog dialog = caller();
    dialog.refresh_target(from_bob("INVITE", 1, "Contact: <sip:bob@198.51.100.1:5070>\r\n"));
    EXPECT_EQ(dialog.make_request(Method::bye).request_uri(), "sip:bob@198.51.100.1:5070");
}

TEST(Dialog, KeepsItsTargetWhereNoUsableContactCame) {
    Dialog dialog = caller();
    for (const std::string_view more : {"", "Contact: *\r\n", "Contact: <tel:+4930123>\r\n", "Contact: <broken\r\n"}) {
        dialog.refresh_target(from_bob("INVITE", 1, more));
        EXPECT_EQ(dialog.remote_target().host, "192.0.2.20") << more;
    }
}

TEST(Dialog, KnowsItsOwnRequestsByCallIdAndBothTags) {
    const Dialog dialog = caller();
    EXPECT_TRUE(dialog.matches_request(from_bob("BYE", 1)));
    auto other_call = from_bob("BYE", 1);
    other_call.set(HeaderId::call_id, "other");
    EXPECT_FALSE(dialog.matches_request(other_call));
    auto other_to = from_bob("BYE", 1);
    other_to.set(HeaderId::to, "<sip:alice@example.org>;tag=a2");
    EXPECT_FALSE(dialog.matches_request(other_to));
    auto other_from = from_bob("BYE", 1);
    other_from.set(HeaderId::from, "<sip:bob@example.org>;tag=b2");
    EXPECT_FALSE(dialog.matches_request(other_from));
}

TEST(DialogRfc2543, WithAPeerWithoutTagsSendsNoTagAndKnowsItsRequests) {
    Dialog dialog = caller(response(200, ""));
    EXPECT_EQ(dialog.remote_tag(), "");
    EXPECT_EQ(*dialog.make_request(Method::bye).first(HeaderId::to), "<sip:bob@example.org>");
    auto bye = from_bob("BYE", 1);
    bye.set(HeaderId::from, "<sip:bob@example.org>");
    EXPECT_TRUE(dialog.matches_request(bye));
    EXPECT_FALSE(dialog.matches_request(from_bob("BYE", 1)));
}

TEST(DialogRfc2543, TakesTheTagOfThe2xxIfTheProvisionalHadNone) {
    Dialog dialog = caller(response(180, ""));
    dialog.confirm(response(200, ";tag=b1"));
    EXPECT_EQ(dialog.remote_tag(), "b1");
    EXPECT_EQ(*dialog.make_request(Method::bye).first(HeaderId::to), "<sip:bob@example.org>;tag=b1");
}

TEST(DialogRfc2543, WithoutContactsSendsWhereItCan) {
    EXPECT_EQ(caller(response(200, ";tag=b1", "")).remote_target().to_string(), "sip:bob@example.org");
    EXPECT_EQ(Dialog::as_callee(invite(""), "t").value().remote_target().to_string(), "sip:alice@example.org");
}

}  // namespace
}  // namespace sip
