#include "media/ice/stun.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "base/bytes.hpp"

namespace media {
namespace {

constexpr std::uint32_t magic_cookie = 0x2112a442;
constexpr std::size_t attribute_header_size = 4;
constexpr std::size_t integrity_size = 20;
constexpr std::size_t fingerprint_size = 4;
constexpr std::uint32_t fingerprint_mask = 0x5354554e;  // "STUN"
constexpr std::uint16_t comprehension_optional = 0x8000;
constexpr std::array known_required{StunAttribute::username,           StunAttribute::message_integrity,
                                    StunAttribute::error_code,         StunAttribute::unknown_attributes,
                                    StunAttribute::xor_mapped_address, StunAttribute::priority,
                                    StunAttribute::use_candidate};

constexpr std::size_t padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

// Message types of Binding; the class is in bits 4 and 8 (RFC 8489 §5).
constexpr std::array<std::uint16_t, 4> binding_types{0x0001, 0x0011, 0x0101, 0x0111};

constexpr std::array<std::uint32_t, 256> make_crc_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) { value = (value & 1U) != 0 ? value >> 1 ^ 0xedb88320U : value >> 1; }
        table[i] = value;
    }
    return table;
}

// CRC-32 of ITU-T V.42 (RFC 8489 §14.7).
std::uint32_t crc32(std::span<const std::byte> bytes) {
    static constexpr auto table = make_crc_table();
    std::uint32_t crc = 0xffffffffU;
    for (const std::byte byte : bytes) { crc = crc >> 8 ^ table[(crc ^ std::to_integer<std::uint32_t>(byte)) & 0xffU]; }
    return ~crc;
}

using Mac = std::array<unsigned char, integrity_size>;

// HMAC-SHA1 of the message up to MESSAGE-INTEGRITY, with a length as if it ended behind it (RFC 8489 §14.5).
std::optional<Mac> integrity_of(std::span<const std::byte> before, std::string_view password) {
    std::array<std::byte, max_stun_message> copy;
    if (before.size() > copy.size()) { return std::nullopt; }
    std::ranges::copy(before, copy.begin());
    const std::size_t end = before.size() + attribute_header_size + integrity_size;
    base::write_u16(copy, 2, static_cast<std::uint16_t>(end - stun_header_size));
    Mac mac;
    unsigned size = 0;
    const auto* const message = reinterpret_cast<const unsigned char*>(copy.data());
    const bool done = HMAC(EVP_sha1(), password.data(), static_cast<int>(password.size()), message, before.size(),
                           mac.data(), &size) != nullptr;
    return done && size == mac.size() ? std::optional{mac} : std::nullopt;
}

std::uint64_t read_u64(std::span<const std::byte> bytes) {
    return std::uint64_t{base::read_u32(bytes, 0)} << 32 | base::read_u32(bytes, 4);
}

// The cookie and the transaction ID, with which addresses are masked (RFC 8489 §14.2).
std::span<const std::byte> mask_of(std::span<const std::byte> message) { return message.subspan(4, 16); }

constexpr std::uint8_t family_v4 = 1;
constexpr std::uint8_t family_v6 = 2;

}  // namespace

std::optional<StunView> StunView::parse(std::span<const std::byte> datagram) noexcept {
    if (datagram.size() < stun_header_size || datagram.size() > max_stun_message) { return std::nullopt; }
    const auto type = std::ranges::find(binding_types, base::read_u16(datagram, 0));
    if (type == binding_types.end() || base::read_u32(datagram, 4) != magic_cookie) { return std::nullopt; }
    const std::size_t length = base::read_u16(datagram, 2);
    if (length % 4 != 0 || length + stun_header_size != datagram.size()) { return std::nullopt; }
    StunView view{datagram};
    view.class_ = static_cast<StunClass>(type - binding_types.begin());
    if (!view.read_attributes()) { return std::nullopt; }
    return view;
}

bool StunView::read_attributes() noexcept {
    for (std::size_t at = stun_header_size; at < bytes_.size();) {
        if (has_fingerprint_ || bytes_.size() - at < attribute_header_size) { return false; }
        const std::uint16_t type = base::read_u16(bytes_, at);
        const std::uint16_t size = base::read_u16(bytes_, at + 2);
        const std::size_t value = at + attribute_header_size;
        if (padded(size) > bytes_.size() - value) { return false; }
        if (type == static_cast<std::uint16_t>(StunAttribute::fingerprint)) {
            if (!check_fingerprint(at, size)) { return false; }
        } else if (!has_integrity()) {
            if (attributes_.size() == max_attributes) { return false; }
            attributes_.push_back(Attribute{type, size, value});
            if (type == static_cast<std::uint16_t>(StunAttribute::message_integrity)) {
                if (size != integrity_size) { return false; }
                integrity_at_ = at;
            }
        }
        at = value + padded(size);
    }
    return true;
}

bool StunView::check_fingerprint(std::size_t at, std::size_t size) noexcept {
    if (size != fingerprint_size) { return false; }
    has_fingerprint_ = true;
    return base::read_u32(bytes_, at + attribute_header_size) == (crc32(bytes_.first(at)) ^ fingerprint_mask);
}

std::optional<std::span<const std::byte>> StunView::find(StunAttribute type) const noexcept {
    const auto found = std::ranges::find(attributes_, static_cast<std::uint16_t>(type), &Attribute::type);
    if (found == attributes_.end()) { return std::nullopt; }
    return bytes_.subspan(found->offset, found->size);
}

StunTransactionId StunView::transaction() const noexcept {
    StunTransactionId id;
    std::ranges::copy(bytes_.subspan(8, id.size()), id.begin());
    return id;
}

bool StunView::is_authentic(std::string_view password) const noexcept {
    if (!has_integrity()) { return false; }
    const auto mac = integrity_of(bytes_.first(integrity_at_), password);
    const auto* const claimed = bytes_.data() + integrity_at_ + attribute_header_size;
    return mac && CRYPTO_memcmp(mac->data(), claimed, mac->size()) == 0;
}

std::optional<std::string_view> StunView::username() const noexcept {
    constexpr std::size_t longest = 513;  // ufrags of 256 and a colon; RFC 8489 §14.3 has 509 at most
    const auto value = find(StunAttribute::username);
    if (!value || value->size() > longest) { return std::nullopt; }
    return std::string_view{reinterpret_cast<const char*>(value->data()), value->size()};
}

std::optional<std::uint32_t> StunView::priority() const noexcept {
    const auto value = find(StunAttribute::priority);
    return value && value->size() == 4 ? std::optional{base::read_u32(*value, 0)} : std::nullopt;
}

std::optional<std::uint64_t> StunView::controlling() const noexcept {
    const auto value = find(StunAttribute::ice_controlling);
    return value && value->size() == 8 ? std::optional{read_u64(*value)} : std::nullopt;
}

std::optional<std::uint64_t> StunView::controlled() const noexcept {
    const auto value = find(StunAttribute::ice_controlled);
    return value && value->size() == 8 ? std::optional{read_u64(*value)} : std::nullopt;
}

std::optional<base::Endpoint> StunView::mapped_address() const noexcept {
    const auto value = find(StunAttribute::xor_mapped_address);
    if (!value || value->size() < 8) { return std::nullopt; }
    const auto family = std::to_integer<std::uint8_t>((*value)[1]);
    const std::size_t size = family == family_v4 ? 4 : 16;
    if ((family != family_v4 && family != family_v6) || value->size() != 4 + size) { return std::nullopt; }
    const auto mask = mask_of(bytes_);
    std::array<std::uint8_t, 16> octets{};
    for (std::size_t i = 0; i < size; ++i) { octets[i] = std::to_integer<std::uint8_t>((*value)[4 + i] ^ mask[i]); }
    const auto port = static_cast<std::uint16_t>(base::read_u16(*value, 2) ^ base::read_u16(mask, 0));
    if (family == family_v6) { return base::Endpoint{base::IpAddress::v6(octets), port}; }
    return base::Endpoint{base::IpAddress::v4({octets[0], octets[1], octets[2], octets[3]}), port};
}

std::optional<int> StunView::error_code() const noexcept {
    const auto value = find(StunAttribute::error_code);
    if (!value || value->size() < 4) { return std::nullopt; }
    const int hundreds = std::to_integer<int>((*value)[2] & std::byte{7});
    const int rest = std::to_integer<int>((*value)[3]);
    return hundreds < 3 || hundreds > 6 || rest > 99 ? std::nullopt : std::optional{hundreds * 100 + rest};
}

StunView::Unknown StunView::unknown_required() const noexcept {
    Unknown unknown;
    for (const Attribute& attribute : attributes_) {
        const bool is_known =
            std::ranges::find(known_required, static_cast<StunAttribute>(attribute.type)) != known_required.end();
        if (attribute.type >= comprehension_optional || is_known || unknown.size() == max_unknown) { continue; }
        unknown.push_back(attribute.type);
    }
    return unknown;
}

StunWriter::StunWriter(StunClass message_class, const StunTransactionId& transaction) {
    base::write_u16(buffer_, 0, binding_types[static_cast<std::size_t>(message_class)]);
    base::write_u32(buffer_, 4, magic_cookie);
    std::ranges::copy(transaction, buffer_.begin() + 8);
}

// The value's place, zeroed, or nothing where the message is full.
std::span<std::byte> StunWriter::append(StunAttribute type, std::size_t size) noexcept {
    const std::size_t whole = attribute_header_size + padded(size);
    if (!fits_ || whole > buffer_.size() - size_) {
        fits_ = false;
        return {};
    }
    base::write_u16(buffer_, size_, static_cast<std::uint16_t>(type));
    base::write_u16(buffer_, size_ + 2, static_cast<std::uint16_t>(size));
    const auto value = std::span{buffer_}.subspan(size_ + attribute_header_size, size);
    size_ += whole;
    write_length(size_);
    return value;
}

void StunWriter::write_length(std::size_t end) noexcept {
    base::write_u16(buffer_, 2, static_cast<std::uint16_t>(end - stun_header_size));
}

StunWriter& StunWriter::text(StunAttribute type, std::string_view value) noexcept {
    const auto out = append(type, value.size());
    std::ranges::copy(std::as_bytes(std::span{value}).first(out.size()), out.begin());
    return *this;
}

StunWriter& StunWriter::number(StunAttribute type, std::uint32_t value) noexcept {
    if (const auto out = append(type, 4); !out.empty()) { base::write_u32(out, 0, value); }
    return *this;
}

StunWriter& StunWriter::number(StunAttribute type, std::uint64_t value) noexcept {
    const auto out = append(type, 8);
    if (out.empty()) { return *this; }
    base::write_u32(out, 0, static_cast<std::uint32_t>(value >> 32));
    base::write_u32(out, 4, static_cast<std::uint32_t>(value));
    return *this;
}

StunWriter& StunWriter::flag(StunAttribute type) noexcept {
    append(type, 0);
    return *this;
}

StunWriter& StunWriter::mapped_address(const base::Endpoint& endpoint) noexcept {
    const std::size_t size = endpoint.address.is_v6() ? 16 : 4;
    const auto out = append(StunAttribute::xor_mapped_address, 4 + size);
    if (out.empty()) { return *this; }
    const auto mask = mask_of(buffer_);
    out[1] = std::byte{endpoint.address.is_v6() ? family_v6 : family_v4};
    base::write_u16(out, 2, static_cast<std::uint16_t>(endpoint.port ^ base::read_u16(mask, 0)));
    for (std::size_t i = 0; i < size; ++i) { out[4 + i] = std::byte{endpoint.address.bytes()[i]} ^ mask[i]; }
    return *this;
}

StunWriter& StunWriter::error(int code, std::string_view reason) noexcept {
    const auto out = append(StunAttribute::error_code, 4 + reason.size());
    if (out.empty()) { return *this; }
    out[2] = static_cast<std::byte>(code / 100);
    out[3] = static_cast<std::byte>(code % 100);
    std::ranges::copy(std::as_bytes(std::span{reason}), out.begin() + 4);
    return *this;
}

StunWriter& StunWriter::unknown(const StunView::Unknown& types) noexcept {
    const auto out = append(StunAttribute::unknown_attributes, 2 * types.size());
    for (std::size_t i = 0; 2 * i < out.size(); ++i) { base::write_u16(out, 2 * i, types[i]); }
    return *this;
}

StunWriter& StunWriter::integrity(std::string_view password) noexcept {
    const auto mac = integrity_of(std::span{buffer_}.first(size_), password);
    const auto out = append(StunAttribute::message_integrity, integrity_size);
    if (!mac) { fits_ = false; }
    if (!fits_) { return *this; }
    std::ranges::copy(std::as_bytes(std::span{*mac}), out.begin());
    return *this;
}

StunWriter& StunWriter::fingerprint() noexcept {
    const std::size_t before = size_;
    const auto out = append(StunAttribute::fingerprint, fingerprint_size);
    if (out.empty()) { return *this; }
    base::write_u32(out, 0, crc32(std::span{buffer_}.first(before)) ^ fingerprint_mask);
    return *this;
}

std::span<const std::byte> StunWriter::bytes() const noexcept {
    return fits_ ? std::span{buffer_}.first(size_) : std::span<const std::byte>{};
}

}  // namespace media
