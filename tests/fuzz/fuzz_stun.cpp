// Any bytes as STUN: the view stays inside them, an agent that is asked with them by a stranger neither believes nor
// answers at length, and what we write is read back. The first byte chooses which attribute of an authentic check the
// rest is.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "media/ice/lite_agent.hpp"

namespace {

using namespace media;

#define REQUIRE(condition) \
    if (!(condition)) { std::abort(); }

constexpr base::Instant start = base::Instant{} + std::chrono::hours{1};
const base::Endpoint source{base::IpAddress::v4({192, 0, 2, 1}), 4000};

void check_view(std::span<const std::byte> datagram) {
    const auto view = StunView::parse(datagram);
    if (!view) { return; }
    REQUIRE(datagram.size() % 4 == 0 && datagram.size() <= max_stun_message);
    const auto username = view->username();
    REQUIRE(!username || username->size() <= datagram.size());
    view->priority();
    view->controlling();
    view->controlled();
    view->unknown_required();
    const auto code = view->error_code();
    REQUIRE(!code || (*code >= 300 && *code < 700));
    const auto mapped = view->mapped_address();
    if (!mapped) { return; }
    StunWriter writer{StunClass::success, view->transaction()};
    writer.mapped_address(*mapped).integrity("pw").fingerprint();
    const auto again = StunView::parse(writer.bytes());
    REQUIRE(again && again->mapped_address() == mapped && again->is_authentic("pw"));
}

void check_stranger(std::span<const std::byte> datagram) {
    IceLiteAgent agent{{"ours", "a-password-that-is-a-secret"}};
    const IceOutcome outcome = agent.on_datagram(start, source, datagram);
    REQUIRE(outcome.result != IceResult::answered && !agent.selected() && !agent.is_known(source));
    REQUIRE(!outcome.reply || outcome.reply->bytes().size() <= datagram.size());
}

// The same bytes as the value of attributes of a check that is authentic.
void check_peer(std::span<const std::byte> datagram, std::uint8_t type) {
    if (static_cast<StunAttribute>(type) == StunAttribute::message_integrity) { return; }  // the first one counts
    IceLiteAgent agent{{"ours", "pw"}};
    StunWriter writer{StunClass::request, {}};
    const std::string_view text{reinterpret_cast<const char*>(datagram.data()), datagram.size()};
    writer.text(StunAttribute::username, "ours:theirs").number(StunAttribute::priority, std::uint32_t{1});
    writer.text(static_cast<StunAttribute>(type), text).integrity("pw").fingerprint();
    if (writer.bytes().empty()) { return; }
    const IceOutcome outcome = agent.on_datagram(start, source, writer.bytes());
    REQUIRE(outcome.reply && StunView::parse(outcome.reply->bytes()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span datagram{reinterpret_cast<const std::byte*>(data), size};
    check_view(datagram);
    check_stranger(datagram);
    if (size != 0) { check_peer(datagram.subspan(1), data[0]); }
    return 0;
}
