#include "sip/tls/identity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/certificates.hpp"

namespace sip::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> identities(const std::string& names) { return identities_of(*issue(names).certificate); }

TEST(TlsIdentity, IsWhatSipUrisSayElseDnsNames) {
    EXPECT_THAT(identities("DNS:a.example,URI:sip:example.com"), ElementsAre("example.com"));
    EXPECT_THAT(identities("DNS:a.example,DNS:b.example"), ElementsAre("a.example", "b.example"));
    EXPECT_THAT(identities("URI:https://example.com,DNS:a.example"), ElementsAre("a.example"));
    EXPECT_THAT(identities("IP:192.0.2.1,IP:2001:db8::1"), ElementsAre("192.0.2.1", "2001:db8::1"));
    EXPECT_THAT(identities(""), IsEmpty()) << "the common name is nobody";
}

TEST(TlsIdentity, OfAUriWithAUserIsNoDomains) {
    EXPECT_THAT(identities("URI:sip:alice@example.com,DNS:a.example"), ElementsAre("a.example"));
    EXPECT_THAT(identities("URI:sip:example.com:5061"), ElementsAre("example.com"));
}

TEST(TlsIdentity, IsComparedWithoutCaseAndWithoutWildcards) {
    const Identity of = issue("DNS:*.example.com,DNS:Sip.Example.ORG");
    EXPECT_TRUE(speaks_for(*of.certificate, "sip.example.org"));
    EXPECT_FALSE(speaks_for(*of.certificate, "a.example.com"));
    EXPECT_FALSE(speaks_for(*of.certificate, "example.org"));
    EXPECT_FALSE(speaks_for(*of.certificate, ""));
}

}  // namespace
}  // namespace sip::test
