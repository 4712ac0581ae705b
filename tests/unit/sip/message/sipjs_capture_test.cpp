// What SIP.js 0.9.1, 0.13.8 and 0.21.2 really wrote, from the captures of the shared test data. They are text files
// with the carriage returns gone: "---- +9ms SIPJS->B2B …" begins a message, "########" a remark.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "sip/message/name_addr.hpp"
#include "sip/message/parser.hpp"
#include "tests/support/places.hpp"

namespace sip {
namespace {

std::filesystem::path captures() { return support::test_data() / "sipjs"; }

std::vector<std::string> messages_in(const std::filesystem::path& file) {
    std::ifstream in{file};
    std::vector<std::string> messages;
    std::string line;
    bool inside = false;
    while (std::getline(in, line)) {
        if (line.starts_with("---- ") || line.starts_with("########")) {
            inside = line.find("SIPJS->") != line.npos || line.find("->SIPJS") != line.npos;
            if (inside) { messages.emplace_back(); }
        } else if (inside) {
            messages.back().append(line).append("\r\n");
        }
    }
    return messages;
}

TEST(SipJsCaptures, AllParse) {
    if (!std::filesystem::exists(captures())) { GTEST_SKIP() << "no captures in " << captures(); }
    std::size_t count = 0;
    for (const auto& file : std::filesystem::directory_iterator{captures()}) {
        for (const auto& text : messages_in(file.path())) {
            const auto parsed = parse_message(text);
            ASSERT_FALSE(parsed.error) << file.path() << ": " << parsed.error->detail << '\n' << text;
            const auto written = parsed.message.to_string();
            EXPECT_EQ(parse_message(written, true).message.to_string(), written);
            parsed.message.for_each(HeaderId::refer_to,
                                    [&](std::string_view value) { EXPECT_TRUE(NameAddr::parse(value)) << value; });
            ++count;
        }
    }
    EXPECT_GT(count, 300u);
}

}  // namespace
}  // namespace sip
