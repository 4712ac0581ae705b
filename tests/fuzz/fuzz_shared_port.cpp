// Any bytes as datagrams to the port that browsers share, of a source that has passed a check and of a stranger:
// nothing is taken for a line without a key, and whoever is not known gets nothing. And any bytes as header extensions
// of RTP: what is found lies inside the packet. Each datagram has its length before it.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "media/bundle/shared_port.hpp"
#include "media/rtp/header_extension.hpp"

namespace {

using namespace media;

#define REQUIRE(condition) \
    if (!(condition)) { std::abort(); }

constexpr base::Instant start = base::Instant{} + std::chrono::hours{1};
const IceCredentials ours{"abcd", "0123456789012345678901"};
const base::Endpoint known = *base::Endpoint::parse("192.0.2.1:4000");
const base::Endpoint stranger = *base::Endpoint::parse("203.0.113.6:666");

struct Sink final : PortSink {
    void send(const TransportAddress& to, std::span<const std::byte> bytes) noexcept override {
        REQUIRE(!bytes.empty() && bytes.size() <= max_stun_message);
        sent_to_stranger += to.endpoint == stranger ? bytes.size() : 0;
    }
    std::size_t sent_to_stranger = 0;
};

std::vector<std::byte> check() {
    StunWriter request{StunClass::request, {}};
    request.text(StunAttribute::username, "abcd:peer").number(StunAttribute::priority, std::uint32_t{1});
    request.flag(StunAttribute::use_candidate).integrity(ours.pwd).fingerprint();
    return {request.bytes().begin(), request.bytes().end()};
}

void check_extensions(std::span<const std::byte> datagram) {
    const auto view = parse_rtp(datagram);
    if (!view) { return; }
    const std::byte* const end = datagram.data() + datagram.size();
    for (unsigned id = 0; id < 256; ++id) {
        const auto data = find_extension(datagram, *view, static_cast<std::uint8_t>(id));
        if (data) { REQUIRE(id != 0 && data->data() >= datagram.data() && data->data() + data->size() <= end); }
    }
}

void route(LineTable& lines, std::span<const std::byte> datagram) {
    const auto view = parse_rtp(datagram);
    if (!view) { return; }
    const LineTable::Route route = lines.route(datagram, *view);
    REQUIRE(route.drop != Drop::none || route.line.session);
}

LineTable two_lines() {
    LineTable lines;
    for (const std::uint8_t number : {std::uint8_t{0}, std::uint8_t{1}}) {
        const LineId id{SessionId{std::uint64_t{1} + number}, Side::a};
        LegDescription description;
        description.bundled = BundledLine{std::to_string(number), 4};
        description.receive_formats = {{Codec::relayed, static_cast<std::uint8_t>(96 + number)}};
        lines.add(id);
        lines.describe(id, description);
    }
    return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Certificate certificate{std::chrono::system_clock::time_point{std::chrono::hours{480000}}};
    static const DtlsContext context{certificate};
    Sink sink;
    SharedPort port{&context, sink};
    std::string why;
    REQUIRE(port.open(TransportId{1}, ours, why) && port.attach(start, TransportId{1}, {SessionId{1}, Side::a}));
    port.describe(start, TransportId{1}, {ours, "peer", {1, DtlsRole::server, {certificate.fingerprint()}}});
    auto first = check();
    REQUIRE(port.on_datagram(start, known, first).drop == Drop::none);
    LineTable lines = two_lines();

    std::span input{reinterpret_cast<const std::byte*>(data), size};
    while (input.size() > 1) {
        const std::size_t wanted = std::to_integer<std::size_t>(input[0]) << 3;
        const auto datagram = input.subspan(1, std::min(wanted, input.size() - 1));
        input = input.subspan(1 + datagram.size());
        check_extensions(datagram);
        route(lines, datagram);
        for (const base::Endpoint& source : {known, stranger}) {
            std::vector<std::byte> bytes(datagram.begin(), datagram.end());
            sink.sent_to_stranger = 0;
            const auto arrival = port.on_datagram(start, source, bytes);
            REQUIRE(arrival.lines.empty());
            REQUIRE(sink.sent_to_stranger <= datagram.size());
        }
    }
    REQUIRE(port.target(TransportId{1}) == std::nullopt);
    return 0;
}
