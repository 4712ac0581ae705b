#include "server/machine.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <array>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace server {

namespace {

std::optional<base::IpAddress> address_of(const sockaddr* address) {
    if (!address) { return std::nullopt; }
    if (address->sa_family == AF_INET) {
        std::array<std::uint8_t, 4> octets{};
        std::memcpy(octets.data(), &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, octets.size());
        return base::IpAddress::v4(octets);
    }
    if (address->sa_family != AF_INET6) { return std::nullopt; }
    std::array<std::uint8_t, 16> octets{};
    std::memcpy(octets.data(), &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, octets.size());
    // Link-local addresses are of no use without their zone.
    if (octets[0] == 0xfe && (octets[1] & 0xc0) == 0x80) { return std::nullopt; }
    return base::IpAddress::v6(octets);
}

bool contains(const std::filesystem::path& file, std::initializer_list<std::string_view> words) {
    std::ifstream in{file};
    for (std::string line; std::getline(in, line);) {
        for (const std::string_view word : words) {
            if (line.find(word) != line.npos) { return true; }
        }
    }
    return false;
}

// A veth's link is its other end, by a number that is that end's, not its own; what else is linked to another device
// (VLAN, macvlan) says its type.
bool is_veth_of_another(const std::string& interface) {
    const std::filesystem::path folder = "/sys/class/net/" + interface;
    int own = 0;
    int link = 0;
    std::ifstream{folder / "ifindex"} >> own;
    std::ifstream{folder / "iflink"} >> link;
    return own != 0 && link != 0 && own != link && !contains(folder / "uevent", {"DEVTYPE="});
}

}  // namespace

bool in_container(const std::filesystem::path& root) {
    std::error_code ignored;
    return std::filesystem::exists(root / ".dockerenv", ignored) ||
           std::filesystem::exists(root / "run/.containerenv", ignored) ||
           contains(root / "proc/1/cgroup", {"docker", "kubepods", "containerd", "libpod"});
}

Machine this_machine() {
    Machine machine{{}, in_container("/")};
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) { return machine; }
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner{list, &freeifaddrs};
    for (const ifaddrs* entry = list; entry; entry = entry->ifa_next) {
        const auto address = address_of(entry->ifa_addr);
        if (!address || (entry->ifa_flags & IFF_UP) == 0) { continue; }
        machine.interfaces.push_back({entry->ifa_name, *address, is_veth_of_another(entry->ifa_name)});
    }
    return machine;
}

}  // namespace server
