// Any bytes as SRTP: nothing is authentic, nothing is remembered, and the view stays inside the buffer. Then the bytes
// are protected as RTP, which only what looks like it survives, and come back as they were.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "media/srtp/receiver.hpp"

namespace {

using namespace media;

#define REQUIRE(condition) \
    if (!(condition)) { std::abort(); }

constexpr base::Instant start = base::Instant{} + std::chrono::hours{1};

SrtpKey key_of(SrtpSuite suite, std::uint64_t seed) {
    base::SeededRandom random{seed};
    return SrtpKey::make(suite, random);
}

void check_forgery(SrtpSuite suite, std::span<const std::byte> datagram) {
    SrtpReceiver receiver;
    REQUIRE(receiver.set_key(start, key_of(suite, 1)) && receiver.set_key(start, key_of(suite, 2)));
    std::vector<std::byte> storage(datagram.begin(), datagram.end());
    std::size_t size = storage.size();
    REQUIRE(receiver.unprotect_rtp(start, storage, size) != SrtpDrop::none && size == storage.size());
    REQUIRE(receiver.unprotect_rtcp(start, storage, size) != SrtpDrop::none && size == storage.size());
    REQUIRE(!receiver.is_proven());
}

void check_loop(SrtpSuite suite, std::span<const std::byte> datagram, bool as_rtcp) {
    auto out = SrtpSession::make(SrtpSession::Direction::outbound, key_of(suite, 3));
    auto in = SrtpSession::make(SrtpSession::Direction::inbound, key_of(suite, 3));
    REQUIRE(out && in);
    std::vector<std::byte> storage(datagram.begin(), datagram.end());
    std::size_t size = storage.size();
    storage.resize(size + SrtpSession::max_trailer_size);
    const SrtpDrop sent = as_rtcp ? out->protect_rtcp(storage, size) : out->protect_rtp(storage, size);
    if (sent != SrtpDrop::none) { return; }
    REQUIRE(size > datagram.size() && size <= storage.size());
    const SrtpDrop got = as_rtcp ? in->unprotect_rtcp(storage, size) : in->unprotect_rtp(storage, size);
    REQUIRE(got == SrtpDrop::none && std::ranges::equal(std::span{storage}.first(size), datagram));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) { return 0; }
    const std::span datagram{reinterpret_cast<const std::byte*>(data) + 1, size - 1};
    const SrtpSuite suite = all_srtp_suites[data[0] % all_srtp_suites.size()];
    check_forgery(suite, datagram);
    check_loop(suite, datagram, (data[0] & 0x80U) != 0);
    return 0;
}
