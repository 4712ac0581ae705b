// Packets as a file that Wireshark opens: pcapng (draft-ietf-opsawg-pcapng) with one interface whose packets begin with
// IP. Addresses and ports are those of the wire, everything else of the IP and UDP heads is made up, checksums are
// right. What came over a stream is shown as if it had been a datagram, so that each message is one packet and is
// dissected whatever its port, also where TLS was around it; a comment says what it really was. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ip.hpp"

namespace server::capture {

struct Datagram {
    std::chrono::microseconds at;  // since the epoch
    base::Endpoint source;
    base::Endpoint destination;
    bool outbound = false;
    std::string_view payload;  // what goes beyond a datagram is cut off
    std::string_view comment = {};
};

class Pcapng {
public:
    static constexpr const char* content_type = "application/x-pcapng";

    // `application`: who wrote it.
    explicit Pcapng(std::string_view application);

    void add(const Datagram& datagram);
    std::size_t size() const { return file_.size(); }
    std::string take() { return std::move(file_); }

private:
    std::string file_;
    std::uint16_t packets_ = 0;
};

}  // namespace server::capture
