// The way of the next request in a dialog.
#include <gtest/gtest.h>

#include "server/b2bua/leg.hpp"

namespace server {
namespace {

using sip::Transport;

base::Endpoint at(const char* text) { return *base::Endpoint::parse(text); }

sip::Dialog dialog_with(std::string_view contact) {
    auto invite = sip::Message::request(sip::Method::invite, "sip:us@192.0.2.9");
    invite.add(sip::HeaderId::from, "<sip:a@b>;tag=1");
    invite.add(sip::HeaderId::to, "<sip:us@192.0.2.9>");
    invite.add(sip::HeaderId::call_id, "c");
    invite.add(sip::HeaderId::cseq, "1 INVITE");
    invite.add(sip::HeaderId::contact, contact);
    return *sip::Dialog::as_callee(invite, "2");
}

CoreSetup listening() {
    CoreSetup setup;
    setup.listeners = {{Transport::udp, at("192.0.2.9:5060")}, {Transport::tls, at("192.0.2.9:5061")}};
    return setup;
}

sip::Flow secured(const char* domain) {
    return {Transport::tls, at("192.0.2.9:5061"), at("198.51.100.1:40000"), 7, domain};
}

TEST(NextFlow, UnderTlsLeadsToWhomItLedAtTheStart) {
    const auto dialog = dialog_with("<sip:a@198.51.100.2:5071;transport=tls>");
    const auto next = next_flow(dialog, secured("sbc.example.com"), listening());
    EXPECT_EQ(next.remote, at("198.51.100.2:5071"));
    EXPECT_EQ(next.connection, 7U);
    EXPECT_EQ(next.domain, "sbc.example.com");
}

TEST(NextFlow, ToWhoConnectedToUsIsToBeOfItsContact) {
    const auto next = next_flow(dialog_with("<sips:a@198.51.100.2>"), secured(""), listening());
    EXPECT_EQ(next.transport, Transport::tls);
    EXPECT_EQ(next.remote, at("198.51.100.2:5061"));
    EXPECT_EQ(next.domain, "198.51.100.2");
}

TEST(NextFlow, InTheClearHasNoDomainAndNoConnectionOfTls) {
    const auto next = next_flow(dialog_with("<sip:a@198.51.100.2;transport=udp>"), secured("x.example"), listening());
    EXPECT_EQ(next.transport, Transport::udp);
    EXPECT_EQ(next.connection, 0U);
    EXPECT_EQ(next.domain, "");
}

TEST(NextFlow, StaysAsItIsWhereTheContactIsANameOrOfAnUnknownTransport) {
    const auto last = secured("sbc.example.com");
    EXPECT_EQ(next_flow(dialog_with("<sip:a@phone.example.com>"), last, listening()), last);
    EXPECT_EQ(next_flow(dialog_with("<sip:a@198.51.100.2;transport=tcp>"), last, listening()), last);
}

TEST(NextFlow, ToABrowserIsItsWebSocketWhateverItsContactSays) {
    sip::Flow last{Transport::wss, at("192.0.2.9:8443"), at("198.51.100.1:40000"), 9};
    for (const char* contact : {"<sip:a@k7qf.invalid;transport=ws>", "<sip:a@198.51.100.1:5060;transport=udp>"}) {
        EXPECT_EQ(next_flow(dialog_with(contact), last, listening()), last) << contact;
    }
}

}  // namespace
}  // namespace server
