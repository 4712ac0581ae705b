// What the text of a key has to be like, and how that is said to whoever wrote another.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/ip.hpp"
#include "base/text.hpp"
#include "config/kinds.hpp"
#include "config/special_kinds.hpp"

namespace config {

inline bool is_filled(const std::string& value) { return !base::trim(value).empty(); }
inline bool is_host_name(const std::string& value) { return is_host(value); }
inline bool is_page_origin(const std::string& value) { return is_origin(value); }
inline bool is_address(const std::string& value) { return base::IpAddress::parse(value).has_value(); }
inline bool is_codec(const std::string& value) { return value == "PCMU" || value == "PCMA"; }
inline bool is_srtp_suite(const std::string& value) {
    constexpr std::array names{"AEAD_AES_256_GCM", "AEAD_AES_128_GCM", "AES_256_CM_HMAC_SHA1_80",
                               "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"};
    return std::ranges::find(names, value) != names.end();
}
inline bool is_digest(const std::string& value) {
    return value == "MD5" || value == "SHA-256" || value == "SHA-512-256";
}
// Each % is followed by two hexadecimal digits, which are not those of NUL (libpq refuses it).
inline bool is_percent_encoded(std::string_view text) {
    for (auto at = text.find('%'); at != text.npos; at = text.find('%', at + 1)) {
        const std::string_view code = text.substr(at + 1, 2);
        const bool is_hex = code.find_first_not_of("0123456789abcdefABCDEF") == code.npos;
        if (code.size() != 2 || !is_hex || code == "00") { return false; }
    }
    return true;
}
// Read as people mean it, and not as libpq takes it, which connects to a part of the password, or quotes it in the log.
inline bool is_database(const std::string& value) {
    if (!value.starts_with("postgresql://") && !value.starts_with("postgres://")) { return false; }
    const std::string_view rest = std::string_view{value}.substr(value.find("://") + 3);
    const auto at = rest.find('@');
    const std::string_view user = at == rest.npos ? std::string_view{} : rest.substr(0, at);
    return is_percent_encoded(rest) && at == rest.rfind('@') && user.find_first_of("/?#") == user.npos;
}
inline bool is_hep_target(const std::string& value) { return value.empty() || parse_udp_url(value); }
inline bool is_uri(const std::string& value) { return is_sip_uri(value); }
inline bool is_music(const std::string& value) {
    return !value.empty() && (!value.starts_with("sip:") || is_sip_uri(value));
}
inline bool is_removable(const std::string& value) {
    const std::string_view name = value;
    return is_header_name(name.ends_with('*') ? name.substr(0, name.size() - 1) : name) || name == "*";
}

inline const Check name_check{&is_filled, "a name"};
inline const Check password_check{&is_filled, "a password"};
inline const Check path_check{&is_filled, "a path"};
inline const Check host_check{&is_host_name, "a host name or address, such as 203.0.113.10"};
inline const Check origin_check{&is_page_origin, "an origin of a web page, such as https://phone.example.com"};
inline const Check address_check{&is_address, "an address, such as 203.0.113.10"};
inline const Check codec_check{&is_codec, "PCMU or PCMA"};
inline const Check digest_check{&is_digest, "MD5, SHA-256 or SHA-512-256"};
inline const Check suite_check{&is_srtp_suite, "an SRTP suite, such as AES_CM_128_HMAC_SHA1_80"};
inline const Check hep_check{&is_hep_target, "udp://HOST:PORT"};
inline const Check url_check{&is_database,
                             "a URL such as postgresql://user:password@host/name; percent-encode % / ? # @ in the "
                             "password (%25 %2F %3F %23 %40)"};
inline const Check peer_check{&is_uri, "a URI such as sip:host:5060;transport=tcp or sips:host"};
inline const Check music_check{&is_music,
                               "builtin, the path of a sound file or the URI of a music server such as sip:music@host"};
inline const Check remove_check{&is_removable, "a header name, or its beginning and *"};

}  // namespace config
