#include "server/b2bua/addressing.hpp"

#include <gtest/gtest.h>

namespace server {
namespace {

sip::Flow flow(const char* local, const char* remote, sip::Transport transport = sip::Transport::udp) {
    return {transport, *base::Endpoint::parse(local), *base::Endpoint::parse(remote), 0};
}

OwnAddress shown(const config::Config& config, const sip::Flow& flow) {
    CoreSetup setup;
    setup.source_address = [](const base::IpAddress&) { return *base::IpAddress::parse("192.0.2.9"); };
    return own_address(flow, config, setup);
}

TEST(OwnAddress, IsTheListenersOrTheOneThatRoutesToThePeer) {
    const auto own = shown({}, flow("192.0.2.1:5060", "198.51.100.1:5060"));
    EXPECT_EQ(own.host, "192.0.2.1");
    EXPECT_EQ(own.sent_by, "192.0.2.1:5060");
    EXPECT_EQ(own.contact, "<sip:192.0.2.1:5060>");
    EXPECT_EQ(own.origin().to_string(), "192.0.2.1");
    EXPECT_EQ(shown({}, flow("0.0.0.0:5060", "198.51.100.1:5060")).sent_by, "192.0.2.9:5060");
    EXPECT_EQ(shown({}, flow("[2001:db8::1]:5060", "[2001:db8::2]:5060", sip::Transport::tcp)).contact,
              "<sip:[2001:db8::1]:5060;transport=tcp>");
}

TEST(OwnAddress, IsWhatIsAdvertised) {
    config::Config config;
    config.sip.advertise = "203.0.113.10";
    config.media.advertise = "203.0.113.11";
    const auto own = shown(config, flow("10.0.0.1:5060", "198.51.100.1:5060"));
    EXPECT_EQ(own.host, "203.0.113.10");
    EXPECT_EQ(own.contact, "<sip:203.0.113.10:5060>");
    EXPECT_EQ(own.media->to_string(), "203.0.113.11");
    EXPECT_EQ(own.origin().to_string(), "203.0.113.11");
    EXPECT_EQ(own.ip.to_string(), "10.0.0.1");
}

TEST(OwnAddress, OfTheOtherFamilyIsNotAdvertised) {
    config::Config config;
    config.sip.advertise = "203.0.113.10";
    config.media.advertise = "203.0.113.10";
    const auto own = shown(config, flow("[2001:db8::1]:5060", "[2001:db8::2]:5060"));
    EXPECT_EQ(own.host, "2001:db8::1");
    EXPECT_EQ(own.sent_by, "[2001:db8::1]:5060");
    EXPECT_FALSE(own.media);
    EXPECT_EQ(own.origin().to_string(), "2001:db8::1");
}

TEST(OwnAddress, MayBeANameForBothFamilies) {
    config::Config config;
    config.sip.advertise = "sbc.example.com";
    for (const char* const local : {"10.0.0.1:5060", "[2001:db8::1]:5060"}) {
        const auto own = shown(config, flow(local, local));
        EXPECT_EQ(own.sent_by, "sbc.example.com:5060");
        EXPECT_EQ(own.origin(), base::Endpoint::parse(local)->address);
    }
}

TEST(OwnAddress, UnderTlsSaysSoAndIsSipsWhereTheDialogIs) {
    CoreSetup setup;
    const auto secured = flow("192.0.2.1:5061", "198.51.100.1:5061", sip::Transport::tls);
    EXPECT_EQ(own_address(secured, {}, setup).contact, "<sip:192.0.2.1:5061;transport=tls>");
    EXPECT_EQ(own_address(secured, {}, setup, true).contact, "<sips:192.0.2.1:5061>");
    const auto plain = flow("192.0.2.1:5060", "198.51.100.1:5060");
    EXPECT_EQ(own_address(plain, {}, setup, true).contact, "<sip:192.0.2.1:5060>") << "it would be a lie";
}

// RFC 7118 §5.1 knows one name for both.
TEST(OwnAddress, OnAWebSocketIsNamedWs) {
    CoreSetup setup;
    const auto plain = flow("192.0.2.1:8080", "198.51.100.1:40000", sip::Transport::ws);
    const auto secure = flow("192.0.2.1:8443", "198.51.100.1:40000", sip::Transport::wss);
    EXPECT_EQ(own_address(plain, {}, setup).contact, "<sip:192.0.2.1:8080;transport=ws>");
    EXPECT_EQ(own_address(secure, {}, setup).contact, "<sip:192.0.2.1:8443;transport=ws>");
    EXPECT_EQ(own_address(secure, {}, setup, true).contact, "<sips:192.0.2.1:8443;transport=ws>");
}

bool owes_sips(const char* asked, const char* contact, const char* route = nullptr) {
    auto request = sip::Message::request(sip::Method::invite, asked);
    request.add(sip::HeaderId::contact, contact);
    if (route != nullptr) { request.add(sip::HeaderId::record_route, route); }
    return wants_sips(request);
}

TEST(WantsSips, WhereTheRequestOrItsFirstRouteOrItsContactIs) {
    EXPECT_TRUE(owes_sips("sips:x@y", "<sip:a@b>"));
    EXPECT_TRUE(owes_sips("sip:x@y", "<sips:a@b>"));
    EXPECT_TRUE(owes_sips("sip:x@y", "<sip:a@b>", "<sips:proxy;lr>"));
    EXPECT_FALSE(owes_sips("sip:x@y", "<sips:a@b>", "<sip:proxy;lr>"));
    EXPECT_FALSE(owes_sips("sip:x@y", "<sip:a@b>"));
}

std::optional<sip::Transport> asked_by(const char* uri) {
    return transport_of(*sip::Uri::parse(uri), sip::Transport::udp);
}

TEST(TransportOf, IsWhatTheUriSaysAndTlsForSips) {
    EXPECT_EQ(asked_by("sip:a@b"), sip::Transport::udp);
    EXPECT_EQ(asked_by("sip:a@b;transport=TLS"), sip::Transport::tls);
    EXPECT_EQ(asked_by("sips:a@b"), sip::Transport::tls);
    EXPECT_EQ(asked_by("sips:a@b;transport=tcp"), sip::Transport::tls);
    EXPECT_EQ(asked_by("sips:a@b;transport=udp"), std::nullopt);
    EXPECT_EQ(asked_by("sips:a@b;transport=ws"), sip::Transport::wss);
    EXPECT_EQ(asked_by("sip:a@b;transport=sctp"), std::nullopt);
}

// Listens where it says; packets to 10.0.0.1 leave from there, all others from 192.0.2.9.
CoreSetup listening(std::vector<Listener> listeners) {
    CoreSetup setup;
    setup.listeners = std::move(listeners);
    setup.source_address = [](const base::IpAddress& remote) {
        return *base::IpAddress::parse(remote.to_string() == "10.0.0.1" ? "10.0.0.1" : "192.0.2.9");
    };
    return setup;
}

Listener listener(const char* at, sip::Transport transport = sip::Transport::udp) {
    return {transport, *base::Endpoint::parse(at)};
}

TEST(Loop, GoesFromAListenerToItself) {
    const auto tcp = listener("192.0.2.9:5060", sip::Transport::tcp);
    const auto over_udp = loop_flow(listening({tcp, listener("192.0.2.9:5062")}));
    EXPECT_EQ(over_udp->transport, sip::Transport::udp);
    EXPECT_EQ(over_udp->local.to_string(), "192.0.2.9:5062");
    EXPECT_EQ(over_udp->remote, over_udp->local);
    EXPECT_EQ(loop_flow(listening({tcp}))->transport, sip::Transport::tcp);
    const auto browsers = listener("192.0.2.9:8080", sip::Transport::ws);
    EXPECT_EQ(loop_flow(listening({browsers, tcp}))->transport, sip::Transport::tcp);
    EXPECT_FALSE(loop_flow(listening({browsers})));
    EXPECT_EQ(loop_flow(listening({listener("0.0.0.0:5060")}))->remote.to_string(), "127.0.0.1:5060");
    EXPECT_EQ(loop_flow(listening({listener("[::]:5060")}))->remote.to_string(), "[::1]:5060");
    EXPECT_FALSE(loop_flow(listening({})));
}

TEST(FlowTo, NamesWhomToFindThereUnderTlsOnly) {
    const auto tls = sip::Transport::tls;
    const auto setup = listening({listener("192.0.2.9:5060"), listener("192.0.2.9:5061", tls)});
    const auto remote = *base::Endpoint::parse("198.51.100.1:5061");
    const auto uri = *sip::Uri::parse("sip:49@SBC.example.com.;transport=tls");
    const auto secured = flow_to(uri, tls, remote, setup);
    EXPECT_EQ(secured->domain, "sbc.example.com");
    EXPECT_EQ(secured->local.port, 5061);
    EXPECT_EQ(flow_to(uri, sip::Transport::udp, remote, setup)->domain, "");
    EXPECT_FALSE(flow_to(uri, sip::Transport::tcp, remote, setup));
}

TEST(Loop, IsShownTheAddressItselfAndNoneThatIsAnnounced) {
    const auto setup = listening({listener("192.0.2.9:5060")});
    EXPECT_EQ(loop_address(*loop_flow(setup), setup).contact, "<sip:192.0.2.9:5060>");
}

TEST(OwnSource, IsTheAddressAndPortOfAListener) {
    const auto setup = listening(
        {listener("192.0.2.9:5060"), listener("0.0.0.0:5070"), listener("192.0.2.9:5060", sip::Transport::tcp)});
    EXPECT_TRUE(is_own_source(flow("192.0.2.9:5060", "192.0.2.9:5060"), setup));
    EXPECT_TRUE(is_own_source(flow("0.0.0.0:5070", "10.0.0.1:5070"), setup));
    EXPECT_FALSE(is_own_source(flow("192.0.2.9:5060", "192.0.2.9:5061"), setup));
    EXPECT_FALSE(is_own_source(flow("192.0.2.9:5060", "198.51.100.1:5060"), setup));
    EXPECT_FALSE(is_own_source(flow("0.0.0.0:5070", "198.51.100.1:5070"), setup));
    const auto tcp = sip::Transport::tcp;
    EXPECT_TRUE(is_own_source(flow("192.0.2.9:5060", "192.0.2.9:40000", tcp), setup)) << "a stream has any port";
    EXPECT_FALSE(is_own_source(flow("192.0.2.9:5060", "198.51.100.1:5060", tcp), setup));
}

TEST(NamesUs, AreListenersTheAnnouncedHostAndTheDomains) {
    config::Config config;
    config.sip.advertise = "203.0.113.10";
    config.sip.domains = {"pbx.example.com"};
    const auto setup = listening({listener("192.0.2.9:5060"), listener("0.0.0.0:5070")});
    const auto ours = [&](const char* uri) { return names_us(*sip::Uri::parse(uri), "198.51.100.9", config, setup); };
    for (const char* uri : {"sip:192.0.2.9", "sip:x@192.0.2.9:5060", "sip:10.0.0.1:5070", "sip:203.0.113.10:5060",
                            "sip:198.51.100.9:5060", "sip:PBX.Example.com", "sip:x@pbx.example.com:5070"}) {
        EXPECT_TRUE(ours(uri)) << uri;
    }
    for (const char* uri : {"sip:198.51.100.1", "sip:192.0.2.9:5099", "sip:10.0.0.1:5060", "sip:203.0.113.10:5099",
                            "sip:example.com", "sip:pbx.example.com:5099"}) {
        EXPECT_FALSE(ours(uri)) << uri;
    }
}

}  // namespace
}  // namespace server
