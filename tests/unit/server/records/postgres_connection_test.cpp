#include "server/records/postgres_connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace server::records {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string refusal_of(const std::string& url) {
    try {
        PostgresConnection{url};
    } catch (const SqlError& error) { return error.what(); }
    return "none";
}

// libpq quotes what it takes for a code of two digits, a port, an address or a parameter.
TEST(PostgresConnection, SaysNothingOfAUrlThatCannotBeRead) {
    for (const char* const url :
         {"postgresql://u:100%sEcret@db/x", "postgresql://u:sEcret%00@db/x", "postgresql://u:sEcret/x@db",
          "postgresql://u:99999999/x", "postgresql://u:sEcret@[::1/x", "postgresql://u:p@db/x?password=p&sEcret",
          "postgresql://u:p@db/x?password=p&sEcret=s"}) {
        const std::string refusal = refusal_of(url);
        EXPECT_THAT(refusal, HasSubstr("cdr.url cannot be read")) << url;
        EXPECT_THAT(refusal, Not(HasSubstr("sEcret"))) << url;
    }
}

TEST(PostgresConnection, SaysWhyNobodyAnswersAtAUrlThatCanBeRead) {
    const std::string refusal = refusal_of("postgresql://u:sEcret@/x?host=%2Fno%2Fsuch%2Ffolder&port=1");
    EXPECT_THAT(refusal, HasSubstr("/no/such/folder"));
    EXPECT_THAT(refusal, Not(HasSubstr("sEcret")));
}

}  // namespace
}  // namespace server::records
