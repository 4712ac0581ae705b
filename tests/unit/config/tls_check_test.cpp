// Certificates and keys of a configuration, as files of the test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.hpp"
#include "tests/support/certificates.hpp"

namespace config {
namespace {

using sip::test::Identity;
using sip::test::issue;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string listens = "sip:\n  listen: ['tls://127.0.0.1']\n";

class TlsFiles : public testing::Test {
protected:
    // With a certificate and its key; `more` are further keys of `sip.tls`.
    static std::string with(const std::string& certificate, const std::string& key, const std::string& more = {}) {
        return listens + "  tls:\n    certificate: " + certificate + "\n    key: " + key + "\n" + more;
    }

    sip::test::Folder folder;
    Identity own = issue("DNS:sip.example.com");
    std::string certificate = folder.certificate("own.pem", own);
    std::string key = folder.key("own.key", own);
};

TEST_F(TlsFiles, ThatBelongTogetherAreTaken) {
    const Loaded loaded = load_yaml(with(certificate, key, "    client_ca: " + certificate + "\n"));
    EXPECT_THAT(loaded.errors, IsEmpty());
    EXPECT_THAT(loaded.warnings, IsEmpty());
    EXPECT_EQ(loaded.config.sip.listen.at(0).transport, "tls");
    EXPECT_EQ(loaded.config.sip.listen.at(0).endpoint.port, 5061);
}

TEST_F(TlsFiles, AreNeededWhereSomethingListens) {
    EXPECT_THAT(errors_of(listens), ElementsAre("f.yaml:2:12: sip.listen[0]: needs a certificate, expected "
                                                "sip.tls.certificate and sip.tls.key"));
    EXPECT_THAT(errors_of(listens + "  tls: { certificate: " + certificate + " }"),
                ElementsAre("f.yaml:3:8: sip.tls.key: is missing, expected certificate and key together"));
    EXPECT_THAT(errors_of(listens + "  tls: { key: " + key + " }"),
                ElementsAre("f.yaml:3:8: sip.tls.certificate: is missing, expected certificate and key together"));
}

TEST_F(TlsFiles, AreNeededForSecureWebSocketsToo) {
    const std::string secure = "sip:\n  listen: ['wss://127.0.0.1']\n";
    EXPECT_THAT(errors_of(secure), ElementsAre("f.yaml:2:12: sip.listen[0]: needs a certificate, expected "
                                               "sip.tls.certificate and sip.tls.key"));
    const std::string files = "  tls: { certificate: " + certificate + ", key: " + key + " }\n";
    const Loaded loaded = load_yaml(secure + files);
    EXPECT_THAT(loaded.errors, IsEmpty());
    EXPECT_EQ(loaded.config.sip.listen.at(0).endpoint.port, 443);
    EXPECT_THAT(errors_of(secure + files + "trunks: { a: { peers: ['sip:a;transport=tls'] } }\n"),
                ElementsAre(testing::HasSubstr("expected a tls:// listener in sip.listen")))
        << "nobody can be called over a WebSocket of ours";
}

TEST_F(TlsFiles, ThatAreNotThereAreNamedAtTheirPlace) {
    EXPECT_THAT(errors_of(with("/nowhere.pem", "/nowhere.key", "    client_ca: /nowhere.ca\n    ca: /nowhere.ca\n")),
                ElementsAre("f.yaml:4:18: sip.tls.certificate: \"/nowhere.pem\" cannot be read: No such file or "
                            "directory, expected a PEM file",
                            "f.yaml:5:10: sip.tls.key: \"/nowhere.key\" cannot be read: No such file or directory, "
                            "expected a PEM file",
                            "f.yaml:6:16: sip.tls.client_ca: \"/nowhere.ca\" cannot be read: No such file or "
                            "directory, expected a PEM file",
                            "f.yaml:7:9: sip.tls.ca: \"/nowhere.ca\" cannot be read: No such file or directory, "
                            "expected a PEM file"));
}

TEST_F(TlsFiles, ThatHoldSomethingElseAreNamed) {
    const std::string garbage = folder.text("garbage", "no PEM");
    EXPECT_THAT(errors_of(with(garbage, key)),
                ElementsAre(testing::AllOf(HasSubstr("f.yaml:4:18: sip.tls.certificate: "), HasSubstr("no start line"),
                                           HasSubstr("expected a PEM file with our certificate first"))));
    EXPECT_THAT(errors_of(with(certificate, garbage)),
                ElementsAre(testing::AllOf(HasSubstr("f.yaml:5:10: sip.tls.key: "), HasSubstr("cannot be used"))));
    EXPECT_THAT(errors_of(with(certificate, key, "    client_ca: " + garbage + "\n")),
                ElementsAre(HasSubstr("f.yaml:6:16: sip.tls.client_ca: ")));
    EXPECT_THAT(errors_of(with(folder.text("empty", ""), key)), ElementsAre(HasSubstr("nothing is in it")));
}

TEST_F(TlsFiles, OfDifferentPairsAreNamed) {
    const std::string other = folder.key("other.key", issue(""));
    EXPECT_THAT(errors_of(with(certificate, other)),
                ElementsAre("f.yaml:5:10: sip.tls.key: \"" + other +
                            "\" is of another certificate, expected the key of sip.tls.certificate"));
}

TEST_F(TlsFiles, AKeyThatWantsAPassphraseIsRefusedAndNobodyIsAsked) {
    EXPECT_THAT(errors_of(with(certificate, folder.locked_key("locked.key", own))),
                ElementsAre(HasSubstr("sip.tls.key: ")));
}

TEST_F(TlsFiles, AnExpiredCertificateIsAWarning) {
    const Identity old = issue("DNS:sip.example.com", nullptr, -1);
    const Loaded loaded = load_yaml(with(folder.certificate("old.pem", old), folder.key("old.key", old)));
    EXPECT_THAT(loaded.errors, IsEmpty());
    EXPECT_THAT(loaded.warnings, ElementsAre(HasSubstr("has expired")));
}

TEST_F(TlsFiles, UrisUnderTlsNeedAListener) {
    EXPECT_THAT(errors_of("trunks: { a: { peers: ['sip:a;transport=tls', 'sips:b', 'sip:c'] } }\n"
                          "routes: [ { target: ['trunk:a', 'sips:x@y'] } ]"),
                ElementsAre("f.yaml:1:24: trunks.a.peers[0].uri: \"sip:a;transport=tls\" is reached under TLS, "
                            "expected a tls:// listener in sip.listen",
                            "f.yaml:1:47: trunks.a.peers[1].uri: \"sips:b\" is reached under TLS, expected a tls:// "
                            "listener in sip.listen",
                            "f.yaml:2:33: routes[0].target[1]: \"sips:x@y\" is reached under TLS, expected a tls:// "
                            "listener in sip.listen"));
    EXPECT_THAT(errors_of(with(certificate, key) + "trunks: { a: { peers: ['sip:a;transport=tls', 'sips:b'] } }"),
                IsEmpty());
}

TEST_F(TlsFiles, TlsAndTcpShareNoPort) {
    EXPECT_THAT(errors_of("sip: { listen: ['tcp://127.0.0.1:5061', 'tls://127.0.0.1:5061'], tls: { certificate: " +
                          certificate + ", key: " + key + " } }"),
                ElementsAre(HasSubstr("127.0.0.1:5061 is taken by sip.listen[0]")));
}

}  // namespace
}  // namespace config
