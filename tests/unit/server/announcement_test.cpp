// What is said at start of our addresses, and when it warns.
#include "server/announcement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace server {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

base::IpAddress ip(const char* text) { return *base::IpAddress::parse(text); }
Interface loopback() { return {"lo", ip("127.0.0.1"), false}; }
Interface ethernet() { return {"eth0", ip("198.51.100.7"), false}; }
Interface bridged() { return {"eth0", ip("172.17.0.2"), true}; }
std::vector<Listener> on(const char* address) { return {{sip::Transport::udp, {ip(address), 5060}}}; }

std::vector<std::string> texts(const std::vector<StartLine>& lines) {
    std::vector<std::string> all;
    for (const StartLine& line : lines) {
        std::string text = line.warning ? "warn " + line.event : line.event;
        for (const auto& [name, value] : line.fields) { text += ' ' + name + '=' + value; }
        all.push_back(text);
    }
    return all;
}

std::vector<std::string> warnings(const config::Config& config, const char* listened, const Machine& machine) {
    std::vector<std::string> all = texts(announcement(config, on(listened), machine));
    std::erase_if(all, [](const std::string& text) { return !text.starts_with("warn "); });
    return all;
}

TEST(Announcement, SaysWhatIsConfigured) {
    config::Config config;
    config.sip.advertise = "sip.example.com";
    config.media.advertise = "203.0.113.10";
    const auto lines = texts(announcement(config, on("0.0.0.0"), {{loopback(), ethernet()}, false}));
    EXPECT_THAT(lines, Contains("announcing in=sip listener=0.0.0.0 address=sip.example.com why=sip.advertise"));
    EXPECT_THAT(lines, Contains("announcing in=media listener=0.0.0.0 address=203.0.113.10 why=media.advertise"));
}

TEST(Announcement, LeavesAnAdvertisedAddressToItsFamily) {
    config::Config config;
    config.sip.advertise = "203.0.113.10";
    const auto lines = texts(announcement(config, on("2001:db8::1"), {}));
    EXPECT_THAT(lines, Contains(HasSubstr("in=sip listener=2001:db8::1 address=2001:db8::1 ")));
}

TEST(Announcement, NamesTheAddressesAmongWhichTheRouteDecides) {
    const Machine machine{{loopback(), ethernet(), {"eth1", ip("10.0.0.7"), false}, {"eth0", ip("2001:db8::7"), false}},
                          false};
    EXPECT_THAT(texts(announcement({}, on("0.0.0.0"), machine)),
                Contains("announcing in=sip listener=0.0.0.0 address=198.51.100.7 (eth0), 10.0.0.7 (eth1) "
                         "why=the one of these that routes to the peer"));
}

TEST(Announcement, SaysEachAddressOnce) {
    auto twice = on("198.51.100.7");
    twice.push_back({sip::Transport::tcp, {ip("198.51.100.7"), 5060}});
    const auto lines = texts(announcement({}, twice, {{ethernet()}, false}));
    EXPECT_THAT(lines,
                ElementsAre(HasSubstr("in=sip"), HasSubstr("address=198.51.100.7 why=the address that is listened on"),
                            HasSubstr("media.ports")));
}

TEST(Announcement, SaysOfMediaItsOwnAddress) {
    config::Config config;
    config.media.listen = {ip("2001:db8::9"), ip("198.51.100.9")};
    EXPECT_THAT(texts(announcement(config, on("198.51.100.7"), {})),
                Contains(HasSubstr("in=media listener=198.51.100.7 address=198.51.100.9 why=media.listen")));
}

TEST(Announcement, CountsPortsAndTheCallsThatTheyAreEnoughFor) {
    config::Config config;
    const auto ports_of = [&](std::uint16_t first, std::uint16_t last) {
        config.media.ports = {first, last};
        return texts(announcement(config, on("127.0.0.1"), {})).back();
    };
    EXPECT_THAT(ports_of(20000, 29999), HasSubstr("ports=20000-29999 pairs=5000 calls=2500 "));
    EXPECT_THAT(ports_of(20001, 20006), HasSubstr(" pairs=2 calls=1 "));
    EXPECT_THAT(ports_of(20001, 20002), HasSubstr(" pairs=0 calls=0 "));
    EXPECT_THAT(ports_of(65534, 65535), HasSubstr(" pairs=1 calls=0 "));
}

TEST(Announcement, WarnsOfAPrivateAddressOfAContainersBridge) {
    const Machine container{{loopback(), bridged()}, true};
    EXPECT_THAT(warnings({}, "0.0.0.0", container),
                ElementsAre(HasSubstr("set sip.advertise and media.advertise to an address")));
    config::Config config;
    config.sip.advertise = "203.0.113.10";
    EXPECT_THAT(warnings(config, "172.17.0.2", container), ElementsAre(HasSubstr("set media.advertise to")));
    config.media.advertise = "203.0.113.10";
    EXPECT_THAT(warnings(config, "0.0.0.0", container), IsEmpty());
    config.sip.advertise.clear();
    EXPECT_THAT(warnings(config, "0.0.0.0", container), ElementsAre(HasSubstr("set sip.advertise to")));
}

TEST(Announcement, WarnsOfNothingWhereNoBridgeIsBetween) {
    EXPECT_THAT(warnings({}, "0.0.0.0", {{loopback(), bridged()}, false}), IsEmpty());  // a namespace, no container
    EXPECT_THAT(warnings({}, "0.0.0.0", {{loopback(), ethernet()}, true}), IsEmpty());  // the host's network
    const Interface docker0{"docker0", ip("172.17.0.1"), false};
    EXPECT_THAT(warnings({}, "0.0.0.0", {{loopback(), ethernet(), docker0}, true}), IsEmpty());
    const Interface routed{"eth0", ip("203.0.113.7"), true};
    EXPECT_THAT(warnings({}, "0.0.0.0", {{loopback(), routed}, true}), IsEmpty());
}

TEST(Announcement, KnowsPrivateAddressesByTheirEdges) {
    const auto warned = [](const char* address) {
        return !warnings({}, address, {{{"eth0", ip(address), true}}, true}).empty();
    };
    for (const char* address : {"10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.1", "100.127.255.255"}) {
        EXPECT_TRUE(warned(address)) << address;
    }
    for (const char* address : {"11.0.0.0", "172.15.255.255", "172.32.0.0", "192.169.0.0", "100.128.0.0"}) {
        EXPECT_FALSE(warned(address)) << address;
    }
}

TEST(Announcement, WarnsOfAContainerThatListensOnItsLoopbackOnly) {
    EXPECT_THAT(warnings({}, "127.0.0.1", {{loopback(), bridged()}, true}),
                ElementsAre(HasSubstr("container.loopback_only problem=nobody outside of this container reaches it")));
    EXPECT_THAT(warnings({}, "127.0.0.1", {{loopback(), ethernet()}, true}), IsEmpty());
}

}  // namespace
}  // namespace server
