// Any bytes as datagrams of DTLS, to a server and to a client that waits for an answer: no keys come out of it, and
// what is sent stays within the MTU. Each datagram has its length before it.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "media/dtls/session.hpp"

namespace {

using namespace media;

#define REQUIRE(condition) \
    if (!(condition)) { std::abort(); }

constexpr base::Instant start = base::Instant{} + std::chrono::hours{1};

void check(const DtlsContext& context, DtlsRole role, std::span<const std::byte> input) {
    auto session = DtlsSession::make(start, context, role);
    REQUIRE(session);
    DtlsSession::Datagrams out;
    session->start(start, out);
    while (input.size() > 1) {
        const std::size_t wanted = std::to_integer<std::size_t>(input[0]) << 3;
        const auto datagram = input.subspan(1, std::min(wanted, input.size() - 1));
        input = input.subspan(1 + datagram.size());
        session->on_datagram(start, datagram, out);
    }
    REQUIRE(!session->keys() && session->state() != DtlsSession::State::connected);
    for (const auto& datagram : out) { REQUIRE(!datagram.empty() && datagram.size() <= DtlsSession::mtu); }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Certificate certificate{std::chrono::system_clock::time_point{std::chrono::hours{480000}}};
    static const DtlsContext context{certificate};
    const std::span input{reinterpret_cast<const std::byte*>(data), size};
    check(context, DtlsRole::server, input);
    check(context, DtlsRole::client, input);
    return 0;
}
