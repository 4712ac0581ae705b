// A STUN message (RFC 8489 §5) as ICE uses it (RFC 8445 §7, §16.1): Binding alone, seen in place with every offset
// checked. Leaves out: long-term credentials, MESSAGE-INTEGRITY-SHA256 (RFC 8445 knows only SHA-1), RFC 3489.
//
//    |0 0|  type     |  length behind the header of 20, a multiple of 4 |
//    |  magic cookie 0x2112A442                                        |
//    |  transaction ID, 96 bits                                        |  then attributes: type, length, value, padding
#pragma once

#include <array>
#include <boost/container/static_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/ip.hpp"

namespace media {

enum class StunClass : std::uint8_t { request, indication, success, error };

enum class StunAttribute : std::uint16_t {
    username = 0x0006,
    message_integrity = 0x0008,
    error_code = 0x0009,
    unknown_attributes = 0x000a,
    xor_mapped_address = 0x0020,
    priority = 0x0024,
    use_candidate = 0x0025,
    fingerprint = 0x8028,
    ice_controlled = 0x8029,
    ice_controlling = 0x802a
};

inline constexpr std::size_t stun_header_size = 20;
inline constexpr std::size_t max_stun_message = 1280;
using StunTransactionId = std::array<std::byte, 12>;

class StunView {
public:
    static constexpr std::size_t max_attributes = 32;
    static constexpr std::size_t max_unknown = 8;
    using Unknown = boost::container::static_vector<std::uint16_t, max_unknown>;

    // Nullopt: no STUN of RFC 8489 (§6.3), not Binding, a length inside that does not fit, or beyond a limit. Where
    // there is a FINGERPRINT it is the last attribute and right (§14.7). What stands behind MESSAGE-INTEGRITY is not
    // seen, but for the FINGERPRINT (§14.5).
    static std::optional<StunView> parse(std::span<const std::byte> datagram) noexcept;

    StunClass message_class() const noexcept { return class_; }
    StunTransactionId transaction() const noexcept;
    bool has_fingerprint() const noexcept { return has_fingerprint_; }
    bool has_integrity() const noexcept { return integrity_at_ != 0; }
    // Of MESSAGE-INTEGRITY under this password (§9.1.2); compared in a time that does not depend on the content.
    bool is_authentic(std::string_view password) const noexcept;

    // Nullopt: it is not there, or not of its length.
    std::optional<std::string_view> username() const noexcept;
    std::optional<std::uint32_t> priority() const noexcept;
    std::optional<std::uint64_t> controlling() const noexcept;
    std::optional<std::uint64_t> controlled() const noexcept;
    std::optional<base::Endpoint> mapped_address() const noexcept;
    std::optional<int> error_code() const noexcept;
    bool wants_nomination() const noexcept { return find(StunAttribute::use_candidate).has_value(); }
    // Those below 0x8000 that we do not know: whoever sent them must be told (§6.3.1), of at most max_unknown.
    Unknown unknown_required() const noexcept;

private:
    struct Attribute {
        std::uint16_t type;
        std::uint16_t size;
        std::size_t offset;  // of the value
    };
    explicit StunView(std::span<const std::byte> bytes) : bytes_{bytes} {}
    bool read_attributes() noexcept;
    bool check_fingerprint(std::size_t at, std::size_t size) noexcept;
    std::optional<std::span<const std::byte>> find(StunAttribute type) const noexcept;

    std::span<const std::byte> bytes_;
    StunClass class_ = StunClass::request;
    boost::container::static_vector<Attribute, max_attributes> attributes_;
    std::size_t integrity_at_ = 0;  // of the attribute's own header; 0: there is none
    bool has_fingerprint_ = false;
};

// Writes one message into a buffer of its own. What does not fit makes it fail once and for all.
class StunWriter {
public:
    StunWriter(StunClass message_class, const StunTransactionId& transaction);

    StunWriter& text(StunAttribute type, std::string_view value) noexcept;
    StunWriter& number(StunAttribute type, std::uint32_t value) noexcept;
    StunWriter& number(StunAttribute type, std::uint64_t value) noexcept;
    StunWriter& flag(StunAttribute type) noexcept;
    StunWriter& mapped_address(const base::Endpoint& endpoint) noexcept;
    StunWriter& error(int code, std::string_view reason) noexcept;
    StunWriter& unknown(const StunView::Unknown& types) noexcept;
    // The last two, in this order (§14.5, §14.7).
    StunWriter& integrity(std::string_view password) noexcept;
    StunWriter& fingerprint() noexcept;

    // Empty: it did not fit.
    std::span<const std::byte> bytes() const noexcept;

private:
    std::span<std::byte> append(StunAttribute type, std::size_t size) noexcept;
    void write_length(std::size_t end) noexcept;

    std::array<std::byte, max_stun_message> buffer_{};
    std::size_t size_ = stun_header_size;
    bool fits_ = true;
};

}  // namespace media
