#include "sip/tls/identity.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/ip.hpp"
#include "base/text.hpp"

namespace sip {
namespace {

struct Release {
    void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
};
using Names = std::unique_ptr<GENERAL_NAMES, Release>;

Names alternative_names(const X509& certificate) {
    return Names{static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr))};
}

// Empty where a zero byte hides the rest of it from those who read it as a C string.
std::string text_of(const ASN1_STRING& string) {
    const auto* const data = reinterpret_cast<const char*>(ASN1_STRING_get0_data(&string));
    std::string text(data, static_cast<std::size_t>(ASN1_STRING_length(&string)));
    return text.find('\0') == std::string::npos ? text : std::string{};
}

std::string address_of(const ASN1_STRING& string) {
    const auto* const bytes = ASN1_STRING_get0_data(&string);
    const auto size = static_cast<std::size_t>(ASN1_STRING_length(&string));
    std::array<std::uint8_t, 4> v4{};
    std::array<std::uint8_t, 16> v6{};
    if (size == v4.size()) {
        std::copy_n(bytes, size, v4.begin());
        return base::IpAddress::v4(v4).to_string();
    }
    if (size != v6.size()) { return {}; }
    std::copy_n(bytes, size, v6.begin());
    return base::IpAddress::v6(v6).to_string();
}

// RFC 5922 §7.1: "sip:domain", without a user; anything behind the host is not looked at.
std::string domain_of_uri(std::string_view uri) {
    constexpr std::string_view scheme = "sip:";
    if (!base::iequals(uri.substr(0, scheme.size()), scheme)) { return {}; }
    uri.remove_prefix(scheme.size());
    const auto end = uri.find_first_of(";?:");
    const auto domain = uri.substr(0, end);
    return domain.find('@') == domain.npos ? std::string{domain} : std::string{};
}

}  // namespace

std::vector<std::string> identities_of(const X509& certificate) {
    std::vector<std::string> of_uris;
    std::vector<std::string> of_names;
    const Names names = alternative_names(certificate);
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_URI) { of_uris.push_back(domain_of_uri(text_of(*name->d.uniformResourceIdentifier))); }
        if (name->type == GEN_DNS) { of_names.push_back(text_of(*name->d.dNSName)); }
        if (name->type == GEN_IPADD) { of_names.push_back(address_of(*name->d.iPAddress)); }
    }
    std::erase_if(of_uris, [](const std::string& domain) { return domain.empty(); });
    std::erase_if(of_names, [](const std::string& domain) { return domain.empty(); });
    return of_uris.empty() ? of_names : of_uris;
}

bool speaks_for(const X509& certificate, std::string_view domain) {
    const auto identities = identities_of(certificate);
    return std::ranges::any_of(identities, [&](const std::string& one) { return base::iequals(one, domain); });
}

}  // namespace sip
