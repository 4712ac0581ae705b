#include "sip/dialog/transfer.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "sip/message/sipfrag.hpp"

namespace sip {
namespace {

std::string active_for(base::Duration left) {
    const auto seconds = std::max(std::chrono::ceil<std::chrono::seconds>(left), std::chrono::seconds{1});
    return "active;expires=" + std::to_string(seconds.count());
}

}  // namespace

bool wants_notifications(const Message& refer) {
    const auto value = refer.first(HeaderId::refer_sub).value_or(std::string_view{});
    return !base::iequals(base::trim(value.substr(0, value.find(';'))), "false");
}

TransferNotifier::TransferNotifier(base::Instant now, std::uint32_t refer_cseq, bool first, base::Duration life)
    : event_{first ? "refer" : "refer;id=" + std::to_string(refer_cseq)},
      expires_at_{now + life},
      body_{write_sipfrag(100)} {}

std::optional<TransferNotice> TransferNotifier::on_status(base::Instant now, int status, std::string_view reason) {
    if (is_over_ || status < 100 || status > 699) { return std::nullopt; }
    if (status >= 200) {
        is_over_ = true;
        body_ = write_sipfrag(status, reason);
        return notice("terminated;reason=noresource");
    }
    const auto index = static_cast<std::size_t>(status - 100);
    if (told_.test(index)) { return std::nullopt; }
    told_.set(index);
    body_ = write_sipfrag(status, reason);
    return notice(active_for(expires_at_ - now));
}

TransferNotice TransferNotifier::notice(std::string subscription_state) const {
    return {event_, std::move(subscription_state), body_};
}

}  // namespace sip
