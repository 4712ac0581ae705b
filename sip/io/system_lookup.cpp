#include "sip/io/system_lookup.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <cstring>
#include <memory>

#include "sip/io/socket_address.hpp"

namespace sip {

namespace {

base::IpAddress address_of(const addrinfo& entry) {
    sockaddr_storage address{};
    std::memcpy(&address, entry.ai_addr, entry.ai_addrlen);
    return from_kernel(address).address;
}

LookupResult pick(const addrinfo* entries) {
    const addrinfo* six = nullptr;
    for (const addrinfo* entry = entries; entry != nullptr; entry = entry->ai_next) {
        if (entry->ai_family == AF_INET) { return {LookupResult::Kind::found, address_of(*entry)}; }
        if (entry->ai_family == AF_INET6 && six == nullptr) { six = entry; }
    }
    if (six == nullptr) { return {LookupResult::Kind::no_such_name, {}}; }
    return {LookupResult::Kind::found, address_of(*six)};
}

}  // namespace

LookupResult system_lookup(const std::string& host) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;  // each address once; which kind does not matter
    addrinfo* entries = nullptr;
    const int error = getaddrinfo(host.c_str(), nullptr, &hints, &entries);
    if (error == EAI_NONAME || error == EAI_NODATA) { return {LookupResult::Kind::no_such_name, {}}; }
    if (error != 0) { return {}; }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner{entries, &freeaddrinfo};
    return pick(entries);
}

}  // namespace sip
